import type { Finding, SuppressedFinding } from "./finding.ts";
import type { Ledger, LedgerEntry } from "./parse-ledger.ts";
import { compareFindings, type PolicyRule } from "./suppressions.ts";

export const LEDGER_RULES: readonly PolicyRule[] = [
  {
    id: "ledger-expired",
    severity: "error",
    fixable: false,
    docs: {
      what: "An entry of the ledger is past its day, and the finding that it accepted is still there.",
      why: "Accepted debt without an end is a gate that was switched off.",
      fix: "Mend the finding and delete the entry, or agree on a new day in the entry's issue.",
    },
  },
  {
    id: "ledger-stale",
    severity: "error",
    fixable: false,
    docs: {
      what: "An entry of the ledger matches no finding any more, or stands in it twice.",
      why: "Left in place it would accept the next regression of the same shape without a review.",
      fix: "Delete the entry.",
    },
  },
  {
    id: "ledger-swap",
    severity: "error",
    fixable: false,
    docs: {
      what: "An entry's finding is gone while a new one of the same rule appeared: one debt was exchanged for another.",
      why: "Equal counts hide this; the new finding was never accepted by anybody.",
      fix: "Mend the new finding; delete the entry of the old one.",
    },
  },
];

export interface LedgerOutcome {
  /** findings that stay, with those about the ledger itself, sorted */
  readonly findings: Finding[];
  readonly suppressed: SuppressedFinding[];
}

/**
 * Takes out the findings that the ledger accepts, by identity: rule, symbol and fingerprint must all agree. What a rule
 * with accepted debt finds beyond it is growth and fails, whatever the rule's own severity is. Pure.
 * @param today YYYY-MM-DD; an entry is good through its day
 */
export function applyLedger(findings: readonly Finding[], ledger: Ledger, today: string): LedgerOutcome {
  const waiting = new Map<string, LedgerEntry>();
  const complaints: Finding[] = [];
  for (const entry of ledger.entries) {
    const identity = identityOf(entry.rule, entry.symbol, entry.fingerprint);
    if (waiting.has(identity))
      complaints.push(
        complaint(
          "ledger-stale",
          ledger,
          entry,
          `The entry for ${nameOf(entry)} stands in the ledger twice. Delete one.`,
        ),
      );
    else waiting.set(identity, entry);
  }

  const frozen = new Set(ledger.entries.map(({ rule }) => rule));
  const accepted = new Set(waiting.values());
  const suppressed: SuppressedFinding[] = [];
  const left: Finding[] = [];
  for (const finding of findings) {
    const entry = waiting.get(identityOf(finding.rule, symbolOf(finding), finding.fingerprint));
    if (entry === undefined) {
      left.push(finding);
      continue;
    }
    accepted.delete(entry);
    if (entry.expires < today) {
      left.push(finding);
      complaints.push(
        complaint(
          "ledger-expired",
          ledger,
          entry,
          `${nameOf(entry)} was accepted until ${entry.expires} and is still there. ${entry.owner} answers for it: ${entry.issue}`,
        ),
      );
    } else {
      const reason = `${entry.issue} (${entry.owner}, until ${entry.expires})`;
      suppressed.push({ ...finding, suppressedBy: { kind: "ledger", reason } });
    }
  }

  const expired = new Set(ledger.entries.filter(({ expires }) => expires < today));
  const fresh = left.filter((finding) => !isExpiredHit(finding, waiting, expired));
  for (const entry of accepted) complaints.push(unmatched(entry, ledger, fresh));
  const grown = left.map((finding) =>
    frozen.has(finding.rule) && fresh.includes(finding) ? asGrowth(finding, ledger) : finding,
  );
  return {
    findings: [...grown, ...complaints].sort(compareFindings),
    suppressed: suppressed.sort(compareFindings),
  };
}

/** The symbol under which the ledger knows a finding. */
export function symbolOf(finding: Pick<Finding, "file" | "function">): string {
  return `${finding.file}#${finding.function}`;
}

function identityOf(rule: string, symbol: string, fingerprint: string): string {
  return `${rule}\0${symbol}\0${fingerprint}`;
}

function isExpiredHit(
  finding: Finding,
  entries: ReadonlyMap<string, LedgerEntry>,
  expired: ReadonlySet<LedgerEntry>,
): boolean {
  const entry = entries.get(identityOf(finding.rule, symbolOf(finding), finding.fingerprint));
  return entry !== undefined && expired.has(entry);
}

/** An entry without its finding: exchanged for a new one nearby, or just stale. */
function unmatched(entry: LedgerEntry, ledger: Ledger, fresh: readonly Finding[]): Finding {
  const same = fresh.filter(({ rule }) => rule === entry.rule);
  const near =
    same.find((finding) => symbolOf(finding) === entry.symbol) ??
    same.find(({ file }) => file === fileOf(entry.symbol)) ??
    same.find(({ fingerprint }) => fingerprint === entry.fingerprint);
  if (near === undefined)
    return complaint(
      "ledger-stale",
      ledger,
      entry,
      `Nothing matches the entry for ${nameOf(entry)} any more. Delete it.`,
    );
  return complaint(
    "ledger-swap",
    ledger,
    entry,
    `${nameOf(entry)} is gone, and ${symbolOf(near)} has a new finding of the same rule, which nobody accepted. Mend it, and delete this entry.`,
    [{ file: near.file, line: near.line, note: "the new finding" }],
  );
}

function asGrowth(finding: Finding, ledger: Ledger): Finding {
  const count = ledger.entries.filter(({ rule }) => rule === finding.rule).length;
  const note = `the ledger accepts ${count} of ${finding.rule}; this one is new`;
  return {
    ...finding,
    severity: "error",
    evidence: [...finding.evidence, { file: ledger.path, line: 1, note }],
  };
}

function complaint(
  rule: string,
  ledger: Ledger,
  entry: LedgerEntry,
  message: string,
  evidence: Finding["evidence"] = [],
): Finding {
  return {
    rule,
    severity: "error",
    file: ledger.path,
    line: entry.line,
    column: 1,
    endLine: entry.line,
    endColumn: 1,
    message,
    evidence,
    fingerprint: `${rule}:${entry.rule}:${entry.symbol}:${entry.fingerprint}`,
    fixable: false,
    function: "<module>",
  };
}

function nameOf(entry: LedgerEntry): string {
  return `${entry.rule} in ${entry.symbol}`;
}

function fileOf(symbol: string): string {
  return symbol.slice(0, symbol.lastIndexOf("#"));
}
