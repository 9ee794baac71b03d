import type { AlignedRevisions } from "../analyze/effects/align-functions.ts";
import type { EffectPlace } from "../analyze/effects/effect-facts.ts";
import type { LostEffect } from "../analyze/effects/find-lost-effects.ts";
import type { Revival } from "../analyze/revive/revival.ts";
import type { Workspace } from "../discover/workspace.ts";
import { legacyNames, type Migration } from "../migration/migration.ts";
import type { Finding, RuleDocs, Severity } from "./finding.ts";
import { openRevision } from "./open-revision.ts";
import { compareFindings } from "./suppressions.ts";

/** The rule behind `check --history REF`; it needs two revisions, so it is no rule over the facts of one. */
export const HISTORY_RULE: {
  readonly id: string;
  readonly severity: Severity;
  readonly fixable: false;
  readonly docs: RuleDocs;
} = {
  id: "lost-since",
  severity: "error",
  fixable: false,
  docs: {
    what: "A function killed, awaited or counted runs in the revision that --history names, and does not now.",
    why: "The cleanest deletions leave nothing to match. What a function did when it was alive is the best record of what it owes.",
    fix: "Put the registry's call back where the old call stood, with the session's key; the evidence shows the old call.",
  },
};

/**
 * Compares the workspace with an earlier revision of it.
 * @throws UserError when the revision cannot be read: that is never a pass
 */
export async function compareHistory(
  workspace: Workspace,
  ref: string,
  migration: Migration,
): Promise<Finding[]> {
  const { findLostEffects, findTombstonesOf } = await import("../analyze/effects/find-lost-effects.ts");
  const revisions = await alignWith(workspace, ref, migration);
  return [
    ...findLostEffects(revisions).map((lost) => describe(lost, ref)),
    ...findTombstonesOf(revisions).map(describeTombstone),
  ].sort(compareFindings);
}

/**
 * What functions of an earlier revision killed and awaited, as edits that put it back.
 * @throws UserError when the revision cannot be read
 */
export async function reviveFromHistory(
  workspace: Workspace,
  ref: string,
  migration: Migration,
): Promise<Revival[]> {
  const { findLostStatements } = await import("../analyze/revive/lost-statements.ts");
  return findLostStatements(await alignWith(workspace, ref, migration));
}

async function alignWith(workspace: Workspace, ref: string, migration: Migration): Promise<AlignedRevisions> {
  const { alignFunctions } = await import("../analyze/effects/align-functions.ts");
  const { kill, wait, killAll, waitAll } = migration.registry;
  const replacements = migration.legacy.flatMap(({ replacement }) => replacement ?? []);
  const words = new Set([...legacyNames(migration), ...replacements, kill, wait, killAll, waitAll]);
  const before = openRevision(workspace.root, ref, [...words]);
  return alignFunctions(before, workspace, migration, before.renamed);
}

function describe(
  { file, line, column, span, name, effect, call, evidence, isGone }: LostEffect,
  ref: string,
): Finding {
  return {
    rule: HISTORY_RULE.id,
    severity: HISTORY_RULE.severity,
    file,
    line,
    column,
    endLine: line,
    endColumn: column + (span.end - span.start),
    message: `In ${ref}, ${name} called ${call}; now ${
      isGone
        ? "nothing of that name is left. Show what took its place, or accept it in the ledger."
        : effect === "question"
          ? "it does not ask any more, and goes on as if it knew. Ask the registry."
          : `it reaches no ${effect}. Put the registry's call back, with the session's key.`
    }`,
    evidence,
    fingerprint: `${HISTORY_RULE.id}:${file}#${name}:${effect === "question" ? call.replace(/\s+/g, "") : effect}:1`,
    fixable: false,
    function: name,
  };
}

function describeTombstone({ file, line, column, span, function: name }: EffectPlace): Finding {
  return {
    rule: "tombstone",
    severity: "info",
    file,
    line,
    column,
    endLine: line,
    endColumn: column + (span.end - span.start),
    message: `This comment tells what ${name} lost. Put the registry's call back here, and delete the comment.`,
    evidence: [],
    fingerprint: `tombstone:${file}#${name}:history:1`,
    fixable: false,
    function: name,
  };
}
