import { expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import { runCheck } from "../../src/pipeline.ts";
import { describeNextStep } from "../../src/report/describe-next-step.ts";
import { tempProject } from "../helpers/temp-project.ts";

const STUB = "export function abortEmbeddedPiRun(_sessionId: string): boolean {\n  return false;\n}\n";
const REGISTRY = `const runs = new Map<string, { abort(): void }>();
export const registerSessionRun = (key: string, run: { abort(): void }) => runs.set(key, run);
export function killSessionRun(key: string) {
  runs.get(key)?.abort();
  return runs.has(key);
}
`;
const MIGRATED = `import { killSessionRun } from "./agents/session-run-registry.js";
export const halt = (sessionKey: string) => killSessionRun(sessionKey);
`;
const REFUSED = `import { abortEmbeddedPiRun } from "./agents/pi-embedded.js";
export const stop = (entry: { sessionId: string }) => abortEmbeddedPiRun(entry.sessionId);
`;
const PROVEN = `import { abortEmbeddedPiRun } from "./agents/pi-embedded.js";
import { loadSessionEntry } from "./store.js";
export function stop(key: string) {
  const { entry, canonicalKey } = loadSessionEntry(key);
  clearSessionQueues([canonicalKey, entry.sessionId]);
  return abortEmbeddedPiRun(entry.sessionId);
}
`;

/** Whether the next step of a red gate is a migration. */
async function namesMigrate(files: Readonly<Record<string, string>>): Promise<boolean> {
  const { root } = tempProject({ "src/agents/pi-embedded.ts": STUB, ...files });
  const { result } = await runCheck({
    root,
    config: DEFAULT_CONFIG,
    reportOnly: false,
    today: "2026-01-01",
  });
  expect(result.findings.map(({ rule }) => rule)).toContain("legacy-surface");
  const steps = describeNextStep(result).map(({ command }) => command);
  expect(steps.some((command) => command.startsWith("rewire-abort explain"))).toBe(true);
  return steps.includes("rewire-abort migrate");
}

it("names migrate as the next step until what is left is what it refuses", async () => {
  const migrated = { "src/agents/session-run-registry.ts": REGISTRY, "src/halt.ts": MIGRATED };
  expect(await namesMigrate({ "src/stop.ts": REFUSED })).toBe(true);
  expect(await namesMigrate({ ...migrated, "src/stop.ts": REFUSED })).toBe(false);
  expect(await namesMigrate({ ...migrated, "src/stop.ts": REFUSED, "src/again.ts": PROVEN })).toBe(true);
});
