import { defineConfig } from "vitest/config";

// The same property over many more programs than the ordinary run can afford.
export default defineConfig({
  test: {
    include: ["test/keys-property.test.ts"],
    env: { REWIRE_ABORT_PROGRAMS: process.env.REWIRE_ABORT_PROGRAMS ?? "20000" },
  },
});
