import path from "node:path/posix";
import { ts } from "../typescript.ts";
import { legacyNames } from "../../migration/migration.ts";
import type { Evaluator } from "../evaluate.ts";
import { isConstant } from "../inert.ts";
import { isFunctionNode, returnedExpressions, unwrap, walk } from "../syntax.ts";
import type { UnprovenTest } from "./effect-facts.ts";
import { placeOf, shortText } from "./place-of.ts";
import { mayBeUnproven } from "./skim-test.ts";

const ABOUT_A_STOP = /\b(?:abort|kill|stop|terminat|interrupt)/i;
/** Words of an assertion that is about an end. */
const END = /abort|kill|stop|terminat|interrupt|cancel|ended|settled|active|signal|unavailable/i;
const RUNNER_CONFIG = /(^|\/)(?:vitest|jest)[\w.-]*\.[cm]?[jt]s$/;

/** Tests of entry points that promise a stop in their title, and prove none: they do not look, do not run, or replace it. */
export function findUnprovenTests(evaluator: Evaluator, files: readonly string[]): UnprovenTest[] {
  const { project, migration } = evaluator;
  const { kill, killAll, wait } = migration.registry;
  const entries = new Set(migration.entryPoints.map(({ name }) => name).filter((name) => /^\w+$/.test(name)));
  const words = [...legacyNames(migration), kill, killAll, wait, ...entries];
  const configs = project.workspace.scanned
    .filter((file) => RUNNER_CONFIG.test(file))
    .map((file) => ({ file, text: project.text(file) }));
  const about = new Map<string, ts.StringLiteralLike>();
  const found: UnprovenTest[] = [];
  for (const file of files) {
    const text = project.text(file);
    const isNamed = configs.some((config) => config.text.includes(path.basename(file)));
    if (!words.some((word) => text.includes(word))) continue;
    if (!isNamed && !mayBeUnproven(text, [...entries], END)) continue;
    const titles: ts.StringLiteralLike[] = [];
    const replaced: { readonly node: ts.Identifier; readonly value: ts.Expression }[] = [];
    const looked: string[] = [];
    walk(project.file(file), (node) => {
      if (ts.isCallExpression(node)) {
        const title = titleOf(node);
        if (title) {
          titles.push(title);
          if (isNotRun(node))
            found.push({ ...placeOf(project, title), name: title.text, problem: "not-run" });
          else if (looksAway(node, entries))
            found.push({ ...placeOf(project, title), name: title.text, problem: "looks-away" });
        }
        if (ts.isIdentifier(node.expression) && node.expression.text === "expect")
          looked.push(node.getText());
      }
      if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && entries.has(node.name.text))
        if (isInFactory(node)) replaced.push({ node: node.name, value: node.initializer });
    });
    if (titles[0]) about.set(file, titles[0]);
    for (const { node, value } of titles[0] ? replaced : [])
      if (answersAConstant(value) && !looked.some((text) => text.includes(node.text)))
        found.push({
          ...placeOf(project, node, [project.evidence(titles[0]!, "this test is about a stop")]),
          name: node.text,
          problem: "helper-replaced",
        });
  }
  return [...found, ...quarantined(evaluator, about, configs)];
}

/** The title of `it("aborts …", …)`, skipped or not. */
function titleOf(call: ts.CallExpression): ts.StringLiteralLike | undefined {
  const title = call.arguments[0];
  if (!title || !ts.isStringLiteralLike(title) || !ABOUT_A_STOP.test(title.text)) return undefined;
  return /^x?(?:it|test)\b/.test(call.expression.getText()) ? title : undefined;
}

/** `it.skip`, `xit`, `it.todo`, `it.skipIf(true)`, or inside of a `describe` of that kind. */
function isNotRun(call: ts.CallExpression): boolean {
  for (let at: ts.Node = call; at.parent; at = at.parent) {
    if (!ts.isCallExpression(at)) continue;
    const callee = at.expression.getText();
    if (/^(?:x(?:it|test|describe)\b|(?:it|test|describe)(?:\.\w+)*\.(?:skip|todo)\b)/.test(callee))
      return true;
    if (/\.(?:skipIf\((?:true|1)\)|runIf\((?:false|0)\))$/.test(callee)) return true;
  }
  return false;
}

/** The test calls an entry point, and none of what it expects is about an end. */
function looksAway(call: ts.CallExpression, entries: ReadonlySet<string>): boolean {
  const body = call.arguments.find(isFunctionNode);
  if (!body) return false;
  let acts = false;
  let expects = 0;
  let looks = false;
  walk(body, (node) => {
    if (!ts.isCallExpression(node)) return;
    const callee = node.expression.getText();
    if (entries.has(callee.split(".").at(-1)!)) acts = true;
    if (/(?:^|\.)(?:expect|assert|verify|should)[A-Z_]\w*$/.test(callee)) looks = true;
    if (callee !== "expect" && !/^assert(?:\.\w+)?$/.test(callee)) return;
    expects += 1;
    let statement: ts.Node = node;
    while (statement.parent && !ts.isStatement(statement)) statement = statement.parent;
    if (END.test(statement.getText())) looks = true;
  });
  return acts && expects > 0 && !looks;
}

function isInFactory(node: ts.Node): boolean {
  for (let at = node.parent; at; at = at.parent)
    if (ts.isCallExpression(at) && /^(?:vi|jest)\.(?:mock|doMock)$/.test(at.expression.getText()))
      return true;
  return false;
}

/** `vi.fn(() => 1)`, `vi.fn().mockResolvedValue(1)`, `async () => undefined` */
function answersAConstant(value: ts.Expression): boolean {
  const at = unwrap(value);
  if (isFunctionNode(at)) {
    const answers = returnedExpressions(at);
    const statements = at.body && ts.isBlock(at.body) ? at.body.statements.length : 1;
    return statements <= 1 && answers.every((answer) => answer === undefined || isConstant(answer));
  }
  if (!ts.isCallExpression(at)) return false;
  const callee = unwrap(at.expression);
  if (/^(?:vi|jest)\.fn$/.test(callee.getText()))
    return at.arguments.length === 1 && answersAConstant(at.arguments[0]!);
  return (
    ts.isPropertyAccessExpression(callee) &&
    /^mock(?:Return|Resolved)Value$/.test(callee.name.text) &&
    at.arguments.every(isConstant)
  );
}

/** Test files about a stop that a runner's config leaves out by name, and no other config names. */
function quarantined(
  { project }: Evaluator,
  about: ReadonlyMap<string, ts.StringLiteralLike>,
  runnerConfigs: readonly { readonly file: string; readonly text: string }[],
): UnprovenTest[] {
  const configs = runnerConfigs.filter(({ file }) => !about.has(file));
  const found: UnprovenTest[] = [];
  for (const config of configs) {
    const named = [...about].filter(([file]) => config.text.includes(path.basename(file)));
    if (named.length === 0) continue;
    walk(project.file(config.file), (node) => {
      if (!ts.isPropertyAssignment(node) || !/^(?:exclude|testPathIgnorePatterns)$/.test(node.name.getText()))
        return;
      walk(node.initializer, (literal) => {
        if (!ts.isStringLiteralLike(literal)) return;
        const hit = named.find(
          ([file]) => path.basename(literal.text) === path.basename(file) && endsAlike(file, literal.text),
        );
        const runElsewhere =
          hit && configs.some((other) => other !== config && other.text.includes(path.basename(hit[0])));
        if (!hit || runElsewhere) return;
        found.push({
          ...placeOf(project, literal, [project.evidence(hit[1], `left out: ${shortText(hit[1])}`)]),
          name: hit[0],
          problem: "not-run",
        });
      });
    });
  }
  return found;
}

/** The fixed end of a pattern is the end of the path. */
function endsAlike(file: string, pattern: string): boolean {
  const fixed = pattern.slice(pattern.lastIndexOf("*") + 1).replace(/^(?:\.?\/)+/, "");
  return `/${file}`.endsWith(`/${fixed}`);
}
