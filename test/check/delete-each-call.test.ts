import { cpSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RegistryCall } from "../../src/analyze/analysis.ts";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import { runMigrate } from "../../src/pipeline.ts";
import { applyEdits } from "../../src/shared/location.ts";
import { removeFolder } from "../helpers/temp-project.ts";
import { checkFolder } from "./check-folder.ts";

const repo = fileURLToPath(new URL("../..", import.meta.url));
let root = "";
let calls: readonly RegistryCall[] = [];

interface ByHand {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The example, migrated: the tool's own edits, the registry, and the edits that are left to a person. */
beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "rewire-abort-delete-")));
  cpSync(join(repo, "fixtures/projects/gateway"), root, { recursive: true });
  const { result } = await runMigrate({
    root,
    config: DEFAULT_CONFIG,
    write: false,
    allowDirty: true,
    minConfidence: "proven",
    settle: true,
    mark: false,
    verifyTypes: false,
    failOnManual: false,
  });
  for (const { file, edits } of result.changes) edit(file, (text) => applyEdits(text, edits));
  cpSync(
    join(repo, "src/registry/session-run-registry.ts"),
    join(root, "src/agents/session-run-registry.ts"),
  );
  for (const { file, find, replace } of JSON.parse(read("by-hand.json")) as ByHand[])
    edit(file, (text) => text.replace(find, replace));
  calls = checkFolder(root).analysis.registryCalls.filter(
    ({ role, inTest }) => !inTest && (role === "kill" || role === "wait"),
  );
});

afterAll(() => removeFolder(root));

describe("the migrated example", () => {
  it("is green: no errors, and no warnings in production code", () => {
    const loud = checkFolder(root).outcome.findings.filter(
      ({ severity, file }) => severity === "error" || !/test|mocks/.test(file),
    );
    expect(loud).toEqual([]);
  });

  it("has the kills and waits that were read by hand, and the settlement", () => {
    const count = (role: string) => calls.filter((call) => call.role === role).length;
    const sites = JSON.parse(read("expected-sites.json")) as { callee: string; restores?: string }[];
    const kills = sites.filter(({ callee, restores }) => (restores ?? callee) === "abortEmbeddedPiRun");
    const waits = sites.filter(({ callee }) => callee === "waitForEmbeddedPiRunEnd");
    expect(count("kill")).toBe(kills.length);
    expect(count("wait")).toBe(waits.length + 1);
  });

  it("turns red when any single kill or wait is deleted", () => {
    const survivors: string[] = [];
    for (const call of calls) {
      const before = read(call.file);
      const after = withoutCall(before, call);
      expect(after).not.toBe(before);
      writeFileSync(join(root, call.file), after);
      const { outcome, analysis } = checkFolder(root);
      writeFileSync(join(root, call.file), before);
      expect(analysis.failed).toEqual([]);
      if (!outcome.findings.some(({ severity }) => severity === "error"))
        survivors.push(`${call.file}:${call.line} ${call.callee} in ${call.function}`);
    }
    expect(survivors).toEqual([]);
  });

  it("turns red when nothing registers runs any more, or when they are registered under the id", () => {
    const rules = (change: (text: string) => string): string[] => {
      const file = "src/agents/cli-runner.ts";
      const before = read(file);
      edit(file, change);
      const { outcome } = checkFolder(root);
      writeFileSync(join(root, file), before);
      return outcome.findings.filter(({ severity }) => severity === "error").map(({ rule }) => rule);
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
});

/** The whole statement where the call is one; elsewhere what a gutting leaves in its place. */
function withoutCall(text: string, { span, role }: RegistryCall): string {
  const lineStart = text.lastIndexOf("\n", span.start) + 1;
  const before = text.slice(lineStart, span.start);
  const rest = text.slice(span.end);
  if (/^\s*(?:await )?$/.test(before) && /^;?[ \t]*\r?\n/.test(rest))
    return text.slice(0, lineStart) + rest.slice(rest.indexOf("\n") + 1);
  return text.slice(0, span.start) + (role === "kill" ? "false" : "true") + rest;
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(join(root, file), change(read(file)));
}
