import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLI_MAIN, runCli } from "../helpers/run-cli.ts";

const RUN = new URL("../../fixtures/run-results/migrate-typical.json", import.meta.url).pathname;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "rewire-main-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  migrate: [
    "--write",
    "--allow-dirty",
    "--interactive",
    "--decisions",
    "--min-confidence",
    "--history",
    "--no-settle",
    "--mark",
    "--verify-types",
    "--no-verify-types",
    "--fail-on-manual",
    "--format",
    "--include",
    "--exclude",
    "--config",
    "--quiet",
    "--no-color",
  ],
  check: [
    "--history",
    "--policy-ref",
    "--report-only",
    "--format",
    "--include",
    "--exclude",
    "--config",
    "--quiet",
    "--no-color",
  ],
  "registry add": ["--path", "--force", "--config", "--quiet", "--no-color"],
  "registry verify": ["--format", "--quiet", "--no-color"],
  report: ["--compare", "--format", "--quiet", "--no-color"],
  explain: ["--no-color"],
  doctor: ["--quiet", "--no-color"],
};

describe("help", () => {
  it("lists every command, examples and exit codes", async () => {
    const { code, stdout, stderr } = await runCli(["--help"]);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    for (const command of Object.keys(COMMANDS))
      expect(stdout).toMatch(new RegExp(`^ {2}${command.split(" ")[0]}\\b`, "m"));
    expect(stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 .*\n {2}130 /);
  });

  it.each(Object.entries(COMMANDS))(
    "%s lists exactly its options, and the exit codes",
    async (command, options) => {
      const { code, stdout } = await runCli([...command.split(" "), "--help"]);
      expect(code).toBe(0);
      const listed = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)]
        .map(([, name]) => name)
        .filter((name) => name !== "--help");
      expect(listed.sort()).toEqual([...options].sort());
      expect(stdout).toMatch(/Exit codes:/);
    },
  );

  it("prints the version of the package", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await runCli(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it("loads commander and a handful of own files, nothing heavy", async () => {
    const hooks = `export async function load(url, context, next) { process._rawDebug("LOADED " + url); return next(url, context); }`;
    const register = `import { register } from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
    const { stderr, code } = await runCli(["--help"], {
      nodeArgs: ["--import", `data:text/javascript,${encodeURIComponent(register)}`],
    });
    expect(code).toBe(0);
    const loaded = [...stderr.matchAll(/^LOADED (.*)$/gm)].map(([, url]) => url!);
    expect(loaded.some((url) => url.includes("/commander/"))).toBe(true);
    expect(loaded.filter((url) => /\/reporters\/|\/commands\//.test(url))).toEqual([]);
    expect(loaded.filter((url) => url.includes("/node_modules/") && !url.includes("/commander/"))).toEqual(
      [],
    );
  });
});

describe("usage errors", () => {
  it.each([
    ["no command", [], /Usage: rewire-abort/],
    ["an unknown command", ["migrat"], /unknown command 'migrat'[\s\S]*Did you mean migrate\?/],
    ["an unknown option", ["check", "--wirte"], /unknown option '--wirte'/],
    ["an option of another command", ["check", "--write"], /unknown option '--write'/],
    ["a missing argument", ["report"], /missing required argument 'run\.json'/],
    ["a missing value", ["migrate", "--config"], /argument missing/],
    ["an excess argument", ["check", "a", "b"], /too many arguments/],
    ["a registry command that is none", ["registry", "remove"], /unknown command 'remove'/],
    ["registry alone", ["registry"], /Usage: rewire-abort registry/],
    [
      "a report that is not there",
      ["report", "none.json"],
      /none\.json cannot be read: there is no such file\./,
    ],
    ["an unknown format", ["report", RUN, "--format", "xml"], /There is no format named "xml"/],
    [
      "two formats for stdout",
      ["report", RUN, "--format", "json", "--format", "html"],
      /cannot both go to standard output/,
    ],
    ["a registry that is not there", ["registry", "verify", "none.js"], /none\.js is no file/],
    [
      "a decisions file that is not there",
      ["migrate", ".", "--decisions", "none.json"],
      /none\.json cannot be read/,
    ],
    ["an interactive run without a terminal", ["migrate", ".", "--interactive"], /needs a terminal/],
  ])("%s: exit 2, a sentence, no stack, nothing on stdout", async (_, args, message) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: root });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it.each(["migrate", "check", "doctor"])("%s of a missing root: exit 3", async (command) => {
    const { code, stdout, stderr } = await runCli([command, path.join(root, "none")]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/none does not exist\./);
  });

  it.each(["migrate", "check"])("%s with a broken config: exit 2", async (command) => {
    await writeFile(path.join(root, "rewire-abort.json"), '{ "exlude": [] }');
    const { code, stderr } = await runCli([command, root]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/unknown key "exlude"; did you mean "exclude"\?/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe("output", () => {
  it("is one JSON document alone on stdout", async () => {
    const { code, stdout, stderr } = await runCli(["report", RUN, "--format", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, command: "migrate" });
    expect(stderr).toContain("rewrite");
  });

  it("goes without an error when the reader leaves early, with the run's exit code", async () => {
    const result = JSON.parse(await readFile(RUN, "utf8"));
    const warnings = Array.from({ length: 20_000 }, (_, i) => `warning ${i} ${"x".repeat(50)}`);
    await writeFile(path.join(root, "big.json"), JSON.stringify({ ...result, warnings }));
    const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [
        CLI_MAIN,
        "report",
        path.join(root, "big.json"),
        "--format",
        "json",
        "--quiet",
      ]);
      let text = "";
      child.stderr.on("data", (chunk) => {
        text += chunk;
      });
      child.stdout.once("data", () => child.stdout.destroy());
      child.on("close", (exit) => resolve({ code: exit, stderr: text }));
    });
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it("is complete through a pipe that is read slowly", async () => {
    const result = JSON.parse(await readFile(RUN, "utf8"));
    const warnings = Array.from({ length: 20_000 }, (_, i) => `warning ${i} ${"x".repeat(50)}`);
    await writeFile(path.join(root, "big.json"), JSON.stringify({ ...result, warnings }));
    const text = await new Promise<string>((resolve) => {
      const child = spawn(process.execPath, [
        CLI_MAIN,
        "report",
        path.join(root, "big.json"),
        "--format",
        "json",
        "--quiet",
      ]);
      let read = "";
      child.stdout.setEncoding("utf8").on("data", (chunk) => {
        read += chunk;
        child.stdout.pause();
        setImmediate(() => child.stdout.resume());
      });
      child.on("close", () => resolve(read));
    });
    expect(JSON.parse(text).warnings).toHaveLength(20_000);
  });

  it("has colours only where they are wanted", async () => {
    const colour = (env: Record<string, string>, ...flags: string[]) =>
      runCli(["report", RUN, ...flags], { env: { NO_COLOR: "", ...env } });
    expect((await colour({})).stdout).not.toContain("\u001b[");
    expect((await colour({ FORCE_COLOR: "1" })).stdout).toContain("\u001b[");
    expect((await colour({ FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).not.toContain("\u001b[");
    expect((await colour({ FORCE_COLOR: "1" }, "--no-color")).stdout).not.toContain("\u001b[");
  });
});

describe("signals", () => {
  /** Starts the command with a preloaded module that keeps it alive and says "up" once it listens for SIGINT. */
  async function interrupt(preload: string, listeners: number): Promise<number | null> {
    const waiting = `${preload}; setInterval(() => process.listenerCount("SIGINT") === ${listeners} && process._rawDebug("up"), 10);`;
    const child = spawn(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(waiting)}`, CLI_MAIN, "--version"],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    await once(child.stderr, "data");
    child.stderr.resume();
    child.kill("SIGINT");
    const [code] = await once(child, "close");
    return code;
  }

  it("exits 130 on SIGINT", async () => {
    expect(await interrupt("", 1)).toBe(130);
  });

  it("leaves the exit to a writer that watches for SIGINT itself", async () => {
    const writer = 'process.on("SIGINT", () => setTimeout(() => process.exit(7), 50))';
    expect(await interrupt(writer, 2)).toBe(7);
  });
});
