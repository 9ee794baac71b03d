import { execFile } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Fetched, fillCache, npm } from "../helpers/npm-cache.ts";
import { runCli } from "../helpers/run-cli.ts";
import { tempProject } from "../helpers/temp-project.ts";

// What fixtures/doubles only reads as text, run by the real runners: green before and after, red without the kill.

const CACHE = fileURLToPath(new URL("../../.cache/runners/", import.meta.url));
const BASE = fileURLToPath(new URL("../../fixtures/doubles/base/", import.meta.url));
const JEST = [
  "jest@29.7.0",
  "@babel/preset-typescript@7.27.1",
  "@babel/plugin-transform-modules-commonjs@7.27.1",
];
/** npm's name for the machine → bun's, where bun is published as a package that needs no script. */
const BUN: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-aarch64",
  "darwin-arm64": "darwin-aarch64",
};
const bunHere = BUN[`${process.platform}-${process.arch}`];

function install(name: string, packages: readonly string[]): Promise<Fetched> {
  return fillCache(CACHE, name, async (folder) => {
    writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
    await npm(folder, "i", "--ignore-scripts", "--no-audit", "--no-fund", ...packages);
  });
}

interface Runner {
  readonly name: string;
  readonly installed: Fetched;
  readonly files: Readonly<Record<string, string>>;
  command(root: string): readonly [string, ...string[]];
}

const SESSIONS = `{ entry: { sessionId: "sess-main" }, canonicalKey: "agent:main:main" }`;

const runners: Runner[] = [
  {
    name: "jest",
    installed: await install("jest-29", JEST),
    files: {
      "package.json": '{ "private": true, "type": "commonjs" }\n',
      "babel.config.json": JSON.stringify({
        presets: ["@babel/preset-typescript"],
        plugins: ["@babel/plugin-transform-modules-commonjs"],
      }),
      "jest.config.json": JSON.stringify({ moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" } }),
      "src/gateway/sessions.test.ts": `
import { abortEmbeddedPiRun, waitForEmbeddedPiRunEnd } from "../agents/pi-embedded.js";
import { resetSession } from "./sessions.js";

jest.mock("../agents/pi-embedded.js", () => ({
  abortEmbeddedPiRun: jest.fn(() => true),
  waitForEmbeddedPiRunEnd: jest.fn(async () => true),
}));
jest.mock("./session-utils.js", () => ({ loadSessionEntry: () => (${SESSIONS}) }));

it("aborts the run before a reset", async () => {
  expect(await resetSession("main")).toBe(true);
  expect(abortEmbeddedPiRun).toHaveBeenCalledWith("sess-main");
  expect(waitForEmbeddedPiRunEnd).toHaveBeenCalledWith("sess-main", 15_000);
});
`,
      "src/gateway/compact.test.ts": `
import { announce } from "../agents/announce.js";
import * as runs from "../agents/pi-embedded.js";
import { compact } from "./compact.js";
import { resetSession } from "./sessions.js";

jest.mock("../agents/pi-embedded.js", () => ({
  ...jest.requireActual("../agents/pi-embedded.js"),
  abortEmbeddedPiRun: jest.fn(() => true),
  isEmbeddedPiRunActive: jest.fn(() => false),
}));
jest.mock("./session-utils.js", () => ({ loadSessionEntry: () => (${SESSIONS}) }));

it("stops what it resets, and asks what it compacts", async () => {
  await resetSession("main");
  expect(jest.mocked(runs.abortEmbeddedPiRun).mock.calls).toEqual([["sess-main"]]);
  expect(await compact("main")).toBe(true);
  expect(announce({ sessionId: "sess-1" }, "done")).toBe(false);
});
`,
    },
    command: (root) => [process.execPath, path.join(root, "node_modules/jest/bin/jest.js"), "--ci"],
  },
  {
    name: "bun",
    installed: bunHere
      ? await install(`bun-1-${bunHere}`, [`@oven/bun-${bunHere}@1`])
      : { unreachable: `bun is not run on ${process.platform}-${process.arch}` },
    files: {
      "package.json": '{ "private": true, "type": "module" }\n',
      "src/gateway/sessions.test.ts": `
import { expect, it, mock } from "bun:test";

const aborted: string[] = [];
const waitForEmbeddedPiRunEnd = mock(async (_sessionId: string, _timeoutMs?: number) => true);

mock.module("../agents/pi-embedded.js", () => ({
  abortEmbeddedPiRun: (sessionId: string) => {
    aborted.push(sessionId);
    return true;
  },
  waitForEmbeddedPiRunEnd,
}));
mock.module("./session-utils.js", () => ({ loadSessionEntry: () => (${SESSIONS}) }));

const { resetSession } = await import("./sessions.js");

it("aborts the run before a reset", async () => {
  expect(await resetSession("main")).toBe(true);
  expect(aborted).toEqual(["sess-main"]);
  expect(waitForEmbeddedPiRunEnd).toHaveBeenCalledWith("sess-main", 15_000);
});
`,
    },
    command: (root) => [path.join(root, `node_modules/@oven/bun-${bunHere}/bin/bun`), "test"],
  },
];

/** The production code of fixtures/doubles, all but the calls that stay as they are. */
function production(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const folder of ["agents", "gateway"])
    for (const name of readdirSync(path.join(BASE, "src", folder)))
      files[`src/${folder}/${name}`] = readFileSync(path.join(BASE, "src", folder, name), "utf8");
  return files;
}

function suite(runner: Runner, root: string): Promise<{ readonly code: number; readonly said: string }> {
  const [command, ...args] = runner.command(root);
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", CI: "1", NODE_OPTIONS: "" };
    execFile(command, args, { cwd: root, env }, (error, stdout, stderr) =>
      resolve({
        code: error ? (typeof error.code === "number" ? error.code : -1) : 0,
        said: stdout + stderr,
      }),
    );
  });
}

describe.each(runners.map((runner) => [runner.name, runner] as const))("%s", (_name, runner) => {
  const { installed } = runner;
  if ("unreachable" in installed) console.warn(`${runner.name} is not run: ${installed.unreachable}`);

  it.skipIf("unreachable" in installed)("is green before and after, and red without the kill", async () => {
    if ("unreachable" in installed) return;
    const project = tempProject({ ...production(), ...runner.files });
    symlinkSync(path.join(installed.folder, "node_modules"), project.path("node_modules"), "dir");
    const before = await suite(runner, project.root);
    expect(before.code, before.said).toBe(0);

    const migrated = await runCli(["migrate", project.root, "--write", "--allow-dirty", "--no-verify-types"]);
    expect(migrated.code, migrated.stderr).toBe(0);
    expect((await runCli(["registry", "add", project.root])).code).toBe(0);
    const tests = Object.keys(runner.files).filter((file) => file.endsWith(".test.ts"));
    for (const file of tests) {
      expect(project.read(file), file).toContain("session-run-registry.js");
      expect(project.read(file), file).toContain("killSessionRun");
    }
    const after = await suite(runner, project.root);
    expect(after.code, after.said).toBe(0);

    const sessions = project.read("src/gateway/sessions.ts");
    const kill = /^ *killSessionRun\(.*\);\n/m;
    expect(sessions).toMatch(kill);
    project.write("src/gateway/sessions.ts", sessions.replace(kill, ""));
    const without = await suite(runner, project.root);
    expect(without.code, without.said).not.toBe(0);
    expect(without.said).toMatch(/agent:main:main/);
  });
});
