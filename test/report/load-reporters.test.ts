import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { getReporter, listReporters } from "../../src/report/load-reporters.ts";
import { UserError } from "../../src/shared/errors.ts";

test("each file in reporters/ has its line in the index, and no other", () => {
  const folder = fileURLToPath(new URL("../../src/report/reporters/", import.meta.url));
  expect(listReporters()).toEqual(
    readdirSync(folder)
      .map((name) => name.replace(/\.ts$/, ""))
      .sort(),
  );
});

test.each(["xml", "", "__proto__", "constructor"])("refuses %j and names what there is", async (name) => {
  const error = await getReporter(name).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).hint).toContain("terminal");
});
