import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Fetched, fillCache, npm, run } from "../helpers/npm-cache.ts";

const CACHE =
  process.env["REWIRE_ABORT_CORPUS_CACHE"] ??
  path.join(fileURLToPath(new URL("../..", import.meta.url)), ".cache/corpus");

/** Unpacks a release as its author published it, once. @throws when the registry answers, but has no such release */
export function fetchRelease(name: string, version: string): Promise<Fetched> {
  return fillCache(CACHE, `${name}-${version}`, async (folder) => {
    await npm(folder, "pack", `${name}@${version}`, "--ignore-scripts", "--pack-destination", folder);
    await run("tar", ["-xzf", `${name}-${version}.tgz`, "--strip-components=1"], folder);
    await rm(path.join(folder, `${name}-${version}.tgz`));
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
