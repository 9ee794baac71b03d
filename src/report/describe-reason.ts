import { REASONS, type ReasonDocs } from "../plan/reasons.ts";

/** What a reason code means and what to do, or null for a code that this version does not know. */
export function describeReason(code: string | null): ReasonDocs | null {
  const docs: Readonly<Record<string, ReasonDocs>> = REASONS;
  return code !== null && Object.hasOwn(docs, code) ? docs[code]! : null;
}
