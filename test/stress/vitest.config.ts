import { defineConfig } from "vitest/config";

// Minutes, not seconds: not part of `npm test`.
export default defineConfig({
  test: { include: ["test/stress/**/*.test.ts"], testTimeout: 600_000, maxWorkers: 1 },
});
