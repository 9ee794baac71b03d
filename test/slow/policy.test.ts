import { describe, expect, it } from "vitest";
import { formatLedger } from "../../src/check/parse-ledger.ts";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import type { RunResult } from "../../src/report/run-result.ts";
import { commitAll, git, initRepository } from "../helpers/git.ts";
import { runCli } from "../helpers/run-cli.ts";
import { type TempProject, tempProject } from "../helpers/temp-project.ts";

// The policy of the gate through the built command line: what a pull request may not relax, and what fails the run.

const FILE = "src/worker.ts";
const DEAD = `export function stop(kind: string) {
  const aborted = false;
  return kind === "soft" ? { aborted } : undefined;
}
`;
const ALSO_DEAD = DEAD.replace("stop", "halt").replaceAll("aborted", "killed");
const excused = (
  text: string,
  comment = "// rewire-abort-ignore dead-placeholder -- this worker owns no run",
) => text.replace("  const", `  ${comment}\n  const`);

interface Checked {
  readonly code: number | null;
  readonly rules: readonly string[];
  readonly run: RunResult | null;
  readonly stderr: string;
}

async function check(project: TempProject, ...flags: string[]): Promise<Checked> {
  const { code, stdout, stderr } = await runCli([
    "check",
    project.root,
    "--quiet",
    "--format",
    "json",
    ...flags,
  ]);
  const run = stdout === "" ? null : (JSON.parse(stdout) as RunResult);
  return { code, run, rules: run?.findings.map(({ rule }) => rule) ?? [], stderr };
}

function repository(files: Readonly<Record<string, string>>): TempProject {
  const project = tempProject(files);
  initRepository(project.root);
  git(project.root, "tag", "base");
  return project;
}

const config = (value: object) => `${JSON.stringify(value)}\n`;

describe("--policy-ref", () => {
  it("does not honour a comment that the pull request brings, and says where it came from", async () => {
    const project = repository({ [FILE]: DEAD });
    project.write(FILE, excused(DEAD));
    expect(await check(project)).toMatchObject({ code: 0, rules: [] });
    expect(await check(project, "--policy-ref", "base")).toMatchObject({
      code: 1,
      rules: ["dead-placeholder"],
    });
  });

  it("honours a comment that the base has, also where it moved", async () => {
    const project = repository({ [FILE]: excused(DEAD) });
    project.write(FILE, `// a new first line\n${excused(DEAD)}`);
    expect(await check(project, "--policy-ref", "base")).toMatchObject({ code: 0, rules: [] });
    // One comment of the base excuses one place, not two.
    project.write(FILE, excused(DEAD) + excused(ALSO_DEAD));
    expect(await check(project, "--policy-ref", "base")).toMatchObject({
      code: 1,
      rules: ["dead-placeholder"],
    });
  });

  it("honours a comment of the base in a file that was renamed, and no copy of it", async () => {
    const long = `${excused(DEAD)}${Array.from({ length: 8 }, (_, at) => `export const n${at} = ${at};`).join("\n")}\n`;
    const project = repository({ [FILE]: long });
    git(project.root, "mv", FILE, "src/moved.ts");
    commitAll(project.root, "rename");
    expect(await check(project, "--policy-ref", "base")).toMatchObject({ code: 0, rules: [] });
    project.write(FILE, long);
    project.write("src/copy.ts", long);
    commitAll(project.root, "copy");
    const copied = await check(project, "--policy-ref", "base");
    expect(copied.run!.findings.map(({ file }) => file)).toEqual(["src/copy.ts", "src/moved.ts"]);
  });

  it.each([
    ["a rule that is switched off", { rules: { "dead-placeholder": "off" } }],
    ["a lower level", { rules: { "dead-placeholder": "info" } }],
    ["a folder that is left out", { exclude: ["src/**"] }],
    ["a folder that alone is looked at", { include: ["other/**"] }],
  ])("takes the config of the base: %s changes nothing", async (_, relaxed) => {
    const project = repository({ [FILE]: DEAD, "other/a.ts": "export const a = 1;\n" });
    project.write("rewire-abort.json", config(relaxed));
    expect((await check(project)).code).toBe(0);
    const judged = await check(project, "--policy-ref", "base");
    expect(judged).toMatchObject({ code: 1, rules: ["dead-placeholder"] });
    expect(judged.run!.warnings.join()).toContain("rewire-abort.json differs from base");
  });

  it("keeps the globs of the command line", async () => {
    const project = repository({ [FILE]: DEAD, "other/a.ts": "export const a = 1;\n" });
    expect(await check(project, "--policy-ref", "base", "--exclude", "src/**")).toMatchObject({ code: 0 });
    expect(await check(project, "--policy-ref", "base", "--include", "other/**")).toMatchObject({ code: 0 });
  });

  it("takes the ledger of the base", async () => {
    const project = repository({ [FILE]: DEAD });
    project.write(DEFAULT_CONFIG.ledger, await ledgerOf(project));
    expect(await check(project)).toMatchObject({ code: 0, rules: [] });
    expect(await check(project, "--policy-ref", "base")).toMatchObject({
      code: 1,
      rules: ["dead-placeholder"],
    });
    commitAll(project.root, "accept");
    expect(await check(project, "--policy-ref", "main")).toMatchObject({ code: 0, rules: [] });
  });

  it("cannot run without the revision, without git, or with a broken config there", async () => {
    const project = repository({ [FILE]: DEAD, "rewire-abort.json": '{"rules": ' });
    project.write("rewire-abort.json", "{}\n");
    expect((await check(project, "--policy-ref", "base")).code).toBe(2);
    expect((await check(project, "--policy-ref", "no-such-ref")).code).toBe(2);
    expect((await check(project, "--policy-ref", "--help")).code).toBe(2);
    const loose = tempProject({ [FILE]: DEAD });
    expect((await check(loose, "--policy-ref", "main")).code).toBe(2);
  });
});

describe("globs", () => {
  it("that are malformed are refused, and one that leaves nothing out is told", async () => {
    const project = tempProject({ [FILE]: DEAD });
    const refused = await check(project, "--exclude", "[");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--exclude "[" has a [ that does not close');
    const { code, run } = await check(project, "--exclude", "src/wroker.ts");
    expect({ code, warnings: run!.warnings }).toEqual({
      code: 1,
      warnings: [expect.stringContaining('"src/wroker.ts" matches no source file')],
    });
  });
});

describe("floors", () => {
  it("fail a folder that lost most of its files, by folder and not in total", async () => {
    const project = tempProject({
      "rewire-abort.json": config({ floors: { src: 3, tools: 1 } }),
      "src/a.ts": "export const a = 1;\n",
      "src/b.ts": "export const b = 1;\n",
      "src/c.ts": "export const c = 1;\n",
      "tools/d.ts": "export const d = 1;\n",
    });
    expect((await check(project)).code).toBe(0);
    project.write("rewire-abort.json", config({ floors: { src: 3, tools: 2 } }));
    const broken = await check(project);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain("tools holds 1 scanned file(s); its floor is 2");
    expect(broken.stderr).not.toContain("src holds");
    project.write("rewire-abort.json", config({ floors: { src: 3, tolos: 1 } }));
    expect((await check(project)).code).toBe(3);
  });

  it("are those of the base with --policy-ref, and count what a glob left out as lost", async () => {
    const project = repository({
      "rewire-abort.json": config({ floors: { src: 2 } }),
      "src/a.ts": "",
      "src/b.ts": "",
    });
    expect((await check(project, "--exclude", "src/b.ts")).code).toBe(2);
    project.write("rewire-abort.json", config({ floors: { src: 1 } }));
    expect((await check(project, "--exclude", "src/b.ts")).code).toBe(0);
    expect((await check(project, "--exclude", "src/b.ts", "--policy-ref", "base")).code).toBe(2);
  });

  it("do not make a pass of nothing: a missing root and an empty one are 3", async () => {
    const project = tempProject({ "README.md": "nothing to scan\n" });
    expect((await check(project)).code).toBe(3);
    expect((await runCli(["check", project.path("gone"), "--quiet"])).code).toBe(3);
  });
});

describe("the ledger", () => {
  it("accepts by identity: moved code stays accepted", async () => {
    const project = tempProject({ [FILE]: DEAD });
    project.write(DEFAULT_CONFIG.ledger, await ledgerOf(project));
    project.write(FILE, `// moved down\n\n${DEAD}`);
    const accepted = await check(project);
    expect(accepted).toMatchObject({ code: 0, rules: [] });
    expect(accepted.run!.suppressed).toMatchObject([
      { rule: "dead-placeholder", suppressedBy: { kind: "ledger" } },
    ]);
  });

  it("fails growth, swaps, stale and expired entries", async () => {
    const project = tempProject({ [FILE]: DEAD });
    const accepted = await ledgerOf(project);
    project.write(DEFAULT_CONFIG.ledger, accepted);
    const checked = async (text: string, ledger = accepted) => {
      project.write(FILE, text);
      project.write(DEFAULT_CONFIG.ledger, ledger);
      const { code, rules } = await check(project);
      return { code, rules: [...rules].sort() };
    };
    expect(await checked(DEAD + ALSO_DEAD)).toEqual({ code: 1, rules: ["dead-placeholder"] });
    expect(await checked(ALSO_DEAD)).toEqual({ code: 1, rules: ["dead-placeholder", "ledger-swap"] });
    expect(await checked("export {};\n")).toEqual({ code: 1, rules: ["ledger-stale"] });
    expect(await checked(DEAD, accepted.replace("2999-12-31", "2000-01-01"))).toEqual({
      code: 1,
      rules: ["dead-placeholder", "ledger-expired"],
    });
  });
});

describe("comments that excuse", () => {
  it("fail when nothing is there to be excused, when they give no reason, and when their rule is unknown", async () => {
    const project = tempProject({ [FILE]: excused(DEAD) });
    expect(await check(project)).toMatchObject({ code: 0, rules: [] });
    project.write(FILE, excused(DEAD).replace("const aborted = false", "const aborted = Date.now() > 0"));
    expect(await check(project)).toMatchObject({ code: 1, rules: ["unused-suppression"] });
    project.write(FILE, excused(DEAD, "// rewire-abort-ignore dead-placeholder"));
    expect((await check(project)).rules).toEqual(["invalid-suppression", "dead-placeholder"]);
    project.write(FILE, excused(DEAD, "// rewire-abort-ignore dead-placeholders -- a typo"));
    expect((await check(project)).rules).toEqual(["invalid-suppression", "dead-placeholder"]);
  });
});

describe("a hostile pull request", () => {
  it("cannot move an old comment over to a new violation", async () => {
    const project = repository({ [FILE]: `${excused(DEAD)}${DEAD.replace("stop", "halt")}` });
    expect((await check(project, "--policy-ref", "base")).rules).toEqual(["dead-placeholder"]);
    const moved = ALSO_DEAD.replace("halt", "stop");
    project.write(FILE, `${excused(moved)}`);
    expect(await check(project, "--policy-ref", "base")).toMatchObject({
      code: 1,
      rules: ["dead-placeholder"],
    });
  });

  it("cannot hide a new comment behind a lone carriage return", async () => {
    const project = repository({ [FILE]: DEAD });
    project.write(FILE, `// one\r// two\r${excused(DEAD)}`);
    expect(await check(project)).toMatchObject({ code: 0 });
    expect(await check(project, "--policy-ref", "base")).toMatchObject({
      code: 1,
      rules: ["dead-placeholder"],
    });
  });

  it("cannot relax a config that the command line names", async () => {
    const named = "ci/gate.json";
    const project = repository({ [FILE]: DEAD, [named]: config({ rules: { tombstone: "off" } }) });
    project.write(named, config({ rules: { "dead-placeholder": "off" } }));
    const flags = ["--config", project.path(named), "--policy-ref", "base"];
    const { code, rules, run } = await check(project, ...flags);
    expect({ code, rules }).toEqual({ code: 1, rules: ["dead-placeholder"] });
    expect(run!.rules.map(({ id }) => id)).not.toContain("tombstone");
    const outside = tempProject({ "gate.json": config({}) });
    const refused = await check(project, "--config", outside.path("gate.json"), "--policy-ref", "base");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("outside of the root");
  });

  it("cannot ask an entry point for less than it promises", async () => {
    const handler = `import { killSessionRun } from "./agents/session-run-registry.js";
export async function ensureSessionRuntimeCleanup(sessionKey: string) {
  killSessionRun(sessionKey);
}
`;
    const project = tempProject({
      [FILE]: handler,
      "rewire-abort.json": config({
        migration: { entryPoints: [{ name: "ensureSessionRuntimeCleanup", reaches: ["kill"] }] },
      }),
    });
    expect((await check(project)).rules).toContain("lost-effect");
  });
});

describe("the config", () => {
  it("declares entry points of a fork with what they promise", async () => {
    const text = `import { killSessionRun } from "./agents/session-run-registry.js";
export async function closeConversation(sessionKey: string) {
  return killSessionRun(sessionKey);
}
`;
    const project = tempProject({ [FILE]: text });
    expect((await check(project)).rules).toEqual(["registry-without-producer"]);
    project.write(
      "rewire-abort.json",
      config({
        migration: {
          entryPoints: [{ name: "closeConversation", reaches: ["kill", "wait"], actsOnWait: true }],
        },
      }),
    );
    const { run } = await check(project);
    expect(run!.findings.map(({ rule, message }) => `${rule}: ${message}`)).toContainEqual(
      expect.stringMatching(/^lost-effect: closeConversation .* reaches no wait/),
    );
  });

  it.each([{ include: ["!src/**"] }, { exclude: ["../other/**"] }])(
    "is named when one of its globs is refused: %j",
    async (globs) => {
      const project = tempProject({ [FILE]: DEAD, "rewire-abort.json": config(globs) });
      const { code, stderr } = await check(project);
      expect(code).toBe(2);
      expect(stderr).toContain(`rewire-abort.json: "${Object.keys(globs)[0]!}" holds`);
    },
  );

  it("is named when its include matches nothing", async () => {
    const project = tempProject({ [FILE]: DEAD, "rewire-abort.json": config({ include: ["lib/**"] }) });
    const { code, stderr } = await check(project);
    expect(code).toBe(3);
    expect(stderr).toContain('rewire-abort.json: "include" holds "lib/**"');
  });
});

describe("what a run lists", () => {
  it("names the rules that ran and counts files by folder and extension", async () => {
    const project = tempProject({
      "rewire-abort.json": config({ rules: { tombstone: "off" } }),
      [FILE]: "export {};\n",
      "src/deep/a.mts": "export {};\n",
      "tools/b.js": "export {};\n",
    });
    const { run } = await check(project);
    const ids = run!.rules.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toContain("legacy-surface");
    expect(ids).not.toContain("tombstone");
    expect(run!.files).toMatchObject({
      discovered: 3,
      scanned: 3,
      byFolder: { src: 1, "src/deep": 1, tools: 1 },
      byExtension: { ".js": 1, ".mts": 1, ".ts": 1 },
    });
  });
});

describe("--history", () => {
  it("cannot run on a revision that a shallow clone does not hold, on none, or without git", async () => {
    const project = repository({ [FILE]: DEAD });
    const old = git(project.root, "rev-parse", "HEAD").trim();
    project.write(FILE, `${DEAD}\n`);
    commitAll(project.root, "later");
    const clone = tempProject();
    git(clone.root, "clone", "--quiet", "--depth=1", `file://${project.root}`, "shallow");
    const root = clone.path("shallow");
    for (const [folder, ref] of [
      [root, old],
      [root, "no-such-ref"],
      [tempProject({ [FILE]: DEAD }).root, "HEAD"],
    ])
      for (const command of ["check", "migrate"])
        expect(
          (await runCli([command, folder!, "--quiet", "--history", ref!])).code,
          `${command} ${ref}`,
        ).toBe(2);
  });
});

/** A ledger that accepts what the project has now. */
async function ledgerOf(project: TempProject): Promise<string> {
  const { run } = await check(project);
  return formatLedger(
    run!.findings.map(({ rule, file, function: name, fingerprint }) => ({
      rule,
      symbol: `${file}#${name}`,
      fingerprint,
      issue: "https://example.invalid/issues/1",
      owner: "team",
      expires: "2999-12-31",
    })),
  );
}
