import { describe, expect, it, vi } from "vitest";
import { plantedViolationsFound } from "../../src/check/plant-violation.ts";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { runCheck } from "../../src/pipeline.ts";
import { tempProject } from "../helpers/temp-project.ts";

// Rules that can be blinded, one at a time: what they would find is not found then.
const blind = vi.hoisted(() => ({ rule: "" }));
const blinding = vi.hoisted(() => async (original: () => Promise<unknown>) => {
  const { rule } = (await original()) as { rule: { id: string; check: (...args: unknown[]) => unknown } };
  return {
    rule: { ...rule, check: (...args: unknown[]) => (blind.rule === rule.id ? [] : rule.check(...args)) },
  };
});
vi.mock("../../src/check/rules/legacy-surface.ts", blinding);
vi.mock("../../src/check/rules/foreign-key.ts", blinding);
vi.mock("../../src/check/rules/paper-kill.ts", blinding);

const run = () =>
  runCheck({
    root: tempProject({ "src/a.ts": "export {};\n" }).root,
    config: DEFAULT_CONFIG,
    reportOnly: false,
    today: "2026-01-01",
  });

describe("the planted violations", () => {
  it("are found, and a run without findings passes", async () => {
    expect(plantedViolationsFound(piToSessionRun)).toBe(true);
    expect((await run()).result.summary.exitCode).toBe(0);
  });

  it.each(["legacy-surface", "foreign-key", "paper-kill"])(
    "fail the run, findings or not, when %s is blind",
    async (rule) => {
      blind.rule = rule;
      try {
        expect(plantedViolationsFound(piToSessionRun)).toBe(false);
        await expect(run()).rejects.toThrow("does not find a violation that it planted itself");
      } finally {
        blind.rule = "";
      }
    },
  );
});
