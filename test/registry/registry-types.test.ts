import { expect, test } from "vitest";
import type * as baseline from "../../fixtures/registry/baseline-registry.ts";
import * as registry from "../../src/registry/session-run-registry.ts";

/** The signatures callers of the existing registries compile against; the compiler checks the assignments. */
interface ExistingRegistry {
  isSessionRunActive: (sessionKey: string) => boolean;
  getActiveSessionRunCount: () => number;
  registerSessionRun: (sessionKey: string, handle: baseline.SessionRunHandle) => void;
  unregisterSessionRun: (sessionKey: string) => void;
  getSessionRunHandle: (sessionKey: string) => baseline.SessionRunHandle | undefined;
  killSessionRun: (sessionKey: string) => boolean;
  waitForSessionRunEnd: (sessionKey: string, timeoutMs: number) => Promise<boolean>;
  resetSessionRunRegistryForTest: () => void;
}

const asExisting: ExistingRegistry = registry;
const asBaselineModule: Omit<typeof baseline, "MODULE_ATTESTATIONS"> = registry;
const attestations: (typeof baseline)["MODULE_ATTESTATIONS"] = registry.MODULE_ATTESTATIONS;
const handle: registry.SessionRunHandle = {} as baseline.SessionRunHandle;

test("the registry stands in for the existing ones, types included", () => {
  expect(asExisting).toBe(asBaselineModule);
  expect(handle).toBeDefined();
  expect(new Set(Object.values(attestations))).toEqual(new Set(["live"]));
});

test("MODULE_ATTESTATIONS names exactly the functions that are exported", () => {
  const functions = Object.entries(registry).filter(([, value]) => typeof value === "function");
  expect(Object.keys(registry.MODULE_ATTESTATIONS).sort()).toEqual(functions.map(([name]) => name).sort());
});
