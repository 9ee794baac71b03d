import { readFileSync } from "node:fs";
import { checkWords } from "../../src/migration/migration.ts";
import { analyze } from "../../src/analyze/analyze.ts";
import { discover } from "../../src/discover/discover.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import type { SiteDecision } from "../../src/plan/plan.ts";
import { sameKey } from "../helpers/key-cases.ts";

/** One call that was read by hand. */
export interface OracleRow {
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly callee: string;
  readonly decision: "rewrite" | "keep" | "manual";
  readonly key: string | null;
  readonly alternatives: readonly string[];
  readonly traps: readonly string[];
}

export type Outcome = "right" | "refused" | "wrong";

export interface ScoredRow {
  readonly category: string;
  readonly outcome: Outcome;
  /** for a person: what was expected and what came */
  readonly words: string;
}

export interface Score {
  readonly rows: readonly ScoredRow[];
  /** rewrites at places without a row of their own (predicates) whose key no row of the same flow names */
  readonly unread: readonly string[];
}

/** Plans a checkout in memory and compares every decision with the rows that were read by hand. */
export function scoreCheckout(root: string, oracle: string): Score {
  const { rows } = JSON.parse(readFileSync(oracle, "utf8")) as { rows: OracleRow[] };
  const workspace = discover({ root, words: checkWords(piToSessionRun) });
  const plan = makePlan(analyze(workspace, piToSessionRun), piToSessionRun, {
    minConfidence: "proven",
    settle: true,
  });
  const calls = plan.sites.filter((site) => site.kind === "call");
  const known = new Set(rows.map(place));
  const read = calls.flatMap((site) =>
    rows.filter((row) => place(row) === place(site)).map((row) => ({ site, row })),
  );
  // A predicate has no row of its own; it shares the key of its function's or its flow's abort.
  const followsRow = (found: SiteDecision): boolean =>
    read.some(
      ({ site, row }) =>
        (site.cluster === found.cluster || (site.file === found.file && site.function === found.function)) &&
        isRightKey(row, found),
    );
  return {
    rows: rows.map((row) =>
      scoreRow(
        row,
        calls.find((site) => place(site) === place(row)),
      ),
    ),
    unread: calls
      .filter((site) => site.decision === "rewrite" && site.key !== null && !known.has(place(site)))
      .filter((site) => !followsRow(site))
      .map((site) => `${place(site)} ${site.key}`),
  };
}

export function scoreRow(row: OracleRow, site: SiteDecision | undefined): ScoredRow {
  const came = site ? `${site.decision} ${site.key ?? site.reason ?? ""}`.trim() : "not seen";
  const scored = (outcome: Outcome): ScoredRow => ({
    category: categoryOf(row),
    outcome,
    words: `${place(row)}: wanted ${row.decision} ${row.key ?? ""}, ${came}`,
  });
  if (!site) return scored("wrong");
  if (site.decision !== "rewrite") {
    if (row.decision === "rewrite") return scored("refused");
    return scored(site.decision === row.decision ? "right" : "wrong");
  }
  return scored(row.decision === "rewrite" && isRightKey(row, site) ? "right" : "wrong");
}

function isRightKey(row: OracleRow, site: SiteDecision): boolean {
  return [row.key, ...row.alternatives].some((key) => key !== null && sameKey(key, site.key ?? ""));
}

function place({ file, line, callee }: { file: string; line: number; callee: string }): string {
  return `${file}:${line} ${callee}`;
}

function categoryOf({ decision, callee }: OracleRow): string {
  if (decision === "keep") return "no counterpart";
  if (decision === "manual") return "no key in scope";
  if (callee.startsWith("abort")) return "abort";
  return callee.startsWith("wait") ? "wait" : "is active";
}
