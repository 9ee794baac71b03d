import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { loadStages } from "../../src/cli/load-stages.ts";
import type { MigrateOptions } from "../../src/cli/stages.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { getReporter, listReporters } from "../../src/report/load-reporters.ts";
import { parseRunResult } from "../../src/report/parse-run-result.ts";
import type { RunResult } from "../../src/report/run-result.ts";

// The shelf is made by hand: only a run of the real stages shows that what they give can be read back.
const folder = mkdtempSync(path.join(tmpdir(), "rewire-round-trip-"));
cpSync(fileURLToPath(new URL("../../fixtures/projects/gateway", import.meta.url)), folder, {
  recursive: true,
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const common = { root: folder, config: await loadConfig({ root: folder }) };
const plan: MigrateOptions = {
  ...common,
  write: false,
  allowDirty: true,
  minConfidence: "proven",
  settle: true,
  mark: false,
  verifyTypes: false,
  failOnManual: false,
};
const { runCheck, runMigrate } = loadStages();
const RUNS: Readonly<Record<string, () => Promise<RunResult>>> = {
  check: async () => (await runCheck({ ...common, reportOnly: false, today: "2026-06-15" })).result,
  migrate: async () => (await runMigrate(plan)).result,
  "migrate --write": async () => (await runMigrate({ ...plan, write: true })).result,
  "check of what was written": async () =>
    (await runCheck({ ...common, reportOnly: true, today: "2026-06-15" })).result,
};

describe.each(Object.keys(RUNS))("a saved run of %s", (name) => {
  it("renders in every format as the run itself did", async () => {
    const run = await RUNS[name]!();
    expect(run.sites.length + run.findings.length).toBeGreaterThan(0);
    const read = parseRunResult((await getReporter("json")).render(run, {}), "run.json");
    for (const format of listReporters()) {
      const reporter = await getReporter(format);
      expect(reporter.render(read, {}), format).toBe(reporter.render(run, {}));
    }
  });
});
