import * as v from "valibot";
import { parseJson } from "../config/parse-json.ts";
import { validateShape } from "../config/validate-shape.ts";

/** One accepted finding. Who answers for it, where it is discussed, and when it ends. */
export interface LedgerEntry {
  /** identity of the finding, as the JSON report gives it */
  readonly fingerprint: string;
  readonly rule: string;
  /** `file#function` of the finding */
  readonly symbol: string;
  /** URL of the issue that will mend it */
  readonly issue: string;
  readonly owner: string;
  /** last day on which it is accepted, YYYY-MM-DD */
  readonly expires: string;
  /** 1-based line in the ledger's file */
  readonly line: number;
}

export interface Ledger {
  /** posix path relative to the root, for findings about the ledger */
  readonly path: string;
  readonly entries: readonly LedgerEntry[];
}

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const day = v.pipe(
  text,
  v.check((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value), "must be a day as YYYY-MM-DD"),
);
const ledgerFile = v.strictObject({
  schemaVersion: v.literal(1),
  accepted: v.array(
    v.strictObject({
      fingerprint: text,
      rule: text,
      symbol: v.pipe(text, v.includes("#", "must be FILE#FUNCTION")),
      issue: v.pipe(
        text,
        v.check((value) => /^https?:\/\/\S+$/.test(value), "must be the URL of an issue"),
      ),
      owner: text,
      expires: day,
    }),
  ),
});

function isDay(value: string): boolean {
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/**
 * Reads a ledger. Every entry must name an issue, an owner and a day.
 * @param content the file's text
 * @param path    its path relative to the root
 * @throws UserError when it is no ledger
 */
export function parseLedger(content: string, path: string): Ledger {
  const { accepted } = validateShape(ledgerFile, parseJson(content, path), path);
  const lines = content.split(/\r\n|\n|\r/);
  const used = new Set<number>();
  const lineOf = (fingerprint: string): number => {
    const quoted = JSON.stringify(fingerprint);
    const at = lines.findIndex((line, index) => !used.has(index) && line.includes(quoted));
    if (at >= 0) used.add(at);
    return at < 0 ? 1 : at + 1;
  };
  return { path, entries: accepted.map((entry) => ({ ...entry, line: lineOf(entry.fingerprint) })) };
}

/** The text of a ledger: one sorted line for each entry, so that branches merge without conflicts. */
export function formatLedger(entries: readonly Omit<LedgerEntry, "line">[]): string {
  const rows = entries.map(({ rule, symbol, fingerprint, issue, owner, expires }) =>
    JSON.stringify({ rule, symbol, fingerprint, issue, owner, expires }),
  );
  const list = rows.length === 0 ? "[]" : `[\n    ${[...new Set(rows)].sort().join(",\n    ")}\n  ]`;
  return `{\n  "schemaVersion": 1,\n  "accepted": ${list}\n}\n`;
}
