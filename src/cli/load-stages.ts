import { setFlagsFromString } from "node:v8";
import type { Stages } from "./stages.ts";

/** The real stages, each loaded at its first use. */
export function loadStages(): Stages {
  const runMigrate: Stages["runMigrate"] = async (options) => {
    // Two analyses are held at once when the result is verified. Left to itself the heap may become four times as large
    // as what it holds before the first collection; this makes for more of them, which a migration has the time for.
    setFlagsFromString("--heap-growing-percent=20");
    return (await import("../pipeline.ts")).runMigrate(options);
  };
  return {
    runMigrate,
    runCheck: async (options) => {
      optimizeLess();
      return (await import("../pipeline.ts")).runCheck(options);
    },
    listRules: async () => (await import("../check/load-rules.ts")).listRules(),
    listReasons: async () => (await import("../plan/reasons.ts")).REASONS,
    addRegistry: async (options) => (await import("./add-registry.ts")).addRegistry(options, runMigrate),
    verifyRegistry: async (file) => (await import("./verify-registry.ts")).verifyRegistry(file),
    plantedViolationFound: async () =>
      (await import("../doctor/planted-violation.ts")).plantedViolationFound(),
  };
}

/**
 * A check is over within seconds: what is optimized early, or with all that it calls, does not run for long enough to pay
 * for it, and the thread that optimizes takes its time from the scan. V8 12 has a compiler of its own for that (Maglev).
 */
function optimizeLess(): void {
  if (Number.parseInt(process.versions.v8, 10) >= 12) return;
  setFlagsFromString("--interrupt-budget=264000");
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=400");
}
