import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { analyze } from "../../src/analyze/analyze.ts";
import { isTestFile } from "../../src/shared/test-files.ts";
import { applyPlan } from "../../src/apply/apply-plan.ts";
import { textWorkspace } from "../../src/apply/text-workspace.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import type { SiteDecision } from "../../src/plan/plan.ts";

/** A case of fixtures/doubles: a test over the shared production code, and what it reads like afterwards. */
export interface DoubleCase {
  readonly name: string;
  readonly why: string;
  /** every site of its test files, as `file:line callee decision reason → key or new name` */
  readonly sites: readonly string[];
  /** path → text, the shared production code included */
  readonly files: ReadonlyMap<string, string>;
  /** its own files that change, as they read afterwards */
  readonly expected: ReadonlyMap<string, string>;
  readonly own: readonly string[];
}

const folder = fileURLToPath(new URL("../../fixtures/doubles", import.meta.url));

/** Every case, sorted by name. */
export function readDoubleCases(): DoubleCase[] {
  const base = filesBelow(path.join(folder, "base"));
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, "case.json")))
    .sort()
    .map((name) => {
      const at = path.join(folder, name);
      const { why, sites } = JSON.parse(readFileSync(path.join(at, "case.json"), "utf8")) as DoubleCase;
      const input = filesBelow(path.join(at, "input"));
      return {
        name,
        why,
        sites,
        files: new Map([...base, ...input]),
        expected: filesBelow(path.join(at, "expected")),
        own: [...input.keys()],
      };
    });
}

/** Plans a case and applies it in memory; the second run is over the result. */
export async function runDoubleCase(files: ReadonlyMap<string, string>): Promise<{
  readonly sites: readonly string[];
  readonly evidence: readonly string[];
  readonly after: ReadonlyMap<string, string>;
  readonly refused: readonly { readonly site: string; readonly why: string }[];
}> {
  const workspace = textWorkspace(files);
  const analysis = analyze(workspace, piToSessionRun);
  const plan = makePlan(analysis, piToSessionRun, { minConfidence: "proven", settle: true });
  const { changes, refused } = await applyPlan(plan, workspace);
  const after = new Map(files);
  for (const change of changes) after.set(change.file, change.after);
  const inTests = plan.sites.filter(({ file }) => isTestFile(file));
  const evidence = inTests.flatMap((site) => site.evidence.map(({ note }) => note));
  return { sites: inTests.map(tell), evidence, after, refused };
}

function tell({ file, line, callee, argument, decision, reason, key, replacement }: SiteDecision): string {
  const what = argument === null || key === null ? (replacement ?? "") : `${argument} → ${key}`;
  return `${file}:${line} ${callee} ${decision} ${[reason, what].filter(Boolean).join(" ")}`.trim();
}

function filesBelow(root: string): Map<string, string> {
  const files = new Map<string, string>();
  const enter = (below: string): void => {
    for (const entry of readdirSync(path.join(root, below)).sort()) {
      const relative = below ? `${below}/${entry}` : entry;
      if (statSync(path.join(root, relative)).isDirectory()) enter(relative);
      else files.set(relative, readFileSync(path.join(root, relative), "utf8"));
    }
  };
  if (existsSync(root)) enter("");
  return files;
}
