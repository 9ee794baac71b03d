import { ts as whole } from "ts-morph";
import { expect, it } from "vitest";
import { ts } from "../../src/analyze/typescript.ts";

it("is the compiler of ts-morph: trees of one can be handed to the other", () => {
  expect(ts.createSourceFile).toBe(whole.createSourceFile);
  expect(ts.createProgram).toBe(whole.createProgram);
});
