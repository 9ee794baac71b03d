import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const DRIVER = fileURLToPath(new URL("drive-release.mjs", import.meta.url));

/** Runs one scenario of the driver against a tree, with a state folder of its own. @returns the facts it printed */
export async function driveRelease(tree: string, scenario: string): Promise<Record<string, unknown>> {
  const state = await mkdtemp(path.join(tmpdir(), "rewire-live-state-"));
  try {
    const config = path.join(state, "openclaw.json");
    const store = path.join(state, "sessions.json");
    await writeFile(config, JSON.stringify({ session: { store }, plugins: { slots: { memory: "none" } } }));
    const { code, output } = await runDriver([tree, scenario], {
      PATH: process.env["PATH"],
      HOME: state,
      OPENCLAW_STATE_DIR: state,
      OPENCLAW_CONFIG_PATH: config,
    });
    const facts = /^FACTS (.*)$/m.exec(output)?.[1];
    if (code !== 0 || facts === undefined)
      throw new Error(`${scenario} could not be driven (exit ${code}):\n${output}`);
    return JSON.parse(facts);
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

function runDriver(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [DRIVER, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
