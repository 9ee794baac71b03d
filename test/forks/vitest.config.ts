import { defineConfig } from "vitest/config";

// Real checkouts, named by REWIRE_ABORT_FORKS; they are read, never written, and nothing of them is kept here.
export default defineConfig({
  test: { include: ["test/forks/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000, maxWorkers: 1 },
});
