import { defineConfig } from "vitest/config";

// Fixtures hold files named *.test.ts: only test/ is collected, and slow suites have configs of their own.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [
      "test/corpus/**",
      "test/live/**",
      "test/stress/**",
      "test/slow/**",
      "test/browser/**",
      "test/forks/**",
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
