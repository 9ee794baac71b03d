import { createHash } from "node:crypto";
import type { Finding } from "../check/finding.ts";

/** A fingerprint as CI systems store it: short, and without text of the repository. */
export function hashFingerprint(fingerprint: string): string {
  return createHash("sha256").update(fingerprint).digest("hex").slice(0, 32);
}

/** One for each finding, with its occurrence: systems fold findings with equal fingerprints into one. */
export function hashFingerprints(findings: readonly Finding[]): string[] {
  const seen = new Map<string, number>();
  return findings.map(({ fingerprint }) => {
    const occurrence = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, occurrence);
    return `${hashFingerprint(fingerprint)}:${occurrence}`;
  });
}
