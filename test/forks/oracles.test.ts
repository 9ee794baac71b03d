import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type Outcome, type OracleRow, type Score, scoreCheckout, scoreRow } from "./score-oracle.ts";

const oracles = fileURLToPath(new URL("../../fixtures/oracles/", import.meta.url));
const forks = process.env.REWIRE_ABORT_FORKS;
const names = readdirSync(oracles)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -".json".length))
  .sort();
const reachable = forks === undefined ? [] : names.filter((name) => existsSync(path.join(forks, name)));

if (forks === undefined)
  console.log("Skipped: REWIRE_ABORT_FORKS names no folder with checkouts (crocbot/, moltbot/, …).");
else if (reachable.length < names.length)
  console.log(`Skipped, no checkout: ${names.filter((name) => !reachable.includes(name)).join(", ")}`);

it.runIf(forks !== undefined)("finds the two forks that the issue names", () => {
  expect(reachable).toEqual(expect.arrayContaining(["crocbot", "moltbot"]));
});

describe("a row is scored", () => {
  const row: OracleRow = {
    file: "a.ts",
    line: 1,
    function: "stop",
    callee: "abortEmbeddedPiRun",
    decision: "rewrite",
    key: "key",
    alternatives: ["params.key"],
    traps: [],
  };
  const site = (decision: string, key: string | null) =>
    ({ file: "a.ts", line: 1, callee: row.callee, decision, key, reason: null }) as never;

  it.each([
    ["right", row, site("rewrite", "key")],
    ["right", row, site("rewrite", "params . key")],
    ["wrong", row, site("rewrite", "otherKey")],
    ["refused", row, site("manual", null)],
    ["wrong", row, undefined],
    ["wrong", { ...row, decision: "manual", key: null }, site("rewrite", "key")],
    ["right", { ...row, decision: "keep", key: null }, site("keep", null)],
    ["wrong", { ...row, decision: "keep", key: null }, site("manual", null)],
  ] as const)("%s", (outcome, expected, found) => {
    expect(scoreRow(expected as OracleRow, found).outcome).toBe(outcome);
  });
});

describe.skipIf(forks === undefined)("keys that a reader gave", () => {
  const table: string[][] = [["repository", "category", "sites", "right", "refused", "wrong"]];
  afterAll(() => console.log(render(table)));

  it.for(names)("%s", (name, { skip }) => {
    skip(!reachable.includes(name), `no checkout in ${forks}/${name}`);
    const score = scoreCheckout(path.join(forks!, name), path.join(oracles, `${name}.json`));
    table.push(...rowsFor(name, score));
    expect(words(score, "wrong")).toEqual([]);
    expect(words(score, "refused")).toEqual([]);
    expect(score.unread, "rewritten at places that nobody read").toEqual([]);
  });
});

function words(score: Score, outcome: Outcome): string[] {
  return score.rows.filter((row) => row.outcome === outcome).map((row) => row.words);
}

function rowsFor(name: string, { rows }: Score): string[][] {
  const categories = [...new Set(rows.map((row) => row.category))].sort();
  const line = (category: string, of: Score["rows"]): string[] => [
    name,
    category,
    `${of.length}`,
    ...(["right", "refused", "wrong"] as const).map(
      (outcome) => `${of.filter((row) => row.outcome === outcome).length}`,
    ),
  ];
  return [
    ...categories.map((category) =>
      line(
        category,
        rows.filter((row) => row.category === category),
      ),
    ),
    line("all", rows),
  ];
}

function render(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
