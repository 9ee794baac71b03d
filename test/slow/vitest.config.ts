import { defineConfig } from "vitest/config";

// The whole demo, the packed package in an empty project, the conformance suite through the command line: minutes.
export default defineConfig({
  test: { include: ["test/slow/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000, maxWorkers: 2 },
});
