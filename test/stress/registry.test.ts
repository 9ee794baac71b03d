import { expect, test } from "vitest";
import { conformanceCases, runConformance } from "../../src/registry/conformance/index.ts";

const LONG = ["A44", "A47", "A48", "A51", "A52", "A54"];

// At full length, as their titles say it; `npm test` runs them shortened. One after the other: they measure.
test.each(
  conformanceCases.filter((each) => LONG.includes(each.id)).map((each) => [each.id, each.title] as const),
)("%s at full length: %s", async (id) => {
  const report = await runConformance("src/registry/session-run-registry.ts", {
    only: [id],
    scale: 1,
    concurrency: 1,
  });
  // The reason of a failure is in it.
  expect(report.results.filter(({ status }) => status !== "pass")).toEqual([]);
  expect(report.results.map((result) => result.id)).toEqual([id]);
});
