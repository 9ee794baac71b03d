import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";

/** A folder of the cache, or the reason why there is none: then the caller skips, and says so. */
export type Fetched = { readonly folder: string } | { readonly unreachable: string };

/** Fills a folder aside and renames it, so that a run that was stopped leaves no half of one. */
export async function fillCache(
  cache: string,
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<Fetched> {
  const folder = path.join(cache, name);
  if (existsSync(folder)) return { folder };
  await mkdir(cache, { recursive: true });
  const staged = await mkdtemp(path.join(cache, "staged-"));
  try {
    await fill(staged);
    await rename(staged, folder);
    return { folder };
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    // Another run may have been faster.
    if (existsSync(folder)) return { folder };
    if (error instanceof Unreachable) return { unreachable: error.message };
    throw error;
  }
}

class Unreachable extends Error {}

/** The registry that npm is configured for, through npm itself. @throws when it answers that there is no such thing */
export async function npm(folder: string, ...args: string[]): Promise<void> {
  try {
    await run("npm", [...args, "--fetch-retries=1", "--loglevel=error"], folder);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (/\b(E404|ETARGET|EINTEGRITY|ENOVERSIONS|ERESOLVE|EBADENGINE)\b/.test(said)) throw error;
    const first = said.split("\n").find((line) => /npm error/.test(line)) ?? "npm failed";
    throw new Unreachable(`the npm registry cannot be reached (${first.replace(/^npm error /, "").trim()})`);
  }
}

/** Runs a command to its end, in a folder. */
export function run(command: string, args: string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // On Windows npm is a script that only a shell starts.
    const options = { cwd, timeout: 280_000, maxBuffer: 1 << 26, shell: process.platform === "win32" };
    execFile(command, args, options, (error, stdout, stderr) =>
      error
        ? reject(new Error(`${command} ${args.join(" ")}\n${stderr || stdout || error.message}`))
        : resolve(),
    );
  });
}
