import { ts } from "../typescript.ts";
import type { Evidence } from "../../shared/location.ts";
import type { CallerIndex } from "../callers.ts";
import { calleeName, type Evaluator } from "../evaluate.ts";
import {
  constantFlag,
  constantText,
  enclosingFunctions,
  functionName,
  type FunctionNode,
  isFunctionNode,
  unwrap,
  walk,
} from "../syntax.ts";
import { covers } from "./coverage.ts";
import type { UnbackedReport } from "./effect-facts.ts";
import { placeOf, shortText } from "./place-of.ts";
import type { Reach } from "./reach.ts";

const MAX_CALLERS = 3;

/** What a property is called where it is written down: `a.name`, `a["name"]`, `name:`, `"name":`. */
function nameOfMember(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isElementAccessExpression(node)) return constantText(node.argumentExpression);
  if (ts.isComputedPropertyName(node)) return constantText(node.expression);
  return ts.isIdentifier(node) || ts.isStringLiteral(node) ? node.text : undefined;
}

/** Finds what is written down as stopped although nothing on its way stops it, in the function or in its callers. */
export class ReportFinder {
  constructor(
    readonly evaluator: Evaluator,
    readonly reach: Reach,
    readonly callers: CallerIndex,
  ) {}

  find(file: string): UnbackedReport[] {
    const { project, migration } = this.evaluator;
    const { fields, functions } = migration.reports;
    const words = [...fields, ...functions.map(({ name }) => name), ...migration.companions];
    if (!project.mentions(file, words)) return [];
    const found = new Map<string, UnbackedReport>();
    const { properties, assignments, calls, returns } = project.nodesOf(file);
    const reports = [properties, assignments, calls, returns]
      .flatMap((nodes) => nodes.filter((node) => this.#isReport(node)))
      .sort((a, b) => a.pos - b.pos || b.end - a.end);
    for (const report of reports) {
      for (const place of this.#unbacked(report, 0, new Set())) {
        const fn = outermost(place.node);
        const key = `${project.pathOf(place.node)}:${fn?.pos ?? 0}:${blockOf(place.node).pos}`;
        if (!found.has(key))
          found.set(key, { ...placeOf(project, place.node, place.evidence), report: shortText(report) });
      }
    }
    return onePerFunction([...found.values()]);
  }

  /** `abortedLastRun: true`, `entry.abortedLastRun ||= true`, `markTerminated({ reason: "killed" })`, an answer. */
  #isReport(node: ts.Node): boolean {
    const { fields } = this.evaluator.migration.reports;
    const isField = (name: string | undefined): boolean => name !== undefined && fields.includes(name);
    if (ts.isPropertyAssignment(node))
      return isField(nameOfMember(node.name)) && this.#mayBeTrue(node.initializer);
    if (ts.isShorthandPropertyAssignment(node)) {
      const value = isField(node.name.text) ? this.evaluator.project.declarationOf(node.name) : undefined;
      return (
        value !== undefined &&
        ts.isVariableDeclaration(value) &&
        value.initializer !== undefined &&
        this.#mayBeTrue(value.initializer)
      );
    }
    if (ts.isBinaryExpression(node))
      return (
        SETS.has(node.operatorToken.kind) && isField(nameOfMember(node.left)) && this.#mayBeTrue(node.right)
      );
    if (ts.isCallExpression(node)) {
      const [, field, value] = node.arguments;
      return field && value && isField(constantText(field)) && node.expression.getText() === "Reflect.set"
        ? this.#mayBeTrue(value)
        : this.#isMark(node);
    }
    return ts.isReturnStatement(node) && this.#isAnswer(node);
  }

  /** True, and what is true in one of two cases. */
  #mayBeTrue(value: ts.Expression): boolean {
    const at = unwrap(value);
    if (ts.isConditionalExpression(at)) return this.#mayBeTrue(at.whenTrue) || this.#mayBeTrue(at.whenFalse);
    return constantFlag(at) === true;
  }

  /** The end of a run is written down, with a reason that says that somebody ended it. */
  #isMark(call: ts.CallExpression): boolean {
    const name = calleeName(call.expression);
    const fn = this.evaluator.migration.reports.functions.find((candidate) => candidate.name === name);
    const bag = fn && call.arguments[0] && this.#valueOf(call.arguments[0]);
    if (!fn || !bag || !ts.isObjectLiteralExpression(bag)) return false;
    return bag.properties.some((property) => {
      if (property.name?.getText() !== fn.property) return false;
      const given = ts.isPropertyAssignment(property)
        ? property.initializer
        : ts.isShorthandPropertyAssignment(property)
          ? property.name
          : undefined;
      const reason = given && this.#valueOf(given);
      return reason !== undefined && ts.isStringLiteralLike(reason) && fn.values.includes(reason.text);
    });
  }

  /** The expression itself, or what the const holds that it names. */
  #valueOf(expression: ts.Expression): ts.Expression {
    const at = unwrap(expression);
    const declaration = ts.isIdentifier(at) ? this.evaluator.project.declarationOf(at) : undefined;
    return declaration &&
      ts.isVariableDeclaration(declaration) &&
      declaration.initializer &&
      (declaration.parent.flags & ts.NodeFlags.Const) !== 0
      ? unwrap(declaration.initializer)
      : at;
  }

  /**
   * What waited for the session is thrown away, and the answer says that its run was ended. Nothing is said where
   * something of unknown make is asked to stop; an entry point is told as one.
   */
  #isAnswer(answer: ts.ReturnStatement): boolean {
    if (!answer.expression || !saysStopped(answer.expression)) return false;
    const flow = outermost(answer);
    if (!flow || this.#promises(flow)) return false;
    const { companions } = this.evaluator.migration;
    let clears = false;
    let asks = false;
    walk(flow, (node) => {
      const name = ts.isCallExpression(node) ? calleeName(node.expression) : undefined;
      if (name === undefined) return;
      if (companions.includes(name)) clears ||= covers(node, answer);
      else if (ASKS_TO_STOP.test(name))
        asks ||= this.evaluator.calleeFunction((node as ts.CallExpression).expression) === undefined;
    });
    return clears && !asks;
  }

  /** Places that no kill covers: the report itself, or those of its callers that do not kill either. */
  #unbacked(
    report: ts.Node,
    depth: number,
    seen: ReadonlySet<ts.Node>,
  ): { readonly node: ts.Node; readonly evidence: readonly Evidence[] }[] {
    const { project } = this.evaluator;
    const fn = outermost(report);
    if (!fn || seen.has(fn)) return [];
    if (this.reach.some(fn, "kill", (kill) => covers(kill, report))) return [];
    const callers = depth < MAX_CALLERS ? this.callers.of(fn) : undefined;
    const calls = (callers?.calls ?? []).filter((call) => outermost(call) !== undefined);
    // Whoever else gets the function may kill: nothing is known then.
    if (callers && !callers.complete && calls.length > 0 && depth > 0) return [];
    if (calls.length === 0 || this.#promises(fn)) return [{ node: report, evidence: [] }];
    const visited = new Set(seen).add(fn);
    const open = calls.map((call) => this.#unbacked(call, depth + 1, visited));
    if (open.every((places) => places.length > 0))
      return [
        {
          node: report,
          evidence: calls.map((call) =>
            project.evidence(call, `${functionName(fn)} is called here, without a kill`),
          ),
        },
      ];
    return open.flat().map(({ node, evidence }) => ({
      node,
      evidence: [project.evidence(report, "the report, in a function that only marks"), ...evidence],
    }));
  }

  #promises(fn: FunctionNode): boolean {
    const name = functionName(fn);
    return this.evaluator.migration.entryPoints.some((entry) => entry.name === name);
  }
}

/** `{ aborted: true }`, `{ text: "Agent was aborted." }`: not what says that nothing was, or could not be. */
function saysStopped(answer: ts.Expression): boolean {
  let says = false;
  const visit = (node: ts.Node): void => {
    if (isFunctionNode(node) || ts.isCallExpression(node) || ts.isConditionalExpression(node)) return;
    if (ts.isPropertyAssignment(node) && STOPPED_FLAG.test(node.name.getText()))
      says ||= constantFlag(node.initializer) === true;
    if (ts.isStringLiteralLike(node)) says ||= STOPPED.test(node.text) && !NOT_STOPPED.test(node.text);
    ts.forEachChild(node, visit);
  };
  visit(answer);
  return says;
}

const ASKS_TO_STOP = /^(?:abort|cancel|close|end|interrupt|kill|shutdown|stop|terminate)(?:$|[A-Z_])/;
const STOPPED_FLAG = /^(?:aborted|killed|stopped|interrupted|terminated)$/;
const STOPPED = /\b(?:aborted|killed|stopped|interrupted|terminated)\b/i;
const NOT_STOPPED =
  /\b(?:already|cannot|could|fail(?:ed|s)?|if|never|no|not|nothing|unable|was\w*n't|when)\b/i;
const SETS = new Set([ts.SyntaxKind.EqualsToken, ts.SyntaxKind.BarBarEqualsToken]);

/** The outermost function around a node: its flow. A method of an object or class is a flow of its own. */
export function outermost(node: ts.Node): FunctionNode | undefined {
  const around = enclosingFunctions(node);
  let found: FunctionNode | undefined;
  for (const fn of around) {
    found = fn;
    const parent = fn.parent;
    if (
      ts.isMethodDeclaration(fn) ||
      ts.isFunctionDeclaration(fn) ||
      (ts.isVariableDeclaration(parent) && isFunctionNode(fn))
    )
      break;
  }
  return found;
}

function blockOf(node: ts.Node): ts.Node {
  let at = node;
  while (at.parent && !ts.isBlock(at) && !ts.isSourceFile(at)) at = at.parent;
  return at;
}

/** A function that marks twice what it did not do has one defect. */
function onePerFunction(reports: readonly UnbackedReport[]): UnbackedReport[] {
  const seen = new Set<string>();
  return reports.filter(({ file, function: name }) => {
    const key = `${file}#${name}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
