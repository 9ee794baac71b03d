import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { analyze } from "../../src/analyze/analyze.ts";
import { applyPlan } from "../../src/apply/apply-plan.ts";
import { textWorkspace } from "../../src/apply/text-workspace.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import type { Plan, SiteDecision } from "../../src/plan/plan.ts";

export interface KeySite {
  readonly file?: string;
  readonly line: number;
  readonly callee: string;
  readonly alias?: string;
  readonly decision: "rewrite" | "keep" | "manual";
  readonly key?: string | null;
  readonly alternatives?: readonly string[];
  readonly forbidden?: readonly string[];
  readonly acceptable?: readonly string[];
}

export interface KeyCase {
  readonly name: string;
  readonly why: string;
  readonly shape: string;
  readonly sites: readonly KeySite[];
  readonly callers: readonly { readonly file?: string; readonly line: number; readonly key?: string }[];
  readonly untouched: readonly { readonly file: string; readonly line: number }[];
  /** path → text */
  readonly files: ReadonlyMap<string, string>;
  /** path of the single file, for sites that name none */
  readonly main: string;
  readonly expected: string | null;
}

const folder = fileURLToPath(new URL("../../fixtures/keys", import.meta.url));

/** Every case of fixtures/keys, sorted by name. */
export function readKeyCases(): KeyCase[] {
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, "case.json")))
    .sort()
    .map(readCase);
}

function readCase(name: string): KeyCase {
  const at = path.join(folder, name);
  const raw = JSON.parse(readFileSync(path.join(at, "case.json"), "utf8")) as {
    why: string;
    shape: string;
    path?: string;
    sites?: KeySite[];
    callers?: KeyCase["callers"];
    untouched?: (number | { file: string; line: number })[];
    after?: string;
  };
  const files = new Map<string, string>();
  const main = raw.path ?? "src/auto-reply/reply/input.ts";
  if (existsSync(path.join(at, "input"))) collect(path.join(at, "input"), "", files);
  else {
    const input = readdirSync(at).find((entry) => /^input\.[cm]?[jt]sx?$/.test(entry))!;
    files.set(main, readFileSync(path.join(at, input), "utf8"));
  }
  return {
    name,
    why: raw.why,
    shape: raw.shape,
    sites: raw.sites ?? [],
    callers: raw.callers ?? [],
    untouched: (raw.untouched ?? []).map((place) =>
      typeof place === "number" ? { file: main, line: place } : place,
    ),
    files,
    main,
    expected: raw.after ? readFileSync(path.join(at, raw.after), "utf8") : null,
  };
}

function collect(root: string, below: string, files: Map<string, string>): void {
  for (const entry of readdirSync(path.join(root, below)).sort()) {
    const relative = below ? `${below}/${entry}` : entry;
    if (statSync(path.join(root, relative)).isDirectory()) collect(root, relative, files);
    else files.set(relative, readFileSync(path.join(root, relative), "utf8"));
  }
}

export interface KeyRun {
  readonly plan: Plan;
  readonly after: ReadonlyMap<string, string>;
  readonly refused: readonly { readonly site: string; readonly why: string }[];
}

/** Plans and applies a case in memory. */
export async function runKeyCase(keyCase: KeyCase): Promise<KeyRun> {
  const workspace = textWorkspace(keyCase.files);
  const analysis = analyze(workspace, piToSessionRun);
  const plan = makePlan(analysis, piToSessionRun, { minConfidence: "proven", settle: true });
  const { changes, refused } = await applyPlan(plan, workspace);
  const after = new Map(keyCase.files);
  for (const change of changes) after.set(change.file, change.after);
  return { plan, after, refused };
}

export function siteAt(plan: Plan, keyCase: KeyCase, site: KeySite): SiteDecision | undefined {
  const file = site.file ?? keyCase.main;
  return plan.sites.find(
    (found) =>
      found.kind === "call" &&
      found.file === file &&
      found.line === site.line &&
      (found.callee === site.callee || found.callee === site.alias),
  );
}

/** Keys are compared without white space. */
export function sameKey(a: string, b: string): boolean {
  return a.replace(/\s+/g, "") === b.replace(/\s+/g, "");
}
