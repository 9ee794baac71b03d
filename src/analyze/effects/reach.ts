import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { calleeName } from "../evaluate.ts";
import { type FunctionNode, isFunctionNode, unwrap, walk } from "../syntax.ts";
import type { DeadCode } from "./dead-code.ts";
import { calledFunction, nearestFirst } from "./called.ts";
import { isDropped } from "./uncalled.ts";
import { importedCallee } from "./imported-callee.ts";
import { ImportDistance } from "./import-distance.ts";
import type { Effect, Sinks } from "./sinks.ts";

const MAX_DEPTH = 4;

/** Finds where a function kills or waits: in itself, or in what it calls. */
export class Reach {
  /** by function, then by effect and depth: what is cut off at the last depth may be found from a nearer one */
  readonly #known = new Map<ts.Node, Map<string, boolean>>();
  readonly #callsOf = new Map<ts.Node, readonly ts.CallExpression[]>();
  readonly #forChildren: ReadonlySet<string>;
  readonly #distances = new Map<Effect, ImportDistance>();

  constructor(
    readonly evaluator: Evaluator,
    readonly sinks: Sinks,
    readonly deadCode: DeadCode,
  ) {
    this.#forChildren = new Set(
      evaluator.migration.entryPoints.filter(({ of }) => of === "children").map(({ name }) => name),
    );
  }

  /** True when the function, or one that it calls, has the effect on its own session. */
  has(fn: ts.Node, effect: Effect): boolean {
    return this.#direct(fn, effect, 0).length > 0 || this.#someLead(this.#calls(fn), effect);
  }

  /**
   * Near ones first: what a call does is mostly found a step away, and four steps can lead through half of a bundle.
   * All that the file says for itself comes before any other file, which may have to be parsed for it.
   */
  #someLead(calls: readonly ts.CallExpression[], effect: Effect): boolean {
    for (const abroad of [false, true])
      for (let depth = MAX_DEPTH - 1; depth >= 0; depth -= 1)
        if (calls.some((call) => this.#leadsTo(call, effect, depth, abroad))) return true;
    return false;
  }

  /** Calls of known functions with the effect, in the function itself. */
  direct(fn: ts.Node, effect: Effect): ts.Node[] {
    return this.#direct(fn, effect, 0);
  }

  /** True when one of the nodes at which the effect happens passes the test. The test comes first: it is cheap. */
  some(fn: ts.Node, effect: Effect, test: (node: ts.Node) => boolean): boolean {
    return this.#direct(fn, effect, 0).some(test) || this.#someLead(this.#calls(fn).filter(test), effect);
  }

  /** Calls that fold away and calls of stubs have no effect. */
  #direct(fn: ts.Node, effect: Effect, depth: number): ts.Node[] {
    const file = this.evaluator.project.pathOf(fn);
    const found: ts.Node[] = [];
    walk(fn, (node) => {
      if (ts.isCallExpression(node)) {
        const is =
          this.sinks.named(node, file) === effect ||
          // Deeper down an abort() may be about anything: a fetch, a timer.
          (depth === 0 && effect === "kill" && this.sinks.isDirectKill(node));
        if (is && !this.deadCode.reason(node)) found.push(node);
      } else if (
        ts.isIdentifier(node) &&
        this.sinks.effectOf(node.text, file) === effect &&
        this.#mayBeCalledLater(node)
      ) {
        found.push(node);
      }
    });
    return found;
  }

  /** Given to something that may call it: not to what only mentions it, nor to a function that never looks at it. */
  #mayBeCalledLater(node: ts.Identifier): boolean {
    const { project } = this.evaluator;
    if (!isHandedOn(node) || this.deadCode.reason(node)) return false;
    if (isDropped(project, node, (read) => this.deadCode.reason(read) !== null)) return false;
    const call = node.parent;
    if (!ts.isCallExpression(call)) return true;
    const parameter = calledFunction(this.evaluator, call.expression)?.parameters[
      call.arguments.indexOf(node)
    ];
    if (!parameter || !ts.isIdentifier(parameter.name)) return true;
    const symbol = project.symbolOf(parameter.name);
    const reads = symbol ? project.references(project.pathOf(parameter), symbol) : [];
    return symbol === undefined || reads.some((read) => read !== parameter.name);
  }

  #calls(fn: ts.Node): readonly ts.CallExpression[] {
    let calls = this.#callsOf.get(fn);
    if (!calls) {
      const found: ts.CallExpression[] = [];
      walk(fn, (node) => {
        if (ts.isCallExpression(node)) found.push(node);
      });
      calls = nearestFirst(this.evaluator, found);
      this.#callsOf.set(fn, calls);
    }
    return calls;
  }

  /** True when what a call runs has the effect. Functions that act on other sessions than the caller's do not count. */
  #leadsTo(call: ts.CallExpression, effect: Effect, depth: number, abroad: boolean): boolean {
    const name = calleeName(call.expression);
    if (depth >= MAX_DEPTH || (name !== undefined && this.#forChildren.has(name))) return false;
    if (abroad && !this.#mayLead(call, effect, depth + 1)) return false;
    const callee = abroad
      ? (this.evaluator.calleeFunction(call.expression) ?? importedCallee(this.evaluator, call.expression))
      : this.#functionHere(call.expression);
    if (!callee) return false;
    // Whether a call is dead is dear to say: it is asked only of calls that lead somewhere.
    const leads =
      this.sinks.ofFunction(callee) === effect || this.#reaches(callee, effect, depth + 1, abroad);
    return leads && !this.deadCode.reason(call);
  }

  /** The function behind a callee, where its own file declares it. */
  #functionHere(callee: ts.Expression): FunctionNode | undefined {
    const at = unwrap(callee);
    if (isFunctionNode(at)) return at;
    const declaration = ts.isIdentifier(at) ? this.evaluator.project.declarationOf(at) : undefined;
    return declaration && !ts.isImportSpecifier(declaration)
      ? this.evaluator.calleeFunction(callee)
      : undefined;
  }

  /** False when no file that a call can lead into names a function with the effect. */
  #mayLead(call: ts.CallExpression, effect: Effect, depth: number): boolean {
    const { project } = this.evaluator;
    const callee = unwrap(call.expression);
    const file = project.pathOf(call);
    const distance = this.#distanceTo(effect);
    const left = MAX_DEPTH - depth;
    if (isFunctionNode(callee)) return distance.within(file, left);
    // Members and names of a module that is loaded here, or by a loader one import away.
    if (ts.isPropertyAccessExpression(callee)) return distance.within(file, left + 1);
    if (!ts.isIdentifier(callee)) return false;
    const declaration = project.declarationOf(callee);
    if (!declaration) return false;
    if (ts.isBindingElement(declaration)) return distance.within(file, left + 1);
    if (!ts.isImportSpecifier(declaration)) return distance.within(file, left);
    const specifier = declaration.parent.parent.parent.moduleSpecifier;
    const target = ts.isStringLiteral(specifier) ? project.resolve(file, specifier.text) : undefined;
    return target !== undefined && distance.within(target, left);
  }

  #distanceTo(effect: Effect): ImportDistance {
    let distance = this.#distances.get(effect);
    if (!distance) {
      const { project } = this.evaluator;
      const names = this.sinks.namesOf(effect);
      // A function with an effect is a word of the prefilter: who names one is a hit.
      const holders = project.workspace.hits.filter(({ text }) => names.some((name) => text.includes(name)));
      distance = new ImportDistance(project, new Set(holders.map(({ path }) => path)));
      this.#distances.set(effect, distance);
    }
    return distance;
  }

  #reaches(fn: FunctionNode, effect: Effect, depth: number, abroad: boolean): boolean {
    let known = this.#known.get(fn);
    if (!known) {
      known = new Map();
      this.#known.set(fn, known);
    }
    const key = `${effect}${depth}${abroad}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false); // a cycle adds nothing
    const result =
      this.#direct(fn, effect, depth).length > 0 ||
      this.#calls(fn).some((call) => this.#leadsTo(call, effect, depth, abroad));
    known.set(key, result);
    return result;
  }
}

/** `{ killSessionRun }`, `abort: killSessionRun`, `run(killSessionRun)`: whoever gets it may call it. */
export function isHandedOn(node: ts.Identifier): boolean {
  const parent = node.parent;
  return (
    (ts.isShorthandPropertyAssignment(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.initializer === node) ||
    (ts.isBinaryExpression(parent) && parent.right === node) ||
    (ts.isCallExpression(parent) && parent.arguments.includes(node))
  );
}
