import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const repo = fileURLToPath(new URL("../..", import.meta.url));
const example = path.join(repo, "fixtures/projects/gateway");
const LEGACY_CALL =
  /\b(?:abortEmbeddedPiRun|waitForEmbeddedPiRunEnd|isEmbeddedPiRunActive|getActiveEmbeddedRunCount)\(/g;

interface ExpectedSite {
  file: string;
  line: number;
  kind: "call" | "placeholder";
  callee: string;
  argument: string | null;
  decision: "rewrite" | "manual";
  reason?: string;
  key: string | null;
  alternatives: string[];
  traps: string[];
}

const folders: string[] = [];

/** The example in a temp folder, with the repo's own node_modules beside it. */
async function copyExample(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "rewire-abort-gateway-"));
  folders.push(folder);
  await cp(example, folder, { recursive: true });
  await symlink(path.join(repo, "node_modules"), path.join(folder, "node_modules"), "dir");
  return folder;
}

function run(
  cwd: string,
  script: string,
  args: string[],
  input = "",
): Promise<{ code: number; stdout: string }> {
  // The outer vitest marks its environment: an inner one must not take itself for a worker of it.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST") && name !== "NODE_ENV"),
  );
  return new Promise((resolve) => {
    const options = { cwd, env: { ...env, NO_COLOR: "1", GATEWAY_STATE_DIR: path.join(cwd, "state") } };
    const child = execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === "number" ? error.code : -1) : 0;
      resolve({ code, stdout: stdout + stderr });
    });
    child.stdin?.end(input);
  });
}

const tsc = (cwd: string, ...args: string[]) =>
  run(cwd, path.join(repo, "node_modules/typescript/bin/tsc"), ["--pretty", "false", ...args]);

async function productionFiles(): Promise<string[]> {
  const all = await readdir(path.join(example, "src"), { recursive: true });
  return all
    .map((file) => path.join("src", file).replaceAll(path.sep, "/"))
    .filter((file) => file.endsWith(".ts") && !/\.test\.ts$|test-harness|test-helpers|\/runs\.ts$/.test(file))
    .sort();
}

async function read(file: string): Promise<string> {
  return readFile(path.join(example, file), "utf8");
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await read(file)) as T;
}

let sites: ExpectedSite[] = [];
beforeAll(async () => {
  sites = await readJson<ExpectedSite[]>("expected-sites.json");
});
afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

describe("the example as it is", () => {
  it("typechecks, its tests included, apart from the one module that is missing", async () => {
    const result = await tsc(await copyExample(), "-p", "tsconfig.test.json");
    const errors = result.stdout.split("\n").filter((line) => line.includes("error TS"));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^src\/agents\/cli-runner\.ts\(.*TS2307: .*'\.\/session-run-registry\.js'/);
  });

  it("passes its own tests, though nothing in it can be stopped", async () => {
    const result = await run(await copyExample(), path.join(repo, "node_modules/vitest/vitest.mjs"), ["run"]);
    expect(result.stdout).toMatch(/Test Files\s+5 passed \(5\)/);
    expect(result.code).toBe(0);
  });

  it("with the registry in place still lets the child outlive /stop and sessions.reset", async () => {
    const folder = await copyExample();
    await cp(
      path.join(repo, "src/registry/session-run-registry.ts"),
      path.join(folder, "src/agents/session-run-registry.ts"),
    );
    const built = await tsc(folder, "-p", "tsconfig.json");
    expect(built.stdout).toBe("");
    const input = '/stop\n!sessions.reset {"key":"desk"}\n';
    const result = await run(folder, path.join(folder, "dist/main.js"), ["agent:main:Desk"], input);
    const events = result.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toMatchObject([
      { event: "started" },
      { event: "abort", handled: true, aborted: false },
      { event: "response", ok: true, payload: { key: "agent:main:desk" } },
      { event: "closing", stillRunning: true },
      { event: "ended", signal: "SIGKILL" },
    ]);
  });

  it("keeps the bytes that the transforms must keep", async () => {
    const crlf = await read("src/auto-reply/reply/commands-compact.ts");
    expect(crlf.split("\r\n").length).toBeGreaterThan(40);
    expect(crlf.replaceAll("\r\n", "")).not.toContain("\n");
    expect(await read("src/auto-reply/reply/commands-subagents.ts")).toMatch(/\}$/);
    expect(await read("src/agents/subagent-announce.ts")).toMatch(/^\tconst childSessionId/m);
  });
});

describe("expected-sites.json", () => {
  it("names the line that holds each callee, and its argument", async () => {
    for (const site of sites) {
      const lines = (await read(site.file)).split(/\r?\n/);
      const rest = lines.slice(site.line - 1).join(" ");
      expect(lines[site.line - 1], `${site.file}:${site.line}`).toMatch(new RegExp(`\\b${site.callee}\\b`));
      if (site.argument !== null) {
        const call = rest.slice(rest.search(new RegExp(`\\b${site.callee}\\(`)));
        const bare = (text: string) => text.replace(/\s+/g, "");
        expect(bare(call).replace(",)", ")"), `${site.file}:${site.line}`).toContain(
          bare(`${site.callee}(${site.argument})`),
        );
      }
    }
  });

  it("lists every legacy call of the production files and nothing else", async () => {
    const found: string[] = [];
    for (const file of await productionFiles()) {
      const lines = (await read(file)).split(/\r?\n/);
      lines.forEach((line, at) => {
        for (const [call] of line.matchAll(LEGACY_CALL)) found.push(`${file}:${at + 1}:${call.slice(0, -1)}`);
      });
    }
    const listed = sites
      .filter((site) => site.kind === "call")
      .map((site) => `${site.file}:${site.line}:${site.callee}`);
    expect(listed.sort()).toEqual(found.sort());
    expect(found.length).toBeGreaterThan(15);
  });

  it("gives a key for each rewrite that takes one, and never one of its own traps", () => {
    for (const site of sites) {
      const keyed = site.decision === "rewrite" && site.callee !== "getActiveEmbeddedRunCount";
      expect(site.key !== null, `${site.file}:${site.line}`).toBe(keyed);
      const traps = site.traps.map((trap) => trap.split(": ")[0]);
      expect(traps).not.toContain(site.key);
      expect(site.alternatives.filter((key) => traps.includes(key))).toEqual([]);
    }
  });
});

describe("migrate on the example", () => {
  interface PlannedSite {
    file: string;
    line: number;
    kind: string;
    callee: string;
    decision: string;
    reason: string | null;
    key: string | null;
  }
  let planned: PlannedSite[] = [];
  beforeAll(async () => {
    const folder = await copyExample();
    const main = path.join(repo, "dist/cli/main.js");
    const result = await run(folder, main, ["migrate", "--quiet", "--format", "json"]);
    planned = (JSON.parse(result.stdout) as { sites: PlannedSite[] }).sites;
  });
  const at = (site: { file: string; line: number; callee: string }) =>
    `${site.file}:${site.line} ${site.callee}`;

  it("decides each production call as a reader did, with the reader's key", () => {
    const calls = sites.filter((site) => site.kind === "call");
    for (const site of calls) {
      const found = planned.filter((plan) => plan.kind === "call" && at(plan) === at(site));
      expect(
        found.map((plan) => plan.decision),
        at(site),
      ).toEqual([site.decision]);
      if (site.decision === "manual") expect(found[0]?.reason, at(site)).toBe(site.reason);
      else if (site.key) expect([site.key, ...site.alternatives], at(site)).toContain(found[0]?.key);
    }
    expect(calls.length).toBeGreaterThan(15);
  });

  it("rewrites no production call that the reader does not list", () => {
    const listed = new Set(sites.map(at));
    const rewritten = planned.filter((plan) => plan.kind === "call" && plan.decision === "rewrite");
    expect(rewritten.filter((plan) => !/test/.test(plan.file) && !listed.has(at(plan)))).toEqual([]);
  });
});

describe("by-hand.json", () => {
  it("finishes each site that is left for a person, with finds that match once", async () => {
    const steps =
      await readJson<{ file: string; find: string; replace: string; why: string }[]>("by-hand.json");
    for (const step of steps) {
      expect((await read(step.file)).split(step.find), `${step.file}: ${step.find}`).toHaveLength(2);
    }
    const byHand = (site: ExpectedSite) => site.decision === "manual";
    const manual = sites.filter(byHand).map((site) => site.file);
    expect(manual.length).toBeGreaterThan(0);
    expect(steps.map((step) => step.file)).toEqual(expect.arrayContaining(manual));
  });
});
