import type { CliContext, OutputStream } from "./context.ts";

/**
 * Whether text for this stream gets colours: `--no-color`, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal.
 * @param wanted false when `--no-color` was given
 */
export function useColor(stream: OutputStream, env: CliContext["env"], wanted: boolean): boolean {
  if (!wanted || isSet(env["NO_COLOR"])) return false;
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
