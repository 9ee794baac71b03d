import { expect, test } from "vitest";
import { runConformance } from "../../src/registry/conformance/index.ts";

// 100,000 cycles, twice 10,000 model runs, and 200 real processes for 20 s, one after the other.
test("the reference passes the long cases at full length", async () => {
  const report = await runConformance("src/registry/session-run-registry.ts", {
    only: ["A44", "A47", "A48", "A51", "A52", "A54"],
    scale: 1,
    concurrency: 1,
  });
  expect(report.results.filter((result) => result.status !== "pass")).toEqual([]);
});
