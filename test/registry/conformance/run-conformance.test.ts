import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  BASELINE_FAILURES,
  type ConformanceOptions,
  type ConformanceReport,
  conformanceCases,
  RegistryModuleError,
  runConformance,
} from "../../../src/registry/conformance/index.ts";
import { registrySource } from "../../../src/registry/registry-source.ts";

const REFERENCE = "src/registry/session-run-registry.ts";
const BASELINE = "fixtures/registry/baseline-registry.ts";
const broken = (name: string) => `fixtures/registry/broken/${name}`;
const folder = mkdtempSync(join(tmpdir(), "rewire-abort-conformance-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withStatus = (report: ConformanceReport, status: string) =>
  report.results.filter((result) => result.status === status).map((result) => result.id);
const run = (module: string, only: readonly string[], options: ConformanceOptions = {}) =>
  runConformance(module, { only, ...options });

test("there are 55 cases, A01 to A55", () => {
  const ids = Array.from({ length: 55 }, (_, index) => `A${String(index + 1).padStart(2, "0")}`);
  expect(conformanceCases.map((each) => each.id)).toEqual(ids);
});

describe.runIf(process.platform === "linux")("on Linux", () => {
  test("the reference passes every case that applies", async () => {
    const report = await runConformance(REFERENCE);
    expect(report.results.filter((result) => result.status === "fail")).toEqual([]);
    expect(withStatus(report, "not-applicable")).toEqual(["A37"]);
    expect(report.summary).toEqual({ total: 55, pass: 54, fail: 0, notApplicable: 1 });
    expect(report.ok).toBe(true);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  }, 180_000);

  test("the JavaScript that registry add writes passes as well", async () => {
    const file = join(folder, "session-run-registry.mjs");
    writeFileSync(file, registrySource("js"));
    const only = ["A01", "A02", "A08", "A13", "A23", "A27", "A39", "A44", "A45", "A46", "A50"];
    const report = await run(file, only);
    expect(report.results.filter((result) => result.status !== "pass")).toEqual([]);
    expect(withStatus(report, "pass")).toEqual(only);
    expect(report.results[0]!.notes).toEqual(["types not checked: the module is JavaScript"]);
    expect(readdirSync(folder)).toEqual(["session-run-registry.mjs"]);
  }, 180_000);

  test("the baseline semantics fail where they have holes, and pass what callers rely on", async () => {
    const compatible = ["A01", "A02", "A03", "A04", "A05"];
    const optional = ["A09", "A10", "A34", "A35"];
    const more = ["A06", "A19", "A38", "A40", "A50", "A51", "A52", "A53"];
    const report = await run(BASELINE, [...BASELINE_FAILURES, ...compatible, ...optional, ...more]);
    expect(withStatus(report, "fail")).toEqual([...BASELINE_FAILURES, ...more].sort());
    expect(withStatus(report, "pass")).toEqual(compatible);
    expect(withStatus(report, "not-applicable")).toEqual(optional);
    expect(report.ok).toBe(false);
    const model = report.results.find((result) => result.id === "A51");
    expect(model?.reason).toMatch(/seed: -?\d+, path: "[\d:]+"(.|\n)*Counterexample/);
  }, 180_000);
});

test("a registry that does nothing does not pass", async () => {
  const report = await run(broken("no-op.js"), ["A01", "A02", "A03", "A14", "A22"]);
  expect(withStatus(report, "fail")).toEqual(["A01", "A02", "A03", "A14", "A22"]);
});

test("a module that runs and has other types fails A01 with what the compiler says", async () => {
  const report = await run(broken("wrong-types.ts"), ["A01", "A03"]);
  expect(withStatus(report, "fail")).toEqual(["A01"]);
  expect(report.results[0]!.reason).toMatch(/'\(_sessionKey: string\) => number' is not assignable/);
});

test("a case that hangs is a failure, and the others go on", async () => {
  const report = await run(broken("never-returns.js"), ["A04", "A24"], { timeLimitMs: 3_000 });
  expect(withStatus(report, "fail")).toEqual(["A24"]);
  expect(report.results[1]!.reason).toBe("no answer within 3000 ms");
});

describe("what is no verdict is an error", () => {
  test("a module that cannot be loaded", async () => {
    const failing = run(broken("throws-on-import.js"), ["A03"]);
    await expect(failing).rejects.toThrow(RegistryModuleError);
    await expect(failing).rejects.toThrow("this module needs a database");
  });

  test.each([
    ["hangs-on-import.js", "it does not finish loading, no answer within 3000 ms"],
    ["waits-on-import.js", "it does not finish loading, its process ended with 13"],
    ["exits-on-import.js", "it does not finish loading, its process ended with 0"],
    ["other-exports.js", "it exports none of a registry's functions"],
    ["missing-import.ts", `Cannot find module '${resolve(broken("the-rest.js"))}'`],
    // Its child holds the pipe for longer than this test may take.
    ["leaves-a-child.js", "it does not finish loading, its process ended with 0"],
  ])(
    "%s: one sentence, and no wait for what cannot come",
    async (name, message) => {
      const failing = run(broken(name), ["A03", "A04"], { timeLimitMs: 3_000 });
      await expect(failing).rejects.toThrow(RegistryModuleError);
      await expect(failing).rejects.toThrow(message);
    },
    20_000,
  );

  test("a module that does not exist", async () => {
    await expect(run("fixtures/registry/nowhere.ts", ["A03"])).rejects.toThrow(
      "fixtures/registry/nowhere.ts",
    );
  });

  test("a case that does not exist", async () => {
    await expect(run(REFERENCE, ["A03", "A99"])).rejects.toThrow("A99");
  });
});
