import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runMigrate } from "../../../src/pipeline.ts";
import { runWithFakes } from "../fake-context.ts";

const STOP = "src/auto-reply/reply/stop.ts";
const FILES = {
  "src/agents/pi-embedded.ts": `export function abortEmbeddedPiRun(sessionId: string): boolean {
  return sessionId.length > 0;
}
`,
  [STOP]: `import { abortEmbeddedPiRun } from "../../agents/pi-embedded.js";

type Entry = { sessionId: string };

export function stopProven(store: Record<string, Entry>, childKey: string): boolean {
  const sessionId = store[childKey]?.sessionId;
  return sessionId ? abortEmbeddedPiRun(sessionId) : false;
}

export function stopLikely(params: { sessionId: string; sessionKey: string }): boolean {
  return abortEmbeddedPiRun(params.sessionId);
}

export function stopTyped(sessionId: string, state: { current: string }): boolean {
  return abortEmbeddedPiRun(sessionId);
}

export function stopMarked(ids: string[]): void {
  for (const id of ids) {
    abortEmbeddedPiRun(id);
  }
}

export function stopSkipped(id: string): void {
  abortEmbeddedPiRun(id);
  const below = "agent:main:below";
  console.log(below);
}
`,
  "src/auto-reply/reply/stop.test.ts": `import { vi } from "vitest";
vi.mock("../../agents/pi-embedded.js", () => ({ abortEmbeddedPiRun: vi.fn(() => true) }));
`,
};
const AFTER = FILES[STOP]
  .replace(
    'import { abortEmbeddedPiRun } from "../../agents/pi-embedded.js";',
    'import { abortEmbeddedPiRun } from "../../agents/pi-embedded.js";\nimport { killSessionRun } from "../../agents/session-run-registry.js";',
  )
  .replace(
    "  const sessionId = store[childKey]?.sessionId;\n  return sessionId ? abortEmbeddedPiRun(sessionId) : false;",
    "  return killSessionRun(childKey);",
  )
  .replace("abortEmbeddedPiRun(params.sessionId)", "killSessionRun(params.sessionKey)")
  .replace("return abortEmbeddedPiRun(sessionId)", "return killSessionRun(state.current)");

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "rewire-interactive-"));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { stdio: "pipe" });
  git("init", "-q");
  git("add", "-A");
  git("-c", "user.email=a@example.com", "-c", "user.name=a", "commit", "-qm", "start");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const stopText = () => readFileSync(path.join(root, STOP), "utf8");
/** Likely: accepted. Then a name that is not there, the id, one below the call, and at last a key that can be read. */
const TYPED = ["a", "e nobody.key", "e sessionId", "e state.current", "m", "e below", "s", "g"];

describe("migrate --interactive, over the real pipeline", () => {
  it("carries out what was accepted, typed and skipped, marks what was marked, and replays it", async () => {
    const { code, stderr } = await runWithFakes(["migrate", root, "--interactive", "--no-verify-types"], {
      typed: TYPED,
      stages: { runMigrate },
    });
    expect(stderr).toContain("Site 4 of 4");
    expect(stderr).not.toContain("stop.test.ts");
    expect(stderr).toContain("nobody is not visible at the call.");
    expect(stderr).toContain("That is the session id, not a key.");
    expect(stderr).toContain("below is declared below the call.");
    expect(code).toBe(0);
    expect(stopText()).toBe(FILES[STOP]);
    const decisions = path.join(root, "rewire-abort-decisions.json");
    const replay = await runWithFakes(
      ["migrate", root, "--decisions", decisions, "--write", "--allow-dirty", "--no-verify-types"],
      { stages: { runMigrate } },
    );
    expect(replay.code).toBe(0);
    const marked = /^ +\/\/ @rewire-abort-manual no-key-in-scope[^\n]*\n(?= +abortEmbeddedPiRun\(id\))/gm;
    expect(stopText().match(marked)).toHaveLength(1);
    expect(stopText().replace(marked, "")).toBe(AFTER);
  });

  it("refuses a decision whose key cannot be read at its call", async () => {
    const file = path.join(root, "decisions.json");
    const line =
      FILES[STOP].split("\n").findIndex((text) => text.includes("abortEmbeddedPiRun(sessionId);")) + 1;
    const decision = (key: string) => ({
      site: `${STOP}:${line}:10:abortEmbeddedPiRun`,
      callee: "abortEmbeddedPiRun",
      argument: "sessionId",
      action: "key",
      key,
    });
    const run = (key: string) => {
      writeFileSync(file, JSON.stringify({ schemaVersion: 1, decisions: [decision(key)] }));
      return runWithFakes(["migrate", root, "--decisions", file], { stages: { runMigrate } });
    };
    expect(await run("state.current")).toMatchObject({ code: 0 });
    const refused = await run("elsewhere.key");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("elsewhere is not visible at the call.");
  });
});
