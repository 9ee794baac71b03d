import {
  RegistryModuleError,
  renderConformanceTable,
  runConformance,
} from "../registry/conformance/index.ts";
import { UserError } from "../shared/errors.ts";
import type { VerifyRegistryOutcome } from "./stages.ts";

/**
 * Runs the conformance suite against a module. Its code is executed.
 * @param file absolute path
 * @throws UserError when the module cannot be loaded, which is no verdict about it
 */
export async function verifyRegistry(file: string): Promise<VerifyRegistryOutcome> {
  try {
    const report = await runConformance(file);
    return { ok: report.ok, lines: renderConformanceTable(report).trimEnd().split("\n"), report };
  } catch (error) {
    if (error instanceof RegistryModuleError)
      throw new UserError(
        `The registry could not be tested: ${error.message}.`,
        "Check the path, and that Node can load it.",
      );
    throw error;
  }
}
