import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunResult } from "../../../src/report/run-result.ts";
import { runCli } from "../../helpers/run-cli.ts";
import { missingTerminal, runAtTerminal, type TerminalSession } from "./open-terminal.ts";

const missing = missingTerminal();
if (missing !== null) console.warn(`The review at a terminal is skipped: ${missing}.`);

const FIXTURE = fileURLToPath(new URL("../../../fixtures/interactive/", import.meta.url));
const STOP = "src/auto-reply/reply/stop.ts";
const DECISIONS = "rewire-abort-decisions.json";

/** A repository with one commit, as a person has it before the review. */
function openRepository(): string {
  const root = mkdtempSync(path.join(tmpdir(), "rewire-terminal-"));
  cpSync(path.join(FIXTURE, "input"), root, { recursive: true });
  const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { stdio: "pipe" });
  git("init", "-q");
  git("add", "-A");
  git("-c", "user.email=a@example.com", "-c", "user.name=a", "commit", "-qm", "start");
  return root;
}

describe.skipIf(missing !== null)("the review at a terminal, from start to written files", () => {
  let root: string;
  let first: TerminalSession;
  let second: TerminalSession;
  let keptByFirst: string;
  const read = (name: string) => readFileSync(path.join(root, name), "utf8");

  beforeAll(async () => {
    root = openRepository();
    first = await runAtTerminal(
      ["migrate", root, "--interactive"],
      ["?", "what", "a", "2", "b", "k", "9", "q"],
    );
    keptByFirst = read(DECISIONS);
    second = await runAtTerminal(
      ["migrate", root, "--interactive", "--write", "--no-verify-types"],
      ["e nobody.key", "e", "state.current", "m", "s", "b", "s", "g"],
    );
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it("shows what was recorded", () => {
    const session = [first, second]
      .map(({ screen }) => screen.replaceAll(root, "<root>"))
      .join("\n===== the same command again, with --write =====\n\n");
    const file = path.join(FIXTURE, "session.expected.txt");
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, session);
    expect(session).toBe(readFileSync(file, "utf8"));
  });

  it("keeps what was decided when the person quits, and writes nothing", () => {
    expect(first.code).toBe(0);
    const kept = JSON.parse(keptByFirst) as { decisions: { action: string; key: string | null }[] };
    expect(kept.decisions.map(({ action, key }) => [action, key])).toEqual([
      ["accept", "params.sessionKey"],
      ["key", "rightKey"],
    ]);
    expect(first.screen).toContain("2 of 5 decided");
    expect(first.screen).toContain("Nothing was written");
  });

  it("goes on from there, and writes what was decided into a clean tree", () => {
    expect(second.code).toBe(0);
    expect(second.screen).toContain("Site 3 of 5");
    expect(second.screen).not.toContain("Site 1 of 5");
    expect(second.screen).toContain("nobody is not visible at the call.");
    expect(read(STOP)).toBe(readFileSync(path.join(FIXTURE, "expected", STOP), "utf8"));
    expect(
      execFileSync("git", ["-C", root, "status", "--porcelain"], { encoding: "utf8" }).trim().split("\n"),
    ).toEqual([`M ${STOP}`, `?? ${DECISIONS}`]);
  });

  it("is replayed where lines moved, and refused where the call reads differently now", async () => {
    const copy = openRepository();
    try {
      const file = path.join(copy, "kept.json");
      cpSync(path.join(root, DECISIONS), file);
      const text = readFileSync(path.join(copy, STOP), "utf8");
      const run = async (changed: string) => {
        writeFileSync(path.join(copy, STOP), changed);
        return runCli(["migrate", copy, "--decisions", file, "--quiet", "--format", "json"]);
      };
      const moved = await run(`// one line more\n${text}`);
      expect(moved).toMatchObject({ code: 0, stderr: "" });
      const { sites } = JSON.parse(moved.stdout) as RunResult;
      expect(sites.filter((site) => site.kind === "call").flatMap(({ key }) => key ?? [])).toEqual([
        "childKey",
        "params.sessionKey",
        "rightKey",
        "state.current",
      ]);
      const other = await run(`// one line more\n${text.replaceAll("(sessionId)", "(sessionId ?? '')")}`);
      expect(other.code).toBe(2);
      expect(other.stderr).toContain("does not fit: the code there has changed");
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it("is replayed without a terminal: the same bytes, and a typed key is nobody's proof", async () => {
    const copy = openRepository();
    try {
      const file = path.join(copy, "kept.json");
      mkdirSync(copy, { recursive: true });
      cpSync(path.join(root, DECISIONS), file);
      const args = ["--decisions", file, "--write", "--no-verify-types", "--quiet", "--format", "json"];
      const run = await runCli(["migrate", copy, ...args]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(readFileSync(path.join(copy, STOP), "utf8")).toBe(read(STOP));
      expect(existsSync(path.join(copy, DECISIONS))).toBe(false);
      const { sites } = JSON.parse(run.stdout) as RunResult;
      const keys = sites.filter((site) => site.kind === "call" && site.key !== null);
      expect(keys.map(({ key, confidence }) => [key, confidence])).toEqual([
        ["childKey", "proven"],
        ["params.sessionKey", "likely"],
        ["rightKey", "likely"],
        ["state.current", "likely"],
      ]);
      for (const site of keys.slice(1))
        expect(site.evidence.map(({ note }) => note)).toContain("a person decided on this key");
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});
