import { HISTORY_RULE } from "./compare-history.ts";
import type { RuleDocs, Severity } from "./finding.ts";
import { LEDGER_RULES } from "./ledger.ts";
import type { Rule } from "./rule.ts";
import { rule as deadGuard } from "./rules/dead-guard.ts";
import { rule as deadPlaceholder } from "./rules/dead-placeholder.ts";
import { rule as fabricatedSuccess } from "./rules/fabricated-success.ts";
import { rule as foreignKey } from "./rules/foreign-key.ts";
import { rule as inertImplementation } from "./rules/inert-implementation.ts";
import { rule as legacySurface } from "./rules/legacy-surface.ts";
import { rule as lostEffect } from "./rules/lost-effect.ts";
import { rule as manualMarker } from "./rules/manual-marker.ts";
import { rule as nullObject } from "./rules/null-object.ts";
import { rule as orphanHandler } from "./rules/orphan-handler.ts";
import { rule as paperKill } from "./rules/paper-kill.ts";
import { rule as registrationLeak } from "./rules/registration-leak.ts";
import { rule as registryKeyMismatch } from "./rules/registry-key-mismatch.ts";
import { rule as registryWithoutProducer } from "./rules/registry-without-producer.ts";
import { rule as tombstone } from "./rules/tombstone.ts";
import { rule as undefinedCall } from "./rules/undefined-call.ts";
import { rule as unprovenTest } from "./rules/unproven-test.ts";
import { rule as unsoundWait } from "./rules/unsound-wait.ts";
import { rule as vacuousTest } from "./rules/vacuous-test.ts";
import { SKIPPED_RULE } from "./skipped-since.ts";
import { SUPPRESSION_RULES } from "./suppressions.ts";

/** Every rule over the facts, sorted by id. A test compares this list with the folder. */
export const RULES: readonly Rule[] = [
  deadGuard,
  deadPlaceholder,
  fabricatedSuccess,
  foreignKey,
  inertImplementation,
  legacySurface,
  lostEffect,
  manualMarker,
  nullObject,
  orphanHandler,
  paperKill,
  registrationLeak,
  registryKeyMismatch,
  registryWithoutProducer,
  tombstone,
  undefinedCall,
  unprovenTest,
  unsoundWait,
  vacuousTest,
];

export interface RuleDescription {
  readonly id: string;
  readonly severity: Severity;
  readonly fixable: boolean;
  readonly docs: RuleDocs;
}

/** What `explain`, the config and the reports know about rules, those about the gate's own exceptions included; sorted. */
export function listRules(): readonly RuleDescription[] {
  return [...RULES, HISTORY_RULE, SKIPPED_RULE, ...SUPPRESSION_RULES, ...LEDGER_RULES]
    .map(({ id, severity, fixable, docs }) => ({ id, severity, fixable, docs }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
