import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NothingScannedError, UserError } from "../../src/shared/errors.ts";
import { runWithFakes, shelf, withExitCode } from "./fake-context.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "rewire-cli-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});
const at = (name: string) => path.join(root, name);

describe.each(["migrate", "check"] as const)("%s", (command) => {
  const ready = shelf(command === "migrate" ? "migrate-typical" : "check-one-of-each-severity");

  it.each([0, 1, 2, 3] as const)(
    "exits with the run's code %i, whatever the format and --quiet say",
    async (code) => {
      const result = withExitCode(ready, code);
      for (const flags of [
        [],
        ["--quiet"],
        ["--format", "json"],
        ["--format", "json", "--quiet"],
        ["--format", `sarif=${at("r.sarif")}`, "--no-color"],
      ])
        expect((await runWithFakes([command, root, ...flags], { result })).code).toBe(code);
    },
  );

  it("prints the terminal report on stdout and nothing on stderr", async () => {
    const { stdout, stderr } = await runWithFakes([command, root], { result: ready });
    expect(stdout).toContain(ready.command === "migrate" ? "rewrite" : ready.findings[0]!.rule);
    expect(stderr).toBe("");
  });

  it("prints one JSON document alone on stdout, and the terminal report on stderr", async () => {
    const { stdout, stderr } = await runWithFakes([command, root, "--format", "json"], { result: ready });
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, command });
    expect(stderr).not.toBe("");
    const quiet = await runWithFakes([command, root, "--format", "json", "--quiet"], { result: ready });
    expect(quiet.stdout).toBe(stdout);
    expect(quiet.stderr).toBe("");
  });

  it("prints nothing with --quiet alone", async () => {
    const { stdout, stderr } = await runWithFakes([command, root, "--quiet"], { result: ready });
    expect(stdout + stderr).toBe("");
  });

  it("writes each format to its file, and the terminal report to stdout", async () => {
    const { stdout } = await runWithFakes(
      [command, root, "--format", `json=${at("out/run.json")}`, "--format", `junit=${at("out/junit.xml")}`],
      { result: ready },
    );
    expect(JSON.parse(await readFile(at("out/run.json"), "utf8"))).toMatchObject({ command });
    expect(await readFile(at("out/junit.xml"), "utf8")).toMatch(/^<\?xml/);
    expect(stdout).not.toMatch(/<\?xml|schemaVersion/);
  });

  it("colours a terminal, and nothing with --no-color or NO_COLOR", async () => {
    const coloured = await runWithFakes([command, root], { result: ready, tty: true });
    expect(coloured.stdout).toContain("\u001b[");
    for (const [flags, env] of [
      [["--no-color"], {}],
      [[], { NO_COLOR: "1" }],
    ] as const)
      expect(
        (await runWithFakes([command, root, ...flags], { result: ready, tty: true, env })).stdout,
      ).not.toContain("\u001b[");
  });

  it("hands root, globs and config to the pipeline", async () => {
    await writeFile(
      at("rewire-abort.json"),
      '{"include": ["src/**"], "exclude": ["gen/**"], "floors": {"src": 3}}',
    );
    const options = async (...flags: string[]) => {
      const run = await runWithFakes([command, root, ...flags], { result: ready });
      return command === "migrate" ? run.migrations[0] : run.checks[0];
    };
    expect(await options()).toMatchObject({
      root,
      include: ["src/**"],
      exclude: ["gen/**"],
      config: { floors: { src: 3 } },
    });
    expect(await options("--include", "a/**", "--include", "b/**", "--exclude", "c/**")).toMatchObject({
      include: ["a/**", "b/**"],
      exclude: ["gen/**", "c/**"],
    });
    await writeFile(at("other.json"), '{"exclude": ["x/**"]}');
    const other = await options("--config", at("other.json"));
    expect(other).toMatchObject({ exclude: ["x/**"] });
    expect(other).not.toHaveProperty("include");
  });

  it.each([
    ["an unknown option", ["--frob"], 2, /unknown option '--frob'/],
    ["an excess argument", ["second"], 2, /too many arguments/],
    ["a missing value", ["--format"], 2, /argument missing/],
    ["an unknown format", ["--format", "xml"], 2, /There is no format named "xml"/],
    [
      "two formats for stdout",
      ["--format", "json", "--format", "sarif"],
      2,
      /cannot both go to standard output/,
    ],
    [
      "a config that is not there",
      ["--config", "/nowhere/c.json"],
      2,
      /\/nowhere\/c\.json cannot be read: there is no such file/,
    ],
    ["a revision that is an option", ["--history", "--upload-pack=x"], 2, /is no revision|unknown option/],
  ])("refuses %s with a sentence", async (_, flags, code, message) => {
    const run = await runWithFakes([command, root, ...flags]);
    expect(run.code).toBe(code);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).not.toMatch(/\n\s+at /);
    expect(run.stdout).toBe("");
    expect([...run.migrations, ...run.checks]).toEqual([]);
  });

  it("refuses a root that is missing with 3, and a file as root with 2", async () => {
    expect(await runWithFakes([command, at("none")])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("does not exist"),
    });
    await writeFile(at("file"), "");
    expect(await runWithFakes([command, at("file")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is not a folder"),
    });
  });

  it("refuses a broken config, and to write a report over a source, the config or the ledger", async () => {
    await mkdir(at("src"));
    await writeFile(at("src/a.ts"), "export {};");
    await writeFile(at("rewire-abort.json"), "{}");
    await writeFile(at("rewire-abort-ledger.json"), "{}");
    for (const file of ["src/a.ts", "rewire-abort.json", "rewire-abort-ledger.json"]) {
      const run = await runWithFakes([command, root, "--format", `json=${at(file)}`]);
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(/no report is written over it/);
    }
    expect(await readFile(at("src/a.ts"), "utf8")).toBe("export {};");
    await writeFile(at("rewire-abort.json"), '{"includes": []}');
    expect(await runWithFakes([command, root])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "include"?'),
    });
  });

  it("maps what the pipeline throws: a mistake to 2, nothing scanned to 3, a defect to 2 with its stack", async () => {
    const throwing = (error: Error) => {
      const stage = async () => Promise.reject(error);
      return runWithFakes([command, root], { stages: { runMigrate: stage, runCheck: stage } });
    };
    expect(await throwing(new UserError("The tree is dirty.", "Commit."))).toMatchObject({
      code: 2,
      stderr: "rewire-abort: The tree is dirty.\n  Commit.\n",
    });
    expect((await throwing(new NothingScannedError("No file."))).code).toBe(3);
    const defect = await throwing(new TypeError("boom"));
    expect(defect.code).toBe(2);
    expect(defect.stderr).toMatch(/Please report it/);
    expect(defect.stderr).toMatch(/TypeError: boom\n\s+at /);
  });
});

describe("migrate", () => {
  it("shows by default: writes nothing and takes only proven keys", async () => {
    const { migrations } = await runWithFakes(["migrate", root]);
    expect(migrations).toHaveLength(1);
    expect(migrations[0]).toMatchObject({
      write: false,
      allowDirty: false,
      minConfidence: "proven",
      settle: true,
      mark: false,
      verifyTypes: false,
      failOnManual: false,
    });
    expect(migrations[0]!.decisions).toBeUndefined();
  });

  it("passes each option on", async () => {
    const flags =
      "--write --allow-dirty --min-confidence likely --no-settle --mark --verify-types --fail-on-manual";
    const { migrations } = await runWithFakes(["migrate", root, ...flags.split(" ")]);
    expect(migrations[0]).toMatchObject({
      write: true,
      allowDirty: true,
      minConfidence: "likely",
      settle: false,
      mark: true,
      verifyTypes: true,
      failOnManual: true,
    });
  });

  it("asks the compiler before it writes, unless told not to", async () => {
    const verifies = async (...flags: string[]) =>
      (await runWithFakes(["migrate", root, ...flags])).migrations[0]!.verifyTypes;
    expect(await verifies("--write")).toBe(true);
    expect(await verifies("--write", "--no-verify-types")).toBe(false);
    expect(await verifies("--verify-types")).toBe(true);
    expect(await verifies()).toBe(false);
  });

  it("says what --write would do next", async () => {
    expect((await runWithFakes(["migrate", root])).stdout).toMatch(/next .*rewire-abort migrate --write/);
  });

  it("does not write under DRY_RUN, and says so", async () => {
    const dry = await runWithFakes(["migrate", root, "--write"], { env: { DRY_RUN: "true" } });
    expect(dry.migrations[0]!.write).toBe(false);
    expect(dry.stderr).toBe("DRY_RUN is set, so nothing is written.\n");
    const wet = await runWithFakes(["migrate", root, "--write"], { env: { DRY_RUN: "false" } });
    expect(wet.migrations[0]!.write).toBe(true);
    expect(wet.stderr).toBe("");
  });

  it("refuses an unknown confidence", async () => {
    expect(await runWithFakes(["migrate", root, "--min-confidence", "maybe"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Allowed choices are proven, likely"),
    });
  });

  it("replays a decisions file, and refuses one that is missing or broken", async () => {
    const decision = { site: "a.ts:1:1:stop", callee: "stop", argument: "id", action: "skip", key: null };
    await writeFile(at("d.json"), JSON.stringify({ schemaVersion: 1, decisions: [decision] }));
    const { migrations } = await runWithFakes(["migrate", root, "--decisions", at("d.json")]);
    expect(migrations[0]!.decisions).toEqual([decision]);
    expect((await runWithFakes(["migrate", root, "--decisions", at("none.json")])).code).toBe(2);
    await writeFile(at("d.json"), "[]");
    expect((await runWithFakes(["migrate", root, "--decisions", at("d.json")])).code).toBe(2);
  });

  it("refuses --interactive without a terminal", async () => {
    expect(await runWithFakes(["migrate", root, "--interactive"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--decisions FILE"),
      migrations: [],
    });
  });
});

describe("check", () => {
  it("passes each option and the day on", async () => {
    const { checks } = await runWithFakes([
      "check",
      root,
      "--history",
      "v1.2",
      "--policy-ref",
      "origin/main",
      "--report-only",
    ]);
    expect(checks[0]).toMatchObject({
      history: "v1.2",
      policyRef: "origin/main",
      reportOnly: true,
      today: "2026-06-15",
    });
    expect((await runWithFakes(["check", root])).checks[0]).toMatchObject({ reportOnly: false });
  });

  it("refuses a config that sets a level for an unknown rule", async () => {
    await writeFile(at("rewire-abort.json"), '{"rules": {"no-legcy-call": "off"}}');
    expect(await runWithFakes(["check", root])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "no-legacy-call"?'),
    });
    await writeFile(at("rewire-abort.json"), '{"rules": {"no-legacy-call": "off"}}');
    expect((await runWithFakes(["check", root])).checks).toHaveLength(1);
  });
});

describe("report", () => {
  const saved = async (name: string, run: unknown) => {
    await writeFile(at(name), JSON.stringify(run));
    return at(name);
  };

  it("renders a saved run in any format; 0 whatever the run's own code was", async () => {
    const file = await saved("run.json", withExitCode(shelf("check-one-of-each-severity"), 1));
    const terminal = await runWithFakes(["report", file]);
    expect(terminal).toMatchObject({ code: 0, checks: [], migrations: [] });
    expect(terminal.stdout).toContain("error");
    const sarif = await runWithFakes(["report", file, "--format", "sarif", "--quiet"]);
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: "2.1.0" });
  });

  it("gives the saved JSON back byte for byte", async () => {
    const file = await saved("run.json", shelf("migrate-typical"));
    const first = await runWithFakes(["report", file, "--format", "json", "--quiet"]);
    await writeFile(at("again.json"), first.stdout);
    const second = await runWithFakes(["report", at("again.json"), "--format", "json", "--quiet"]);
    expect(second.stdout).toBe(first.stdout);
  });

  it.each([
    ["{}", /schema version 1/],
    ["nonsense", /is not valid JSON/],
    ['{"schemaVersion": 2}', /schema version 1/],
  ])("refuses %s", async (text, message) => {
    await writeFile(at("bad.json"), text);
    const run = await runWithFakes(["report", at("bad.json")]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  it("refuses a missing file, and a report over its own input", async () => {
    expect((await runWithFakes(["report", at("none.json")])).code).toBe(2);
    const file = await saved("run.json", shelf("migrate-typical"));
    expect(await runWithFakes(["report", file, "--format", `html=${file}`])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is an input of this run"),
    });
  });

  it("compares two runs: 1 when something got worse, else 0", async () => {
    const full = shelf("check-one-of-each-severity");
    const empty = {
      ...full,
      findings: [],
      summary: { ...full.summary, findings: { total: 0, error: 0, warning: 0, info: 0 } },
    };
    const many = await saved("many.json", full);
    const few = await saved("few.json", empty);
    const better = await runWithFakes(["report", "--compare", many, few]);
    expect(better).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Better: 4 better, 0 worse/) });
    const worse = await runWithFakes(["report", "--compare", few, many]);
    expect(worse).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Worse: 0 better, 4 worse/) });
    const migration = await saved("m.json", shelf("migrate-typical"));
    expect((await runWithFakes(["report", "--compare", migration, many])).code).toBe(2);
    expect((await runWithFakes(["report", "--compare", few, many, "--format", "json"])).code).toBe(2);
  });

  it("says a comparison as a comment for a pull request, whatever the code", async () => {
    const full = shelf("check-one-of-each-severity");
    const file = await saved("same.json", full);
    const args = ["report", "--compare", file, await saved("new.json", full), "--quiet"];
    const run = await runWithFakes([...args, "--format", `markdown=${at("comment.md")}`]);
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(await readFile(at("comment.md"), "utf8")).toMatch(/^## rewire-abort: The same: 0 better, 0 worse/);
    expect(await runWithFakes([...args, "--format", `markdown=${file}`])).toMatchObject({ code: 2 });
  });
});

describe("explain", () => {
  it("explains a rule and a reason", async () => {
    const rule = await runWithFakes(["explain", "no-legacy-call"]);
    expect(rule.code).toBe(0);
    for (const text of ["A legacy call is left.", "It kills nothing.", "Run migrate.", "migrate can mend it"])
      expect(rule.stdout).toContain(text);
    const reason = await runWithFakes(["explain", "rival-keys"]);
    expect(reason.stdout).toContain("Two keys compete");
    expect(reason.stdout).toContain("Picking one of two unrelated keys");
  });

  it("lists everything without a name", async () => {
    const { stdout } = await runWithFakes(["explain"]);
    expect(stdout).toMatch(/no-legacy-call[\s\S]*rival-keys/);
  });

  it("refuses an unknown name with the nearest ones", async () => {
    expect(await runWithFakes(["explain", "rival-key"])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("Did you mean rival-keys"),
    });
    expect((await runWithFakes(["explain", "constructor"])).code).toBe(2);
    expect((await runWithFakes(["explain", "qqqqqqqqqq"])).stderr).toContain("lists them all");
  });
});

describe("registry", () => {
  it("says what add did, and honours DRY_RUN", async () => {
    const asked: unknown[] = [];
    const addRegistry = async (options: { dryRun: boolean }) => {
      asked.push(options);
      return { path: "src/r.ts", status: options.dryRun ? ("dry-run" as const) : ("written" as const) };
    };
    expect(await runWithFakes(["registry", "add", root], { stages: { addRegistry } })).toMatchObject({
      code: 0,
      stdout: "Wrote src/r.ts.\n",
    });
    const dry = await runWithFakes(["registry", "add", root, "--force", "--path", "./src/../src/r.ts"], {
      stages: { addRegistry },
      env: { DRY_RUN: "1" },
    });
    expect(dry.stdout).toContain("Would write src/r.ts");
    expect(asked[1]).toMatchObject({ dryRun: true, force: true, path: "src/r.ts" });
  });

  it.each(["/etc/r.ts", "../r.ts", "a/../../r.ts", "C:\\r.ts"])("refuses --path %s", async (file) => {
    expect(await runWithFakes(["registry", "add", root, "--path", file])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no file below the root"),
    });
  });

  it("verifies: 0 when it conforms, 1 when not, 2 when there is no such file", async () => {
    await writeFile(at("r.js"), "");
    const verify = (ok: boolean) =>
      runWithFakes(["registry", "verify", at("r.js")], {
        stages: { verifyRegistry: async () => ({ ok, lines: ["A01 \u001b[2J"] }) },
      });
    expect(await verify(true)).toMatchObject({ code: 0, stdout: expect.not.stringContaining("\u001b") });
    expect((await verify(false)).code).toBe(1);
    expect((await runWithFakes(["registry", "verify", at("none.js")])).code).toBe(2);
  });

  describe("verify --format", () => {
    const report = {
      schemaVersion: 1 as const,
      module: "/absolute/r.js",
      node: "v0",
      platform: "any",
      scale: 1,
      results: [],
      summary: { total: 0, pass: 0, fail: 0, notApplicable: 0 },
      ok: false,
    };
    const verify = async (...args: string[]) => {
      await writeFile(at("r.js"), "");
      return runWithFakes(["registry", "verify", at("r.js"), ...args], {
        stages: { verifyRegistry: async () => ({ ok: false, lines: ["A01 FAIL"], report }) },
      });
    };

    it("json is alone on stdout, names the module as typed, and leaves the exit code", async () => {
      const { code, stdout, stderr } = await verify("--format", "json");
      expect(JSON.parse(stdout)).toEqual({ ...report, module: at("r.js") });
      expect({ code, stderr }).toEqual({ code: 1, stderr: "A01 FAIL\n" });
      expect(await verify("--format", "json", "--quiet")).toMatchObject({ code: 1, stdout, stderr: "" });
    });

    it("json=FILE writes a file, the table stays on stdout", async () => {
      const { code, stdout } = await verify("--format", `json=${at("verdict.json")}`);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "A01 FAIL\n" });
      expect(JSON.parse(await readFile(at("verdict.json"), "utf8"))).toMatchObject({ ok: false });
    });

    it.each([
      ["xml", /no format named "xml"/],
      ["html", /Use one of: terminal, json/],
      ["terminal=t.txt", /a file takes json/],
    ])("%s is refused", async (format, message) => {
      expect(await verify("--format", format)).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringMatching(message),
      });
    });

    it("does not write over the module", async () => {
      const { code, stderr } = await verify("--format", `json=${at("r.js")}`);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("an input of this run") });
      expect(await readFile(at("r.js"), "utf8")).toBe("");
    });
  });
});

describe("doctor", () => {
  it("exits 1 for a repository without CI, 0 for a wired gate, 2 when nothing could be planted", async () => {
    expect(await runWithFakes(["doctor", root])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("nothing runs the gate"),
    });
    await mkdir(at(".github/workflows"), { recursive: true });
    await writeFile(
      at(".github/workflows/ci.yml"),
      "on: pull_request\njobs:\n  gate:\n    steps:\n      - run: npx rewire-abort check\n",
    );
    const wired = await runWithFakes(["doctor", root]);
    expect(wired.code).toBe(0);
    expect(wired.stdout).toContain(".github/workflows/ci.yml:5");
    expect(
      (await runWithFakes(["doctor", root], { stages: { plantedViolationFound: async () => null } })).code,
    ).toBe(2);
    expect(
      (await runWithFakes(["doctor", root], { stages: { plantedViolationFound: async () => false } })).code,
    ).toBe(1);
    expect(await runWithFakes(["doctor", root, "--quiet"])).toMatchObject({ code: 0, stdout: "" });
    expect((await runWithFakes(["doctor", at("none")])).code).toBe(3);
  });
});
