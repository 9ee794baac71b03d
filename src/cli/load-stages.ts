import type { Stages } from "./stages.ts";

/** The real stages, each loaded at its first use. */
export function loadStages(): Stages {
  const runMigrate: Stages["runMigrate"] = async (options) =>
    (await import("../pipeline.ts")).runMigrate(options);
  return {
    runMigrate,
    runCheck: async (options) => (await import("../pipeline.ts")).runCheck(options),
    listRules: async () => (await import("../check/load-rules.ts")).listRules(),
    listReasons: async () => (await import("../plan/reasons.ts")).REASONS,
    addRegistry: async (options) => (await import("./add-registry.ts")).addRegistry(options, runMigrate),
    verifyRegistry: async (file) => (await import("./verify-registry.ts")).verifyRegistry(file),
    plantedViolationFound: async () =>
      (await import("../doctor/planted-violation.ts")).plantedViolationFound(),
  };
}
