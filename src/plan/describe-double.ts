import type { Analysis } from "../analyze/analysis.ts";
import type { DoubleName } from "../analyze/doubles/double-facts.ts";
import { legacyWord } from "../migration/double-names.ts";
import type { Migration } from "../migration/migration.ts";
import type { Span } from "../shared/location.ts";
import { siteId } from "./decide-calls.ts";
import { asSite, type DoubleDecisions, renamed } from "./decide-doubles.ts";
import type { SiteDecision } from "./plan.ts";

/**
 * The report's view of what tests do with the legacy functions: each name gets its group's decision; a name that stands
 * inside of a longer one is a site of its own.
 */
export class DoubleDescriber {
  readonly #byFile = new Map<string, DoubleName[]>();
  readonly #described = new Set<DoubleName>();

  constructor(
    readonly analysis: Analysis,
    readonly migration: Migration,
    readonly decisions: DoubleDecisions,
  ) {
    for (const name of analysis.doubles().names)
      this.#byFile.set(name.file, [...(this.#byFile.get(name.file) ?? []), name]);
  }

  /**
   * A site of a test file with the decision about the name in its span; the site as it is when none is known. What
   * reads a double by a name of the test's own is no site: that name stays.
   */
  decided(site: SiteDecision, span: Span): SiteDecision[] {
    const own = legacyWord(this.migration, site.callee) === undefined;
    if (own && site.kind !== "wrapper" && (this.#byFile.get(site.file)?.length ?? 0) > 0) return [];
    const name = this.#byFile
      .get(site.file)
      ?.find(
        (one) => span.start <= one.span.start && one.span.end <= span.end && one.word.name === site.callee,
      );
    if (!name) return [site];
    this.#described.add(name);
    return [{ ...site, ...this.#outcome(name) }];
  }

  /** Names that are no site yet. */
  remaining(): SiteDecision[] {
    return [...this.#byFile.values()].flat().flatMap((name) =>
      this.#described.has(name)
        ? []
        : [
            {
              id: siteId(asSite(name)),
              file: name.file,
              line: name.line,
              column: name.column,
              function: name.function,
              callee: name.word.name,
              argument: null,
              kind: name.asserted ? "assertion" : "mock",
              key: null,
              rejected: [],
              ...this.#outcome(name),
            },
          ],
    );
  }

  #outcome(
    name: DoubleName,
  ): Pick<SiteDecision, "decision" | "reason" | "confidence" | "replacement" | "cluster" | "evidence"> {
    const decision = this.decisions.get(name);
    const cluster = decision?.cluster ?? `${name.file}:${name.line}:${name.column}`;
    const left = { confidence: null, replacement: null, cluster, evidence: decision?.evidence ?? [] };
    if (!decision && name.tie === "option")
      return {
        ...left,
        evidence: [
          {
            file: name.file,
            line: name.line,
            note: `an option of the tests' own helper: ${name.text} is their name for it, and stays`,
          },
        ],
        decision: "keep",
        reason: "other-function",
      };
    if (!decision)
      return {
        ...left,
        decision: "keep",
        reason: name.tie === "engine" ? "legacy-definition" : "other-function",
      };
    if (decision.mode === "refused") return { ...left, decision: "manual", reason: decision.reason };
    // Where both engines are asked, only what gives the registry a double of its own changes.
    const doubles =
      name.tie === "key" ||
      (decision.to !== null &&
        (name.tie === "helper-key" || name.tie === "spy" || (name.tie === "import" && name.setup !== null)));
    if (decision.mode === "keep" || (decision.mode === "both" && !doubles))
      return { ...left, decision: "keep", reason: decision.reason ?? "still-used" };
    return {
      ...left,
      decision: "rewrite",
      reason: null,
      confidence: "proven",
      replacement: decision.to === null ? decision.toAllRuns : renamed(this.decisions, name),
    };
  }
}
