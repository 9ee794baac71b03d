import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { RegistryCall } from "../../src/analyze/analysis.ts";
import { type MigratedExample, migrateExample } from "../helpers/migrated-example.ts";
import { neuter, NEUTERINGS } from "../helpers/neuterings.ts";

let example: MigratedExample;
beforeAll(async () => {
  example = await migrateExample();
});

describe("the migrated example", () => {
  it("is green: no errors, and no warnings in production code", () => {
    const loud = example
      .check()
      .filter(({ severity, file }) => severity === "error" || !/test|mocks/.test(file));
    expect(loud).toEqual([]);
  });

  it("has the kills and waits that were read by hand, and the settlement", () => {
    const count = (role: string) => example.calls.filter((call) => call.role === role).length;
    const list = new URL("../../fixtures/projects/gateway/expected-sites.json", import.meta.url);
    const sites = JSON.parse(readFileSync(fileURLToPath(list), "utf8")) as {
      callee: string;
      restores?: string;
    }[];
    const kills = sites.filter(({ callee, restores }) => (restores ?? callee) === "abortEmbeddedPiRun");
    const waits = sites.filter(({ callee }) => callee === "waitForEmbeddedPiRunEnd");
    expect(count("kill")).toBe(kills.length);
    expect(count("wait")).toBe(waits.length + 1);
  });

  it("turns red when any single kill or wait is deleted", () => {
    const survivors = example.calls.filter((call) => {
      const before = example.texts.get(call.file)!;
      const after = withoutCall(before, call);
      expect(after).not.toBe(before);
      return !isRed(call.file, after);
    });
    expect(survivors.map(nameOf)).toEqual([]);
  });

  // Each neutering on two of the calls, each call under several; test/slow tries all of them on all.
  it.each(Object.entries(NEUTERINGS).map(([name, change], at) => ({ name, change, at })))(
    "turns red when a call stands $name",
    ({ change, at }) => {
      const { calls, texts } = example;
      const turned = [...calls.slice(at % calls.length), ...calls.slice(0, at % calls.length)];
      const fitting = turned.flatMap((call) => {
        const after = neuter(texts.get(call.file)!, call, change);
        return after === null ? [] : { call, after };
      });
      expect(fitting.length).toBeGreaterThanOrEqual(2);
      const survivors = fitting.slice(0, 2).filter(({ call, after }) => !isRed(call.file, after));
      expect(survivors.map(({ call }) => nameOf(call))).toEqual([]);
    },
  );

  it("turns red when nothing registers runs any more, or when they are registered under the id", () => {
    const rules = (change: (text: string) => string): string[] => {
      const file = "src/agents/cli-runner.ts";
      const changed = new Map([[file, change(example.texts.get(file)!)]]);
      return example
        .check(changed)
        .filter(({ severity }) => severity === "error")
        .map(({ rule }) => rule);
    };
    expect(rules((text) => text.replace("  registerSessionRun(canonicalKey, handle);\n", ""))).toContain(
      "registry-without-producer",
    );
    expect(
      rules((text) => text.replace("registerSessionRun(canonicalKey,", "registerSessionRun(randomUUID(),")),
    ).toContain("registry-key-mismatch");
    expect(rules((text) => text.replace("    unregisterSessionRun(canonicalKey, handle);\n", ""))).toContain(
      "registration-leak",
    );
  });

  it("turns red when the registry's own kill only looks the run up", () => {
    const file = "src/agents/session-run-registry.ts";
    const before = example.texts.get(file)!;
    const after = before.replace("  return killRun(run);", "  return run !== undefined;");
    expect(after).not.toBe(before);
    expect(isRed(file, after)).toBe(true);
  });
});

function isRed(file: string, text: string): boolean {
  return example.check(new Map([[file, text]])).some(({ severity }) => severity === "error");
}

function nameOf({ file, line, callee, function: name }: RegistryCall): string {
  return `${file}:${line} ${callee} in ${name}`;
}

/** The whole statement where the call is one; elsewhere what a gutting leaves in its place. */
function withoutCall(text: string, { span, role }: RegistryCall): string {
  const lineStart = text.lastIndexOf("\n", span.start) + 1;
  const before = text.slice(lineStart, span.start);
  const rest = text.slice(span.end);
  if (/^\s*(?:await )?$/.test(before) && /^;?[ \t]*\r?\n/.test(rest))
    return text.slice(0, lineStart) + rest.slice(rest.indexOf("\n") + 1);
  return text.slice(0, span.start) + (role === "kill" ? "false" : "true") + rest;
}
