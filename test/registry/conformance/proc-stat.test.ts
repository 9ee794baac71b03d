import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { expect, test } from "vitest";
import { missing, withLaterStart, withStat } from "../../../src/registry/conformance/proc-stat.ts";

const file = `/proc/${process.pid}/stat`;
const startTime = (stat: string) => stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];

function readByDescriptor(): string {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(1_024);
    return buffer.toString("latin1", 0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}

// A module may read its stat files in any of these ways: the suite must not take one of them for a broken module.
test.runIf(process.platform === "linux").each([
  ["text", () => readFileSync(file, "utf8")],
  ["latin1", () => readFileSync(file, { encoding: "latin1" })],
  ["bytes", () => String(readFileSync(file))],
  ["a descriptor", readByDescriptor],
])("a stat file read as %s is the fake one inside, the real one outside", async (_name, read) => {
  const real = startTime(read());
  expect(real).toMatch(/^\d+$/);
  const faked = await withStat(
    (original) => withLaterStart(original()),
    () => startTime(read()),
  );
  expect(faked).toBe(String(Number(real) + 100));
  await withStat(missing, () => expect(read).toThrow("ENOENT"));
  expect(startTime(read())).toBe(real);
});
