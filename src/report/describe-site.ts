import type { SiteDecision } from "../plan/plan.ts";
import type { Evidence } from "../shared/location.ts";

/** `callee(argument)` as it stands in the source; the name alone where the site is no call. Not neutralised. */
export function describeCall(site: SiteDecision): string {
  return site.argument === null ? site.callee : `${site.callee}(${site.argument})`;
}

/** What stands there afterwards, or null when nothing changes. Not neutralised. */
export function describeReplacement(site: SiteDecision): string | null {
  return site.decision === "rewrite" ? site.replacement : null;
}

/** The proof as one line of hops. A hop in the site's own file is named by its line alone. Not neutralised. */
export function describeProof(site: SiteDecision): string {
  return site.evidence.map((hop) => `${placeOf(hop, site.file)} ${hop.note}`).join(" → ");
}

/** `line 12` in the file itself, else `path:12`. Not neutralised. */
export function placeOf(hop: Evidence, file: string): string {
  return hop.file === file ? `line ${hop.line}` : `${hop.file}:${hop.line}`;
}
