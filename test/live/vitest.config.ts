import { defineConfig } from "vitest/config";

// Installs a public release and runs it: asked for with LIVE=1, never part of `npm test`.
export default defineConfig({
  test: {
    include: ["test/live/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
    // Each check is mostly a process that waits.
    maxConcurrency: 3,
  },
});
