import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseRunResult } from "../../src/report/parse-run-result.ts";
import type { RunResult } from "../../src/report/run-result.ts";

const SHELF = fileURLToPath(new URL("../../fixtures/run-results/", import.meta.url));

/** Names of the saved runs in fixtures/run-results, sorted. */
export function listShelf(): string[] {
  return readdirSync(SHELF)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();
}

export function readShelf(name: string): RunResult {
  return parseRunResult(readShelfText(name), `${name}.json`);
}

export function readShelfText(name: string): string {
  return readFileSync(`${SHELF}${name}.json`, "utf8");
}
