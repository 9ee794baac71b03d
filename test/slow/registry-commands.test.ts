import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { registrySource } from "../../src/registry/registry-source.ts";
import { runCli } from "../helpers/run-cli.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/registry/${name}`, import.meta.url));
const PLACE = "src/agents/session-run-registry.ts";

/** A gateway of two modules, as a fork in TypeScript writes it. */
const LEGACY = "export function abortEmbeddedPiRun(_sessionId: string): boolean { return false; }\n";
const STOP = `import { abortEmbeddedPiRun } from "../agents/pi-embedded.js";
import { clearSessionQueues, loadSessionEntry } from "./store.js";
export function stop(key: string): boolean {
  const { entry, canonicalKey } = loadSessionEntry(key);
  const sessionId = entry?.sessionId;
  const aborted = sessionId ? abortEmbeddedPiRun(sessionId) : false;
  clearSessionQueues([canonicalKey, sessionId]);
  return aborted;
}
`;
const STORE = `export const clearSessionQueues = (_keys: (string | undefined)[]): void => {};
export function loadSessionEntry(key: string): { entry?: { sessionId: string }; canonicalKey: string } {
  return { canonicalKey: "agent:main:" + key };
}
`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "rewire-registry-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("migrate, then registry add, as typed", () => {
  beforeEach(async () => {
    for (const folder of ["src/agents", "src/gateway"])
      execFileSync("mkdir", ["-p", path.join(root, folder)]);
    await writeFile(path.join(root, "src/agents/pi-embedded.ts"), LEGACY);
    await writeFile(path.join(root, "src/gateway/store.ts"), STORE);
    await writeFile(path.join(root, "src/gateway/stop.ts"), STOP);
  });
  const place = () => readFile(path.join(root, PLACE), "utf8");

  it.each([
    ["before the calls are migrated", ["add", "migrate"]],
    ["after the calls are migrated", ["migrate", "add"]],
  ])("%s it goes where the imports point, and a second one is a no-op", async (_, order) => {
    for (const step of order) {
      const args =
        step === "add" ? ["registry", "add", root] : ["migrate", root, "--write", "--allow-dirty", "--quiet"];
      expect(await runCli(args)).toMatchObject({ code: 0, stderr: "" });
    }
    expect(await place()).toBe(registrySource("ts"));
    expect(await readFile(path.join(root, "src/gateway/stop.ts"), "utf8")).toMatch(
      /from "\.\.\/agents\/session-run-registry\.js";[\s\S]*killSessionRun\(canonicalKey\)/,
    );
    expect(await runCli(["registry", "add", root])).toMatchObject({
      code: 0,
      stdout: `${PLACE} is there already, in this version.\n`,
    });
  });

  it("leaves an edited copy alone: exit 2, and --force replaces it", async () => {
    await runCli(["registry", "add", root]);
    const edited = `${await place()}// ours\n`;
    await writeFile(path.join(root, PLACE), edited);
    expect(await runCli(["registry", "add", root])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("was edited"),
    });
    expect(await place()).toBe(edited);
    expect(await runCli(["registry", "add", root, "--force"])).toMatchObject({
      code: 0,
      stdout: `Updated ${PLACE}.\n`,
    });
    expect(await place()).toBe(registrySource("ts"));
  });
});

describe("what concerns all runs, as typed", () => {
  const cases = fileURLToPath(
    new URL("../../fixtures/keys/mech-all-runs-counted-drained-killed/", import.meta.url),
  );
  const LOOP = "src/cli/run-loop.ts";
  const loop = () => readFile(path.join(root, LOOP), "utf8");
  const migrate = () => runCli(["migrate", root, "--write", "--allow-dirty", "--format", "json"]);

  it("stays without a registry; with the one that registry add wrote it moves, and compiles", async () => {
    for (const file of ["src/agents/pi-embedded.ts", LOOP])
      await cp(path.join(cases, "input", file), path.join(root, file), { recursive: true });
    const before = await loop();
    expect(await migrate()).toMatchObject({ code: 0 });
    expect(await loop()).toBe(before);
    const added = await runCli(["registry", "add", root, "--path", "src/agents/session-run-registry.ts"]);
    expect(added).toMatchObject({ code: 0, stderr: "" });
    const { code, stdout } = await migrate();
    expect(code).toBe(0);
    const { written, verification } = JSON.parse(stdout);
    expect(written).toBe(true);
    expect(verification.checks).toContainEqual(expect.objectContaining({ name: "types", status: "passed" }));
    expect(await loop()).toBe(await readFile(path.join(cases, "expected.ts"), "utf8"));
  }, 60_000);
});

describe("registry verify, as typed", () => {
  it("the baseline semantics: exit 1, one JSON document, each failure with its reason", async () => {
    const { code, stdout, stderr } = await runCli([
      "registry",
      "verify",
      fixture("baseline-registry.ts"),
      "--format",
      "json",
    ]);
    const report = JSON.parse(stdout);
    const failed = report.results.filter((result: { status: string }) => result.status === "fail");
    expect(code).toBe(1);
    expect(failed.map((result: { id: string }) => result.id)).toEqual(
      expect.arrayContaining(["A08", "A13", "A25", "A27", "A39", "A42", "A44"]),
    );
    for (const result of failed) expect(result.reason).toMatch(/\S/);
    expect(stderr).toMatch(/^A08 +FAIL /m);
    expect(stderr).toMatch(/^A02 +pass /m);
  }, 300_000);

  it("what registry add wrote, as JavaScript: exit 0, and nothing lies beside it", async () => {
    const file = path.join(root, "registry.mjs");
    await writeFile(file, registrySource("js"));
    const { code, stdout } = await runCli(["registry", "verify", file]);
    expect(stdout).toMatch(/55 cases: 5[45] pass, 0 fail/);
    expect(code).toBe(0);
    expect(execFileSync("ls", ["-A", root], { encoding: "utf8" })).toBe("registry.mjs\n");
  }, 300_000);

  it("a module that cannot be loaded is no verdict: exit 2, a sentence, no stack", async () => {
    await cp(fixture("broken/throws-on-import.js"), path.join(root, "r.mjs"));
    const { code, stdout, stderr } = await runCli(["registry", "verify", path.join(root, "r.mjs")]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/could not be tested: .*needs a database/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
