import { defineConfig } from "vitest/config";

// A browser of the machine, never a downloaded one; without it the suite is skipped and says so.
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
