import * as v from "valibot";
import type { Finding, SuppressedFinding } from "../check/finding.ts";
import type { SiteDecision } from "../plan/plan.ts";
import { UserError } from "../shared/errors.ts";
import { neutralise } from "./escape-text.ts";
import type { RunResult } from "./run-result.ts";

const DEPTH_LIMIT = 64;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const position = v.pipe(v.number(), v.integer(), v.minValue(1));
const nullableText = v.nullable(v.string());
/** Not `v.record`, which passes over keys such as "constructor": a folder may be called that. */
function recordOf<T>(isValue: (value: unknown) => value is T, what: string) {
  const check = (input: unknown): boolean =>
    typeof input === "object" &&
    input !== null &&
    !Array.isArray(input) &&
    Object.values(input).every(isValue);
  return v.custom<Record<string, T>>(check, `expected an object of ${what}`);
}
const isText = (value: unknown): value is string => typeof value === "string";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isLines = (value: unknown): value is Record<string, string> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isText);

const evidence = v.array(v.strictObject({ file: v.string(), line: position, note: v.string() }));

const site = v.strictObject({
  id: v.string(),
  file: v.string(),
  line: position,
  column: position,
  function: v.string(),
  callee: v.string(),
  argument: nullableText,
  kind: v.picklist([
    ...(["call", "import", "re-export", "dynamic-import", "dependency", "wrapper", "callback"] as const),
    ...(["type", "mock", "assertion", "placeholder", "stub", "handler", "text"] as const),
  ]),
  decision: v.picklist(["rewrite", "keep", "manual"]),
  reason: nullableText,
  key: nullableText,
  confidence: v.nullable(v.picklist(["proven", "likely"])),
  replacement: nullableText,
  cluster: v.string(),
  evidence,
  rejected: v.array(v.strictObject({ key: v.string(), why: v.string() })),
});

const findingFields = {
  rule: v.string(),
  severity: v.picklist(["error", "warning", "info"]),
  file: v.string(),
  line: position,
  column: position,
  endLine: position,
  endColumn: position,
  message: v.string(),
  evidence,
  fingerprint: v.string(),
  fixable: v.boolean(),
  function: v.string(),
};
const finding = v.strictObject(findingFields);
const suppressed = v.strictObject({
  ...findingFields,
  suppressedBy: v.strictObject({ kind: v.picklist(["comment", "ledger"]), reason: v.string() }),
});

const edit = v.strictObject({ start: count, end: count, text: v.string() });
const hunk = v.strictObject({
  oldStart: count,
  newStart: count,
  lines: v.array(v.pipe(v.string(), v.regex(/^[-+ ]/, "a hunk line starts with a space, - or +"))),
});

const runResult = v.strictObject({
  schemaVersion: v.literal(1),
  tool: v.strictObject({ name: v.string(), version: v.string() }),
  command: v.picklist(["migrate", "check"]),
  root: v.string(),
  files: v.strictObject({
    discovered: count,
    scanned: count,
    skipped: v.array(v.strictObject({ file: v.string(), reason: v.string() })),
    failed: v.array(v.strictObject({ file: v.string(), message: v.string() })),
    byFolder: recordOf(isCount, "counts"),
    byExtension: recordOf(isCount, "counts"),
  }),
  sites: v.array(site),
  changes: v.array(v.strictObject({ file: v.string(), edits: v.array(edit), hunks: v.array(hunk) })),
  verification: v.nullable(
    v.strictObject({
      ok: v.boolean(),
      checks: v.array(
        v.strictObject({
          name: v.picklist(["parses", "idempotent", "planned-lines-only", "types"]),
          status: v.picklist(["passed", "failed", "not-run"]),
          details: v.array(v.string()),
        }),
      ),
    }),
  ),
  written: v.boolean(),
  registry: v.nullable(v.strictObject({ path: v.string(), exists: v.boolean() })),
  findings: v.array(finding),
  suppressed: v.array(suppressed),
  rules: v.array(
    v.strictObject({
      id: v.string(),
      severity: v.string(),
      fixable: v.boolean(),
      what: v.string(),
      why: v.string(),
      fix: v.string(),
    }),
  ),
  excerpts: recordOf(isLines, "line texts by file and line"),
  provenance: v.array(
    v.strictObject({
      role: v.picklist(["register", "unregister", "kill", "wait", "active"]),
      file: v.string(),
      line: position,
      function: v.string(),
      expression: v.string(),
      origin: v.string(),
    }),
  ),
  reportOnly: v.boolean(),
  summary: v.strictObject({
    sites: v.strictObject({ total: count, rewrite: count, keep: count, manual: count }),
    findings: v.strictObject({ total: count, error: count, warning: count, info: count }),
    suppressed: count,
    filesChanged: count,
    exitCode: v.picklist([0, 1, 2, 3]),
  }),
  warnings: v.array(v.string()),
});

// The compiler stops here when a field of the contract has no line in the schema above, or the other way round.
type SameKeys<A, B> = [Exclude<keyof A, keyof B>, Exclude<keyof B, keyof A>] extends [never, never]
  ? true
  : never;
type SameWords<A extends string, B extends string> = [Exclude<A, B>, Exclude<B, A>] extends [never, never]
  ? true
  : never;
type Parsed = v.InferOutput<typeof runResult>;
const COMPLETE: [
  SameKeys<RunResult, Parsed>,
  SameKeys<RunResult["files"], Parsed["files"]>,
  SameKeys<SiteDecision, v.InferOutput<typeof site>>,
  SameKeys<Finding, v.InferOutput<typeof finding>>,
  SameKeys<SuppressedFinding, v.InferOutput<typeof suppressed>>,
  SameKeys<RunResult["provenance"][number], Parsed["provenance"][number]>,
  SameKeys<RunResult["summary"], Parsed["summary"]>,
  SameWords<SiteDecision["kind"], Parsed["sites"][number]["kind"]>,
  SameWords<RunResult["provenance"][number]["role"], Parsed["provenance"][number]["role"]>,
] = [true, true, true, true, true, true, true, true, true];

/**
 * Reads a saved run back. Nothing in it is trusted: unknown fields, wrong types, counts that do not add up, deep
 * nesting and `__proto__` are refused.
 *
 * @param text the JSON document
 * @param name the file's name, for messages
 * @throws UserError that names the first problem
 */
export function parseRunResult(text: string, name: string): RunResult {
  void COMPLETE;
  const shown = neutralise(name);
  const hint = "Save a run with --format json=FILE and give that file.";
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (error) {
    throw new UserError(`${shown} is not valid JSON: ${neutralise((error as Error).message)}.`, hint);
  }
  refuseHostileShapes(value, shown);
  const version =
    typeof value === "object" && value !== null
      ? (value as { schemaVersion?: unknown }).schemaVersion
      : undefined;
  if (version !== 1)
    throw new UserError(
      `${shown} is not a saved run of schema version 1 (schemaVersion is ${describe(version)}).`,
      hint,
    );
  const parsed = v.safeParse(runResult, value, { abortEarly: true });
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const at = v.getDotPath(issue) ?? "the document";
    throw new UserError(
      `${shown} is not a saved run: ${neutralise(at)}: ${neutralise(issue.message)}.`,
      hint,
    );
  }
  const result: RunResult = parsed.output;
  const problem = findWrongSum(result);
  if (problem) throw new UserError(`${shown} is not a saved run: ${problem}.`, hint);
  return result;
}

function describe(version: unknown): string {
  return version === undefined ? "missing" : neutralise(JSON.stringify(version).slice(0, 40));
}

/** A stack of its own: `JSON.parse` reads nesting that would overflow a recursive walk. */
function refuseHostileShapes(root: unknown, name: string): void {
  const stack: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 1 }];
  for (let item = stack.pop(); item; item = stack.pop()) {
    if (typeof item.value !== "object" || item.value === null) continue;
    if (item.depth > DEPTH_LIMIT)
      throw new UserError(
        `${name} is nested more than ${DEPTH_LIMIT} levels deep.`,
        "A saved run is never that deep.",
      );
    if (Object.hasOwn(item.value, "__proto__"))
      throw new UserError(
        `${name} has a key named "__proto__", which is not allowed.`,
        "A saved run has no such key.",
      );
    for (const value of Object.values(item.value)) stack.push({ value, depth: item.depth + 1 });
  }
}

function findWrongSum(result: RunResult): string | null {
  const { files, summary } = result;
  const sums: readonly (readonly [string, number, number])[] = [
    ["files.discovered", files.discovered, files.scanned + files.skipped.length + files.failed.length],
    [
      "summary.sites.total",
      summary.sites.total,
      summary.sites.rewrite + summary.sites.keep + summary.sites.manual,
    ],
    ["summary.sites.total", summary.sites.total, result.sites.length],
    [
      "summary.findings.total",
      summary.findings.total,
      summary.findings.error + summary.findings.warning + summary.findings.info,
    ],
    ["summary.findings.total", summary.findings.total, result.findings.length],
    ["summary.suppressed", summary.suppressed, result.suppressed.length],
  ];
  for (const [field, said, counted] of sums)
    if (said !== counted) return `${field} is ${said}, but its parts add up to ${counted}`;
  return null;
}
