import { expect, it } from "vitest";
import { migrateExample } from "../helpers/migrated-example.ts";
import { neuter, NEUTERINGS } from "../helpers/neuterings.ts";

it("turns red under every neutering of every kill and wait of the migrated example", {
  timeout: 1_200_000,
}, async () => {
  const example = await migrateExample();
  const survivors: string[] = [];
  for (const [name, change] of Object.entries(NEUTERINGS))
    for (const call of example.calls) {
      const after = neuter(example.texts.get(call.file)!, call, change);
      if (after === null) continue;
      const findings = example.check(new Map([[call.file, after]]));
      if (!findings.some(({ severity }) => severity === "error")) survivors.push(`${name}: ${call.function}`);
    }
  expect(survivors).toEqual([]);
});
