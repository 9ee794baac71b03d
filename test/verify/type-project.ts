import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import { analyze } from "../../src/analyze/analyze.ts";
import type { MigrateOptions } from "../../src/cli/stages.ts";
import { discover } from "../../src/discover/discover.ts";
import { migrateWords } from "../../src/migration/migration.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { planWithVerification } from "../../src/plan-and-verify.ts";

export const STRICT = JSON.stringify({
  compilerOptions: { strict: true, target: "ES2022", module: "NodeNext", moduleResolution: "NodeNext" },
});

/** The legacy module, as far as calls need it. */
export const LEGACY = {
  "src/agents/pi-embedded.ts": [
    "const runs = new Map<string, { abort(): void }>();",
    "export function abortEmbeddedPiRun(sessionId: string | undefined): boolean {",
    '  const run = runs.get(sessionId ?? "");',
    "  run?.abort();",
    "  return run !== undefined;",
    "}",
    "",
  ].join("\n"),
};

/**
 * Plans and verifies a project with the compiler. Keys are given by line, as a person would give them, so that the
 * compiler is the only one who can object.
 *
 * @param keys key expression by `file:line`
 */
export async function verifyWithTypes(
  root: string,
  keys: Readonly<Record<string, string>>,
  options: Partial<MigrateOptions> = {},
) {
  const workspace = discover({ root, words: migrateWords(piToSessionRun) });
  const analysis = analyze(workspace, piToSessionRun);
  const decisions = Object.entries(keys).map(([place, key]) => {
    const call = analysis.calls.find((site) => `${site.file}:${site.line}` === place);
    if (!call) throw new Error(`no call at ${place}`);
    return {
      site: `${call.file}:${call.line}:${call.column}:${call.name}`,
      callee: call.name,
      argument: call.argumentText,
      action: "key" as const,
      key,
    };
  });
  const outcome = await planWithVerification(analysis, workspace, piToSessionRun, {
    root,
    config: DEFAULT_CONFIG,
    write: true,
    allowDirty: true,
    minConfidence: "proven",
    settle: false,
    mark: false,
    verifyTypes: true,
    failOnManual: false,
    decisions,
    ...options,
  });
  const after = new Map(outcome.changeSet.changes.map((change) => [change.file, change.after]));
  const types = outcome.verification.checks.find((check) => check.name === "types")!;
  const calls = outcome.plan.sites
    .filter((site) => site.kind === "call")
    .map((site) => ({
      line: site.line,
      decision: site.decision,
      reason: site.reason,
      notes: site.evidence.map((hop) => hop.note).join("\n"),
    }));
  return { ...outcome, after, types, calls };
}
