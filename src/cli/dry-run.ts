import type { CliContext } from "./context.ts";

/** Whether the caller forbids writing, as multi-gitter and others do with DRY_RUN=true. */
export function isDryRun(env: CliContext["env"]): boolean {
  const value = env["DRY_RUN"]?.trim().toLowerCase() ?? "";
  return !["", "0", "false", "no", "off"].includes(value);
}
