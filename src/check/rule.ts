import type { Analysis } from "../analyze/analysis.ts";
import type { Migration } from "../migration/migration.ts";
import type { Evidence, Span } from "../shared/location.ts";
import type { RuleDocs, Severity } from "./finding.ts";

/** What a rule says about one place; `runRules` makes the finding of it. */
export interface Violation {
  readonly file: string;
  /** 1-based */
  readonly line: number;
  readonly column: number;
  readonly span: Span;
  /** name of the enclosing function, or "<module>" */
  readonly function: string;
  readonly message: string;
  readonly evidence?: readonly Evidence[];
  /** in place of the rule's own */
  readonly severity?: Severity;
  readonly fixable?: boolean;
  /** what stays the same when the code around it moves. @default the source text of the span, without white space */
  readonly shape?: string;
}

/** One thing that `check` looks for: metadata first, then the question to the facts. */
export interface Rule {
  /** also the file's name and the folder of its fixtures */
  readonly id: string;
  readonly severity: Severity;
  /** `migrate` mends what it finds, in general */
  readonly fixable: boolean;
  readonly docs: RuleDocs;
  /** Pure: the same facts give the same violations. */
  check(analysis: Analysis, migration: Migration): readonly Violation[];
}

/** Types a rule where it is written; there is nothing to register besides the line in load-rules.ts. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** The place of a fact, as a violation starts with it. */
export function placeOf(
  fact: Pick<Violation, "file" | "line" | "column" | "span" | "function">,
): Pick<Violation, "file" | "line" | "column" | "span" | "function"> {
  const { file, line, column, span } = fact;
  return { file, line, column, span, function: fact.function };
}
