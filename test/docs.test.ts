import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { RULES } from "../src/check/load-rules.ts";
import { readSuppressions } from "../src/check/read-suppressions.ts";
import { EXIT } from "../src/cli/exit-codes.ts";
import { createProgram } from "../src/cli/program.ts";
import { loadConfig } from "../src/config/load-config.ts";
import { runCli } from "./helpers/run-cli.ts";
import { tempProject } from "./helpers/temp-project.ts";

const repo = fileURLToPath(new URL("..", import.meta.url));
const read = (file: string) => readFileSync(path.join(repo, file), "utf8");
const readme = read("README.md");
const program = createProgram({ stdout: process.stdout, stderr: process.stderr } as never, () => {});

/** The code blocks of one language in a text. */
function blocks(language: string, text = readme): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, block]) => block!,
  );
}

/** The command that a line of shell runs, and what follows it. */
function findCommand(words: readonly string[]): { command: Command; rest: readonly string[] } | undefined {
  let command: Command = program;
  let at = 0;
  for (; at < words.length; at += 1) {
    const next = command.commands.find((child) => child.name() === words[at]);
    if (!next) break;
    command = next;
  }
  return command === program ? undefined : { command, rest: words.slice(at) };
}

describe("README.md", () => {
  it("has the tables that the code gives", async () => {
    const script = path.join(repo, "test/scripts/update-readme.mjs");
    const { renewReadme } = (await import(script)) as { renewReadme(text: string): Promise<string> };
    expect(readme, "stale: npm run docs").toBe(await renewReadme(readme));
    expect(await renewReadme(readme.replace(/\| `legacy-surface`.*\n/, ""))).toBe(readme);
    for (const rule of RULES) expect(readme).toContain(`| \`${rule.id}\` |`);
  });

  it("gives the exit codes that there are", () => {
    const listed = [...readme.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    const { terminated, ...codes } = EXIT;
    expect(listed).toEqual(Object.values(codes));
    expect(readme).toContain(`(${terminated} by SIGTERM)`);
  });

  it("gives commands and options that there are", () => {
    const lines = blocks("(?:sh|yaml)").flatMap((block) => [...block.matchAll(/npx rewire-abort (.*)$/gm)]);
    expect(lines.length).toBeGreaterThan(5);
    for (const [line, rest] of lines) {
      const found = findCommand(rest!.replace(/#.*/, "").trim().split(/\s+/));
      expect(found, line).toBeDefined();
      const options = found!.rest.filter((word) => word.startsWith("--"));
      for (const option of options)
        expect(
          found!.command.options.map(({ long }) => long),
          line,
        ).toContain(option);
    }
    expect(findCommand(["refactor"])).toBeUndefined();
  });

  it("mentions no option that there is not", () => {
    const known = new Set(commands(program).flatMap((command) => command.options.map(({ long }) => long)));
    const prose = readme.replace(/^```[\s\S]*?^```$/gm, "");
    for (const [option] of prose.matchAll(/(?<=`)--[a-z-]+/g)) expect([...known]).toContain(option);
  });

  it("names npm scripts and files that there are", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const texts = [
      readme,
      read("src/README.md"),
      read("CHANGELOG.md"),
      read("fixtures/projects/gateway/README.md"),
    ];
    for (const [, script] of texts
      .slice(0, 3)
      .join("\n")
      .matchAll(/npm run ([a-z:]+)/g)) {
      expect(Object.keys(scripts)).toContain(script);
    }
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target!);
    const paths = [...readme.matchAll(/`((?:src|test|fixtures|scripts|\.ci)\/[\w./-]*)`/g)].map(
      ([, target]) => target!,
    );
    expect([...links, ...paths].length).toBeGreaterThan(1);
    for (const target of [...links, ...paths]) expect(existsSync(path.join(repo, target)), target).toBe(true);
    const map = read("src/README.md");
    for (const [, target] of map.matchAll(/\]\(([^)#:]+)\)/g)) {
      expect(existsSync(path.join(repo, "src", target!)), target).toBe(true);
    }
  });

  it("lists each transform, in the order in which they run", async () => {
    const listed = [
      ...readme.matchAll(/^\| `([a-z-]+)` \| .*(?:→|wait for|locals|comes|comment|property)/gm),
    ];
    const section = readme.slice(readme.indexOf("## Through jscodeshift"), readme.indexOf("## Config"));
    const names = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name!);
    const { loadTransforms } = await import("../src/apply/load-transforms.ts");
    expect(names).toEqual((await loadTransforms()).map((transform) => transform.transformId));
    const files = readdirSync(path.join(repo, "transforms")).filter((file) => file.endsWith(".ts"));
    expect([...names].sort()).toEqual(files.map((file) => file.slice(0, -3)).sort());
    expect(listed.length).toBeGreaterThan(0);
  });

  it("shows a config that is accepted, with rules that exist", async () => {
    const [config] = blocks("json");
    const project = tempProject({ "rewire-abort.json": config! });
    const loaded = await loadConfig({ root: project.root });
    expect(loaded.floors).toEqual({ src: 40 });
    for (const rule of Object.keys(loaded.rules)) expect(RULES.map(({ id }) => id)).toContain(rule);
    project.write("rewire-abort.json", config!.replace('"floors"', '"flors"'));
    await expect(loadConfig({ root: project.root })).rejects.toThrow(/flors/);
  });

  it("shows an excuse that the gate reads, with its rule and its reason", () => {
    const [comment] = readSuppressions(blocks("ts")[0]!);
    expect(RULES.map(({ id }) => id)).toContain(comment?.rules[0]);
    expect(comment).toMatchObject({ reason: "this worker never owns a run", target: 2 });
  });

  it("shows a workflow that doctor calls blocking", async () => {
    const workflow = blocks("yaml")[0]!;
    const files = { "package.json": "{}", ".github/workflows/abort-paths.yml": workflow };
    const good = await runCli(["doctor", tempProject(files).root]);
    expect(good).toMatchObject({ code: 0, stderr: "" });
    const masked = workflow.replace("summary.md\n", "summary.md || true\n");
    const bad = await runCli([
      "doctor",
      tempProject({ ...files, ".github/workflows/abort-paths.yml": masked }).root,
    ]);
    expect(bad.code).toBe(1);
  });

  it("shows a script that runs, through the package's own name", async () => {
    const project = tempProject({
      "plan.mjs": blocks("js")[0]!,
      "src/agents/pi-embedded.ts":
        "export function abortEmbeddedPiRun(_id: string): boolean {\n  return false;\n}\n",
      "src/stop.ts": [
        'import { abortEmbeddedPiRun } from "./agents/pi-embedded.js";',
        "export function stop(store: Record<string, { sessionId: string }>, childKey: string): boolean {",
        "  const sessionId = store[childKey]?.sessionId;",
        "  return sessionId ? abortEmbeddedPiRun(sessionId) : false;",
        "}",
        "",
      ].join("\n"),
    });
    mkdirSync(project.path("node_modules"));
    symlinkSync(repo, project.path("node_modules/rewire-abort"), "dir");
    const { stdout } = await promisify(execFile)(process.execPath, ["plan.mjs"], { cwd: project.root });
    expect(stdout).toContain("src/stop.ts:4 rewrite childKey");
  });
});

function commands(parent: Command): readonly Command[] {
  return [parent, ...parent.commands.flatMap(commands)];
}

describe(".ci/run", () => {
  it("is a bash script that npm's own scripts can serve", async () => {
    await promisify(execFile)("bash", ["-n", path.join(repo, ".ci/run")]);
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...read(".ci/run").matchAll(/npm run (?:--silent )?([a-z:]+)/g)].map(
      ([, script]) => script!,
    );
    expect(named.length).toBeGreaterThan(2);
    for (const script of named) expect(Object.keys(scripts)).toContain(script);
  });
});
