import { ts } from "ts-morph";
import type { Evaluator } from "../evaluate.ts";
import { calleeName } from "../evaluate.ts";
import { type FunctionNode, walk } from "../syntax.ts";
import type { DeadCode } from "./dead-code.ts";
import type { Effect, Sinks } from "./sinks.ts";

const MAX_DEPTH = 4;

/** Finds where a function kills or waits: in itself, or in what it calls. */
export class Reach {
  /** by function, then by effect and depth: what is cut off at the last depth may be found from a nearer one */
  readonly #known = new Map<ts.Node, Map<string, boolean>>();
  readonly #forChildren: ReadonlySet<string>;

  constructor(
    readonly evaluator: Evaluator,
    readonly sinks: Sinks,
    readonly deadCode: DeadCode,
  ) {
    this.#forChildren = new Set(
      evaluator.migration.entryPoints.filter(({ of }) => of === "children").map(({ name }) => name),
    );
  }

  /**
   * Nodes inside a function at which an effect happens. Calls that fold away, calls of stubs, and functions that act
   * on other sessions than the caller's do not count.
   */
  sites(fn: ts.Node, effect: Effect, depth = 0): ts.Node[] {
    const { project } = this.evaluator;
    const file = project.pathOf(fn);
    const sites: ts.Node[] = [];
    walk(fn, (node) => {
      if (ts.isCallExpression(node)) {
        if (this.#isEffect(node, file, effect, depth) && !this.deadCode.reason(node)) sites.push(node);
      } else if (
        ts.isIdentifier(node) &&
        isHandedOn(node) &&
        this.sinks.effectOf(node.text, file) === effect
      ) {
        sites.push(node);
      }
    });
    return sites;
  }

  #isEffect(call: ts.CallExpression, file: string, effect: Effect, depth: number): boolean {
    if (this.sinks.named(call, file) === effect) return true;
    // Deeper down an abort() may be about anything: a fetch, a timer.
    if (depth === 0 && effect === "kill" && this.sinks.isDirectKill(call)) return true;
    const name = calleeName(call.expression);
    if (name !== undefined && this.#forChildren.has(name)) return false;
    if (depth >= MAX_DEPTH) return false;
    const callee = this.evaluator.calleeFunction(call.expression);
    return callee !== undefined && this.reaches(callee, effect, depth + 1);
  }

  /** True when a function, or one that it calls, has the effect. */
  reaches(fn: FunctionNode, effect: Effect, depth = 1): boolean {
    let known = this.#known.get(fn);
    if (!known) {
      known = new Map();
      this.#known.set(fn, known);
    }
    const key = `${effect}${depth}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false); // a cycle adds nothing
    const result = this.sites(fn, effect, depth).length > 0;
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
