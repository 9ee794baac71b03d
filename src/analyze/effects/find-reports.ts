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
    if (!project.mentions(file, [...fields, ...functions.map(({ name }) => name)])) return [];
    const found = new Map<string, UnbackedReport>();
    walk(project.file(file), (node) => {
      const report = this.#reportOf(node);
      if (!report) return;
      for (const place of this.#unbacked(node, 0, new Set())) {
        const fn = outermost(place.node);
        const key = `${project.pathOf(place.node)}:${fn?.pos ?? 0}:${blockOf(place.node).pos}`;
        if (!found.has(key))
          found.set(key, { ...placeOf(project, place.node, place.evidence), report: shortText(report) });
      }
    });
    return onePerFunction([...found.values()]);
  }

  /** `abortedLastRun: true`, `entry.abortedLastRun = true`, `markTerminated({ reason: "killed" })`. */
  #reportOf(node: ts.Node): ts.Node | undefined {
    const { fields, functions } = this.evaluator.migration.reports;
    if (
      ts.isPropertyAssignment(node) &&
      constantFlag(node.initializer) === true &&
      fields.includes(nameOfMember(node.name) ?? "")
    )
      return node;
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      fields.includes(nameOfMember(node.left) ?? "") &&
      constantFlag(node.right) === true
    )
      return node;
    if (ts.isCallExpression(node)) {
      const name = calleeName(node.expression);
      const fn = functions.find((candidate) => candidate.name === name);
      const bag = node.arguments[0];
      if (!fn || !bag || !ts.isObjectLiteralExpression(bag)) return undefined;
      const says = bag.properties.some(
        (property) =>
          ts.isPropertyAssignment(property) &&
          property.name.getText() === fn.property &&
          ts.isStringLiteralLike(property.initializer) &&
          fn.values.includes(property.initializer.text),
      );
      return says ? node : undefined;
    }
    return undefined;
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
