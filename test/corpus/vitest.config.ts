import { defineConfig } from "vitest/config";

// Real releases from the npm registry: packed at test time into .cache/, which git ignores.
export default defineConfig({
  test: {
    include: ["test/corpus/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});
