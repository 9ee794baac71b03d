import type { ConformanceCase } from "./conformance-case.ts";

/** What a registry with the known holes must fail. */
export const BASELINE_FAILURES = ["A08", "A13", "A25", "A27", "A39", "A42", "A44"] as const;

/** A55: the suite itself. The supervisor runs it, since it runs other cases. */
export const selfCheckCases: readonly ConformanceCase[] = [
  {
    id: "A55",
    title: "a registry with the known holes fails this suite on this machine",
    protectsFrom: "a suite that passes everything",
    run(context) {
      context.notApplicable("runs in the supervisor");
    },
  },
];
