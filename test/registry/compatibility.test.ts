import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as baseline from "../../fixtures/registry/baseline-registry.ts";
import { compatibilityChecks } from "../../src/registry/conformance/compatibility-checks.ts";
import type { RegistryModule } from "../../src/registry/conformance/registry-module.ts";
import * as reference from "../../src/registry/session-run-registry.ts";

const modules: Record<string, RegistryModule> = { reference, baseline };

test("there are fifteen compatibility checks, each under its own name", () => {
  expect(new Set(compatibilityChecks.map((check) => check.name)).size).toBe(15);
});

describe.each(Object.entries(modules))("the %s registry", (_name, registry) => {
  beforeEach(() => registry.resetSessionRunRegistryForTest());
  afterEach(() => registry.resetSessionRunRegistryForTest());

  test.each(compatibilityChecks.map((check) => [check.name, check] as const))("%s", async (_title, check) => {
    await check.run(registry);
  });
});

test("a registry that does nothing fails the checks that need something done", async () => {
  // @ts-expect-error a JavaScript fixture
  const noOp: RegistryModule = await import("../../fixtures/registry/broken/no-op.js");
  const failed: string[] = [];
  for (const check of compatibilityChecks) {
    try {
      await check.run(noOp);
    } catch {
      failed.push(check.name);
    }
  }
  expect(failed).toHaveLength(7);
});
