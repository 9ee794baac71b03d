import type { API, FileInfo, Options } from "jscodeshift";
import type { PlannedStep } from "../../src/plan/plan.ts";
import { applyEdits, type Edit } from "../../src/shared/location.ts";
import { askAnalysis } from "./ask-analysis.ts";
import { SyntaxFinder } from "./syntax-finder.ts";

/** A step does not fit the code it was planned for: nothing of its cluster is applied. */
export class StepMismatchError extends Error {
  override readonly name = "StepMismatchError";
  constructor(
    readonly step: PlannedStep,
    why: string,
  ) {
    super(`${step.transform} at ${step.start}: ${why}`);
  }
}

/** Turns the steps of one file into edits of its original text; every other byte stays. */
export type StepEdits = (steps: readonly PlannedStep[], finder: SyntaxFinder) => Edit[];

/** A jscodeshift transform that also tells its edits, so that several can be joined without a reprint. */
export type SpanTransform = ((file: FileInfo, api: API, options: Options) => Promise<string | undefined>) & {
  readonly transformId: string;
  /** @throws StepMismatchError when the code is not what the step expects */
  editsOf(source: string, path: string, steps: readonly PlannedStep[]): Edit[];
};

/**
 * Defines a standard jscodeshift transform. With `options.steps` it carries those out; without, it asks
 * the same analysis about this one file.
 */
export function defineTransform(transformId: string, edits: StepEdits): SpanTransform {
  const editsOf = (source: string, path: string, steps: readonly PlannedStep[]): Edit[] => {
    const own = steps.filter((step) => step.transform === transformId);
    if (own.length === 0) return [];
    for (const step of own)
      if (source.slice(step.start, step.end) !== step.expect)
        throw new StepMismatchError(step, "the text there has changed since the plan");
    return edits(own, SyntaxFinder.of(source, path));
  };
  const transform = async (file: FileInfo, _api: API, options: Options): Promise<string | undefined> => {
    const steps =
      (options["steps"] as readonly PlannedStep[] | undefined) ?? (await askAnalysis(file.path, file.source));
    const found = editsOf(file.source, file.path, steps);
    return found.length > 0 ? applyEdits(file.source, found) : undefined;
  };
  return Object.assign(transform, { transformId, editsOf });
}
