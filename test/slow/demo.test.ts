import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const repo = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the demo's own script, which needs the build, with its temp folders in one that goes with the test. */
function runDemo(...args: string[]): Promise<{ code: number | null; output: string }> {
  const temp = mkdtempSync(path.join(tmpdir(), "rewire-abort-demo-test-"));
  onTestFinished(() => rmSync(temp, { recursive: true, force: true }));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(repo, "test/scripts/demo.mjs"), ...args], {
      env: { ...process.env, TMPDIR: temp, TEMP: temp, TMP: temp },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** The example with one file changed. */
function changedExample(file: string, change: (text: string) => string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "rewire-abort-demo-example-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(path.join(repo, "fixtures/projects/gateway"), folder, { recursive: true });
  const before = readFileSync(path.join(folder, file), "utf8");
  expect(change(before)).not.toBe(before);
  writeFileSync(path.join(folder, file), change(before));
  return folder;
}

it("goes from a red gate to a green one, and to a process that /stop ends", async () => {
  const { code, output } = await runDemo();
  // First, so that a failure names the step and its cause: the rest would only say what is missing.
  expect(output.slice(output.search(/^FAILED|$(?![\s\S])/m))).toBe("");
  expect(output).toMatch(/\$ npx rewire-abort check\n[\s\S]*The run fails: \d+ errors/);
  expect(output).toContain("+    const aborted = killSessionRun(key ?? targetKey);");
  expect(output).toMatch(/The run passes/);
  expect(output).toMatch(/"event":"abort".*"aborted":false[\s\S]*"event":"abort".*"aborted":true/);
  expect(code).toBe(0);
});

it("fails when the sites left for a person are not decided", async () => {
  const { code, output } = await runDemo(changedExample("by-hand.json", () => "[]"));
  expect(output).toMatch(/FAILED {2}check exits 0/);
  expect(code).toBe(1);
});

it("fails when the runner registers another key than the one that is killed, though the gate is green", async () => {
  const wrong = changedExample("src/agents/cli-runner.ts", (text) =>
    text.replace("registerSessionRun(canonicalKey, handle)", "registerSessionRun(params.sessionKey, handle)"),
  );
  const { code, output } = await runDemo(wrong);
  expect(output).toMatch(/FAILED {2}\/stop says that it aborted a run/);
  expect(code).toBe(1);
});
