import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** A folder of the cache, or the reason why there is none: then the caller skips, and says so. */
export type Fetched = { readonly folder: string } | { readonly unreachable: string };

const CACHE =
  process.env["REWIRE_ABORT_CORPUS_CACHE"] ??
  path.join(fileURLToPath(new URL("../..", import.meta.url)), ".cache/corpus");

/** Unpacks a release as its author published it, once. @throws when the registry answers, but has no such release */
export function fetchRelease(name: string, version: string): Promise<Fetched> {
  return fillCache(`${name}-${version}`, async (folder) => {
    await npm(folder, "pack", `${name}@${version}`, "--ignore-scripts", "--pack-destination", folder);
    await run("tar", ["-xzf", `${name}-${version}.tgz`, "--strip-components=1"], folder);
    await rm(path.join(folder, `${name}-${version}.tgz`));
  });
}

/** Fills a folder aside and renames it, so that a run that was stopped leaves no half of one. */
async function fillCache(name: string, fill: (folder: string) => Promise<void>): Promise<Fetched> {
  const folder = path.join(CACHE, name);
  if (existsSync(folder)) return { folder };
  await mkdir(CACHE, { recursive: true });
  const staged = await mkdtemp(path.join(CACHE, "staged-"));
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

/** The registry that npm is configured for, through npm itself. */
async function npm(folder: string, ...args: string[]): Promise<void> {
  try {
    await run("npm", [...args, "--fetch-retries=1", "--loglevel=error"], folder);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (/\b(E404|ETARGET|EINTEGRITY|ENOVERSIONS)\b/.test(said)) throw error;
    const first = said.split("\n").find((line) => /npm error/.test(line)) ?? "npm failed";
    throw new Unreachable(`the npm registry cannot be reached (${first.replace(/^npm error /, "").trim()})`);
  }
}

function run(command: string, args: string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, timeout: 280_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      error
        ? reject(new Error(`${command} ${args.join(" ")}\n${stderr || stdout || error.message}`))
        : resolve(),
    );
  });
}

/** The facts that a reader wrote down about a release. */
export interface OracleRow {
  readonly file: string;
  readonly line: number;
  readonly callee: string;
  readonly argument: string;
  readonly decision: "rewrite" | "keep" | "manual";
  readonly key: string | null;
  readonly alternatives: readonly string[];
  readonly traps: readonly string[];
}

export async function readOracle(name: string): Promise<readonly OracleRow[]> {
  const file = fileURLToPath(new URL(`../../fixtures/oracles/${name}.json`, import.meta.url));
  return (JSON.parse(await readFile(file, "utf8")) as { rows: OracleRow[] }).rows;
}
