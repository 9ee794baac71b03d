import { execFile, spawn, spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CLI_MAIN, runCli } from "./helpers/run-cli.ts";
import { git, gitEnvironment, initRepository } from "./helpers/git.ts";
import { type TempProject, tempProject } from "./helpers/temp-project.ts";

// The recipes of the README, run as they stand there. Only npx and npm are replaced: by this build, and by nothing.
const readme = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");

/** The code block of the README that says, in its first lines, which file it is. */
function recipe(file: string): string {
  const found = [...readme.matchAll(/^```(?:yaml|sh)\n([\s\S]*?)^```$/gm)]
    .map(([, block]) => block!)
    .find((block) => block.split("\n", 2).some((line) => line.startsWith(`# ${file}`)));
  if (found === undefined) throw new Error(`The README has no recipe for ${file}.`);
  return found;
}

interface ShellRun {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a text in a shell, in a repository, with `npx rewire-abort` being this build. */
function shell(
  project: TempProject,
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ShellRun> {
  const bin = tempProject({
    npx: `#!/bin/sh\n[ "$1" = rewire-abort ] || exit 127\nshift\nexec "${process.execPath}" "${CLI_MAIN}" "$@"\n`,
    npm: '#!/bin/sh\n[ "$*" = ci ]\n',
  });
  for (const name of ["npx", "npm"]) chmodSync(bin.path(name), 0o755);
  return new Promise((resolve, reject) => {
    // As GitHub runs a step.
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", text], {
      cwd: project.root,
      env: {
        ...gitEnvironment,
        PATH: `${bin.root}${delimiter}${process.env["PATH"]}`,
        NO_COLOR: "1",
        ...env,
      },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (data: string) => {
        output += data;
      });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

const LEGACY = `export function abortEmbeddedPiRun(sessionId: string): boolean {
  return sessionId.length > 0;
}
`;
const DEAD = `import { abortEmbeddedPiRun } from "./agents/pi-embedded.js";

export function stop(store: Record<string, { sessionId: string }>, childKey: string): boolean {
  const sessionId = store[childKey]?.sessionId;
  return sessionId ? abortEmbeddedPiRun(sessionId) : false;
}
`;
const REFUSED = `import { abortEmbeddedPiRun } from "./agents/pi-embedded.js";

export function stop(ids: readonly string[]): void {
  for (const id of ids) abortEmbeddedPiRun(id);
}
`;
const CALM = "export const answer = 42;\n";

function repository(files: Readonly<Record<string, string>>): TempProject {
  const project = tempProject(files);
  initRepository(project.root);
  git(project.root, "update-ref", "refs/remotes/origin/main", "HEAD");
  return project;
}
const red = () => repository({ "src/agents/pi-embedded.ts": LEGACY, "src/stop.ts": DEAD });

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

describe("the GitHub workflow", () => {
  const text = recipe(".github/workflows/abort-paths.yml");
  const { steps } = (parse(text) as { jobs: { check: { steps: Step[] } } }).jobs.check;

  /** Runs the steps that are commands, in order; a step after a failed one runs when its condition lets it. */
  async function runSteps(project: TempProject): Promise<Record<string, ShellRun>> {
    const runs: Record<string, ShellRun> = {};
    let failed = false;
    for (const step of steps) {
      if (failed && !step.if?.includes("!cancelled()")) continue;
      const guarded = /hashFiles\('([^']+)'\)/.exec(step.if ?? "")?.[1];
      if (guarded !== undefined && !project.list().includes(guarded)) continue;
      if (step.run === undefined) continue;
      const summary = { GITHUB_STEP_SUMMARY: project.path("step-summary.md") };
      const run = await shell(project, step.run, summary);
      runs[step.name ?? step.run] = run;
      failed ||= run.code !== 0;
    }
    return runs;
  }

  it("fails on a dead path, and leaves annotations, alerts, a summary and the page", async () => {
    const project = red();
    const runs = await runSteps(project);
    expect(runs["npm ci"]).toMatchObject({ code: 0 });
    expect(runs["abort paths"]!.code).toBe(1);
    expect(runs["abort paths"]!.output).toMatch(/^::error file=src\/stop\.ts,line=5,/m);
    expect(runs["summary"]).toMatchObject({ code: 0, output: "" });
    expect(project.read("step-summary.md")).toContain("## rewire-abort: The run fails");
    const uploads = steps.flatMap((step) => step.with?.["sarif_file"] ?? step.with?.["path"] ?? []);
    expect(uploads).toEqual(["abort-paths/run.sarif", "abort-paths"]);
    const sarif = JSON.parse(project.read(uploads[0]!)) as { runs: { results: unknown[] }[] };
    expect(sarif.runs[0]!.results.length).toBeGreaterThan(0);
    expect(project.read("abort-paths/report.html")).toMatch(/^<!doctype html>/);
    const again = await runCli([
      "report",
      project.path("abort-paths/run.json"),
      "--format",
      "sarif",
      "--quiet",
    ]);
    expect(again.stdout).toBe(project.read("abort-paths/run.sarif"));
  });

  it("passes where nothing is dead, also a second time with the reports of the first", async () => {
    const project = repository({ "src/answer.ts": CALM });
    for (const time of ["first", "second"]) {
      const runs = await runSteps(project);
      expect(
        Object.values(runs).map(({ code }) => code),
        time,
      ).toEqual([0, 0, 0]);
    }
  });

  it("uploads nothing that could not be made", async () => {
    const project = red();
    git(project.root, "update-ref", "-d", "refs/remotes/origin/main");
    const runs = await runSteps(project);
    expect(runs["abort paths"]!.code).toBe(2);
    expect(runs["summary"]).toBeUndefined();
  });
});

describe("before a commit", () => {
  const entry = (parse(recipe(".pre-commit-config.yaml")) as { repos: { hooks: { entry: string }[] }[] })
    .repos[0]!.hooks[0]!.entry;

  it.each([
    ["the hook", recipe(".git/hooks/pre-commit")],
    ["the framework's entry", `#!/bin/sh\n${entry}\n`],
  ])("%s lets a live path through and holds a dead one back", async (_, hook) => {
    const project = repository({ "src/answer.ts": CALM });
    project.write(".git/hooks/pre-commit", hook);
    chmodSync(project.path(".git/hooks/pre-commit"), 0o755);
    const commit = () => shell(project, "git add --all && git commit --quiet --message try");
    project.write("src/answer.ts", `${CALM}export const question = 6 * 7;\n`);
    expect(await commit()).toEqual({ code: 0, output: expect.stringContaining("No dead abort path") });
    project.write("src/agents/pi-embedded.ts", LEGACY);
    project.write("src/stop.ts", DEAD);
    const held = await commit();
    expect(held.code).toBe(1);
    expect(held.output).toContain("legacy-surface");
    expect(git(project.root, "log", "--format=%s").trim().split("\n")).toEqual(["try", "start"]);
  });
});

const framework = spawnSync("pre-commit", ["--version"]).status === 0;
if (!framework) console.warn("The pre-commit framework itself is skipped: there is no pre-commit command.");

describe.skipIf(!framework)("the pre-commit framework itself", () => {
  const CONFIG = ".pre-commit-config.yaml";

  it("runs on any commit, also one that only deletes, and sees what is staged", async () => {
    const project = repository({
      [CONFIG]: recipe(CONFIG),
      "src/answer.ts": CALM,
      "src/spare.ts": CALM,
    });
    const cache = tempProject({});
    const attempt = (command: string) =>
      shell(project, `${command} && git commit --quiet --message try`, { PRE_COMMIT_HOME: cache.root });
    expect((await shell(project, "pre-commit install")).code).toBe(0);
    const gone = await attempt("git rm --quiet src/spare.ts");
    expect(gone).toMatchObject({ code: 0, output: expect.stringMatching(/abort paths\.+Passed/) });
    project.write("src/agents/pi-embedded.ts", LEGACY);
    project.write("src/stop.ts", DEAD);
    const held = await attempt("git add --all");
    expect(held).toMatchObject({ code: 1, output: expect.stringMatching(/abort paths\.+Failed/) });
    expect(held.output).toContain("legacy-surface");
    expect(git(project.root, "log", "--format=%s").trim().split("\n")).toEqual(["try", "start"]);
  });
});

describe("over a fleet", () => {
  const script = recipe("rewire.sh");
  /**
   * What multi-gitter does, by its source: a clone of depth 1, a branch, the script by its path, and where it ended
   * well and something changed, all of it in one commit.
   */
  async function runMultiGitter(project: TempProject, env: Readonly<Record<string, string>> = {}) {
    const home = tempProject({ "rewire.sh": script });
    chmodSync(home.path("rewire.sh"), 0o755);
    const clone = home.path("clone");
    git(home.root, "clone", "--quiet", "--depth", "1", `file://${project.root}`, clone);
    git(clone, "checkout", "--quiet", "-b", "rewire-abort-paths");
    const run = await shell({ ...home, root: clone }, home.path("rewire.sh"), {
      ...env,
      REPOSITORY: "my-org/one",
    });
    const changed = git(clone, "status", "--porcelain", "--untracked-files=all");
    return { ...run, changed: changed.split("\n").filter((line) => line !== "") };
  }

  it("rewires what is proven, with the registry beside it", async () => {
    const run = await runMultiGitter(red());
    expect(run).toMatchObject({
      code: 0,
      changed: [" M src/stop.ts", "?? src/agents/session-run-registry.ts"],
    });
  });
  it.each<[string, Readonly<Record<string, string>>]>([
    [
      "refusals are no failure and no change",
      { "src/agents/pi-embedded.ts": LEGACY, "src/stop.ts": REFUSED },
    ],
    ["a repository that has nothing to do with it", { "src/answer.ts": CALM }],
  ])("%s", async (_, files) => {
    expect(await runMultiGitter(repository(files))).toMatchObject({ code: 0, changed: [] });
  });
  it("a repository in which nothing was scanned is named, not passed over", async () => {
    const empty = repository({ "README.md": "words\n" });
    expect(await runMultiGitter(empty)).toMatchObject({ code: 3, changed: [] });
  });
  it("a file that cannot be parsed fails its repository", async () => {
    const broken = repository({
      "src/agents/pi-embedded.ts": LEGACY,
      "src/stop.ts": `<<<<<<< ours\n${DEAD}=======\n>>>>>>> theirs\n`,
    });
    expect(await runMultiGitter(broken)).toMatchObject({ code: 2, changed: [] });
  });
  it("a dry run writes nothing", async () => {
    const run = await runMultiGitter(red(), { DRY_RUN: "true" });
    expect(run).toMatchObject({ code: 0, changed: [] });
    expect(run.output).toContain("can be rewritten in 1 file; nothing has been written");
  });
});

it("each script is one that a shell can read", async () => {
  for (const name of [".git/hooks/pre-commit", "rewire.sh"])
    await promisify(execFile)("sh", ["-n", "-c", recipe(name)]);
});
