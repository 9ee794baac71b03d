import { UserError } from "../shared/errors.ts";
import type { Stages } from "./stages.ts";

// Modules that are still to come; a literal specifier replaces each as it arrives.
const PIPELINE: string = "../pipeline.ts";
const RULES: string = "../check/load-rules.ts";

/** The real stages, each loaded at its first use. */
export function loadStages(): Stages {
  const runMigrate: Stages["runMigrate"] = async (options) =>
    (await load<Pick<Stages, "runMigrate">>(PIPELINE)).runMigrate(options);
  return {
    runMigrate,
    runCheck: async (options) => (await load<Pick<Stages, "runCheck">>(PIPELINE)).runCheck(options),
    listRules: async () => (await load<Pick<Stages, "listRules">>(RULES)).listRules(),
    listReasons: async () => (await import("../plan/reasons.ts")).REASONS,
    addRegistry: async (options) => (await import("./add-registry.ts")).addRegistry(options, runMigrate),
    verifyRegistry: async (file) => (await import("./verify-registry.ts")).verifyRegistry(file),
    plantedViolationFound: async () =>
      (await import("../doctor/planted-violation.ts")).plantedViolationFound(),
  };
}

async function load<Module>(specifier: string): Promise<Module> {
  try {
    return (await import(specifier)) as Module;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND")
      throw new UserError(
        `This build of rewire-abort has no ${specifier.replace(/^\.\.\//, "").replace(/\.ts$/, "")}.`,
      );
    throw error;
  }
}
