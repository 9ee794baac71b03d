import { ts } from "ts-morph";
import type { RegistryCall } from "../../src/analyze/analysis.ts";

/** One call of the registry in its file, as a change of it sees it. */
interface Target {
  readonly text: string;
  readonly call: ts.CallExpression;
  /** the call, with its `await` */
  readonly whole: ts.Expression;
  readonly statement: ts.Statement;
  /** what stands for the answer when nothing is asked */
  readonly answer: string;
  /** the wait's answer is read: there it decides */
  readonly decides: boolean;
}

/** Makes a call do nothing while it stays in the text. @returns null where the change does not fit the call */
type Neutering = (target: Target) => string | null;

/** The text with one call neutered. @returns null where the change does not fit */
export function neuter(text: string, { span, role }: RegistryCall, change: Neutering): string | null {
  const source = ts.createSourceFile("file.ts", text, ts.ScriptTarget.ESNext, true);
  let call: ts.CallExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.getStart() === span.start && node.end === span.end) call = node;
    ts.forEachChild(node, visit);
  };
  visit(source);
  if (!call) throw new Error(`there is no call at ${span.start}`);
  const whole = ts.isAwaitExpression(call.parent) ? call.parent : call;
  let statement: ts.Node = call;
  while (!ts.isStatement(statement)) statement = statement.parent;
  return change({
    text,
    call,
    whole,
    statement,
    answer: role === "kill" ? "false" : "true",
    decides: role === "wait" && !ts.isExpressionStatement(whole.parent),
  });
}

function put(text: string, node: ts.Node, piece: string): string {
  return text.slice(0, node.getStart()) + piece + text.slice(node.end);
}

function inPlace(make: (whole: string, target: Target) => string): Neutering {
  return (target) => put(target.text, target.whole, make(target.whole.getText(), target));
}

function withKey(make: (key: string) => string): Neutering {
  return ({ text, call }) => put(text, call.arguments[0]!, make(call.arguments[0]!.getText()));
}

function withTimeout(timeout: string): Neutering {
  return ({ text, call }) => (call.arguments[1] ? put(text, call.arguments[1], timeout) : null);
}

/** Only where the call is a statement of its own. */
function around(make: (statement: string, key: string) => string): Neutering {
  return ({ text, statement, call }) =>
    ts.isExpressionStatement(statement)
      ? put(text, statement, make(statement.getText(), call.arguments[0]!.getText()))
      : null;
}

function before(piece: string): Neutering {
  return ({ text, statement }) => {
    const at = ts.isBlock(statement.parent) ? statement : statement.parent;
    return ts.isBlock(at.parent)
      ? `${text.slice(0, at.getStart())}${piece} ${text.slice(at.getStart())}`
      : null;
  };
}

function answered(make: (whole: string, bare: string) => string): Neutering {
  return ({ text, whole, call, decides }) =>
    decides ? put(text, whole, make(whole.getText(), call.getText())) : null;
}

/** Every way that we know to keep a call in the text and out of the run. */
export const NEUTERINGS: Readonly<Record<string, Neutering>> = {
  "behind a constant and": inPlace((whole, { answer }) => `((false && ${whole}) || ${answer})`),
  "behind void": inPlace((whole, { answer }) => `(((void 0 as unknown) && ${whole}) ?? ${answer})`),
  "in a ternary": inPlace((whole, { answer }) => `(false ? ${whole} : ${answer})`),
  "behind a comparison of numbers": inPlace((whole, { answer }) => `(1 > 2 ? ${whole} : ${answer})`),
  "behind a comparison of strings": inPlace(
    (whole, { answer }) => `("a" === ("b" as string) ? ${whole} : ${answer})`,
  ),
  "as an argument of undefined": inPlace(
    (whole, { answer }) => `((undefined as any)?.(${whole}) ?? ${answer})`,
  ),
  "in an arrow that nobody calls": inPlace(
    (whole, { answer }) => `((() => { const later = async () => ${whole}; return ${answer}; })())`,
  ),
  "in a function that nobody calls": inPlace(
    (whole, { answer }) => `((() => { async function later() { return ${whole}; } return ${answer}; })())`,
  ),
  "in a method that nobody calls": inPlace(
    (whole, { answer }) =>
      `((() => { const it = { async go() { return ${whole}; } }; return ${answer}; })())`,
  ),
  "in a timer": inPlace(
    (_, { call, answer }) =>
      `((() => { setTimeout(() => ${call.getText()}, 2_000_000_000); return ${answer}; })())`,
  ),
  "only mentioned": inPlace((_, { call, answer }) => `(Boolean(${call.expression.getText()}) && ${answer})`),
  "kept in an object": inPlace(
    (_, { call, answer }) =>
      `((() => { const kept = { it: ${call.expression.getText()} }; return ${answer}; })())`,
  ),
  "given to a stub": inPlace(
    (_, { call, answer }) =>
      `((() => { const keep = (it: unknown) => ${answer}; return keep(${call.expression.getText()}); })())`,
  ),
  "of another function of its name": ({ text, call, statement }) =>
    ts.isIdentifier(call.expression) && text[statement.getFullStart() - 1] !== ")"
      ? put(
          text,
          call,
          `((${call.expression.text}: (key: unknown, ms?: number) => boolean) => ${call.getText()})((key) => key === "")`,
        )
      : null,
  "masked by a comma": answered((whole) => `(${whole}, true)`),
  "masked by an or": answered((whole) => `(${whole} || true)`),
  "masked by a then": answered((_, bare) => `(await ${bare}.then(() => true))`),
  "raced by an answer": answered((_, bare) => `(await Promise.race([${bare}, Promise.resolve(true)]))`),
  "under a literal": withKey(() => '"agent:main:nobody"'),
  "under nothing": withKey(() => "undefined as never"),
  "under an empty piece": withKey((key) => `(${key} as string).slice(0, 0)`),
  "in upper case": withKey((key) => `(${key} as string).toUpperCase()`),
  "with a suffix": withKey((key) => `(${key}) + "x"`),
  "with the prefix twice": withKey((key) => `\`agent:\${${key}}\``),
  "under one of two literals": withKey((key) => `(${key} ? "" : "")`),
  "under what follows the key": withKey((key) => `((${key}) && "")`),
  "for no time": withTimeout("15_000 * 0"),
  "for NaN": withTimeout('Number("soon")'),
  "for a moment": withTimeout("1"),
  "in a dead branch": around((statement) => `if (false) { ${statement} }`),
  "in a dead else": around((statement) => `if (true) {} else { ${statement} }`),
  "in a while": around((statement) => `while (false) { ${statement} }`),
  "in a for": around((statement) => `for (; false; ) { ${statement} }`),
  "over nothing": around((statement) => `for (const _ of []) { ${statement} }`),
  "for each of nothing": around((statement) => `;([] as string[]).forEach(async () => { ${statement} });`),
  "in another case": around((statement) => `switch (1 as number) { case 2: ${statement} }`),
  "after a labelled break": around((statement) => `out: { break out; ${statement} }`),
  "after a break": around((statement) => `do { break; ${statement} } while (true);`),
  "after a throw that is caught": around(
    (statement) => `try { throw new Error("x"); ${statement} } catch {}`,
  ),
  "after a call that throws": around(
    (statement) => `try { ;((_: number) => { throw new Error("x"); })(1); ${statement} } catch {}`,
  ),
  "in a closure": around((statement) => `const later = async () => { ${statement} };`),
  "where there is no key": around((statement, key) => `if (!(${key})) { ${statement} }`),
  "after a return": before("return undefined as never;"),
  "after a return that always comes": before("if (true) return undefined as never;"),
  "after a return in a block": before("{ return undefined as never; }"),
  "after a return in a try": before("try { return undefined as never; } finally {}"),
  "after an endless loop": before("while (true) {}"),
  "after a throw": before('throw new Error("later");'),
};
