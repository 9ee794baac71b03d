import { refuseUnknownRules } from "../../config/validate-config.ts";
import type { CliContext } from "../context.ts";
import { emitReport } from "../emit-report.ts";
import type { ExitCode } from "../exit-codes.ts";
import { checkRevision, prepareScan, type ScanFlags } from "./prepare-scan.ts";

export interface CheckFlags extends ScanFlags {
  readonly history?: string;
  readonly policyRef?: string;
  readonly reportOnly?: boolean;
}

/** `rewire-abort check [root]` */
export async function check(root: string, flags: CheckFlags, context: CliContext): Promise<ExitCode> {
  checkRevision("--history", flags.history);
  checkRevision("--policy-ref", flags.policyRef);
  const { common, outputs, progress } = await prepareScan(root, flags, context);
  if (Object.keys(common.config.rules).length > 0) {
    const known = (await context.stages.listRules()).map(({ id }) => id);
    refuseUnknownRules(common.config, known, flags.config ?? "rewire-abort.json");
  }
  try {
    const { result } = await context.stages.runCheck({
      ...common,
      history: flags.history,
      policyRef: flags.policyRef,
      ...(flags.config !== undefined && { configFile: flags.config }),
      ...(flags.include && { askedInclude: flags.include }),
      ...(flags.exclude && { askedExclude: flags.exclude }),
      reportOnly: flags.reportOnly === true,
      today: context.today,
    });
    progress.end();
    await emitReport(result, outputs, flags.color, context);
    return result.summary.exitCode;
  } finally {
    progress.end();
  }
}
