import type { SessionKeyRule } from "./migration.ts";

/** The canonical form that the store's normaliser gives a key; null where the rule does not decide. */
export function canonicalSessionKey(
  rule: SessionKeyRule,
  raw: string,
  agent = rule.defaultAgent,
): string | null {
  const key = raw.trim().toLowerCase();
  if (rule.unscoped.includes(key)) return key;
  if (key.startsWith(rule.prefix)) return isCanonical(rule, key) ? key : null;
  if (key === "" || /\s/.test(key)) return null;
  return `${rule.prefix}${agent}:${key}`;
}

/** True for a key that the normaliser leaves as it is. */
export function isCanonical(rule: SessionKeyRule, key: string): boolean {
  return (
    rule.unscoped.includes(key) ||
    (key.startsWith(rule.prefix) &&
      key === key.trim().toLowerCase() &&
      /^[^:\s]+:[^\s]+$/.test(key.slice(rule.prefix.length)))
  );
}
