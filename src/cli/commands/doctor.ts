import { resolveRoot } from "../../discover/resolve-root.ts";
import { neutralise } from "../../report/escape-text.ts";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../exit-codes.ts";
import { useColor } from "../use-color.ts";
import { writeText } from "../write-text.ts";

/** `rewire-abort doctor [root]` */
export async function doctor(
  root: string,
  flags: { readonly quiet?: boolean; readonly color: boolean },
  context: CliContext,
): Promise<ExitCode> {
  const realRoot = resolveRoot(root);
  const [{ examineGate }, { default: picocolors }] = await Promise.all([
    import("../../doctor/examine-gate.ts"),
    import("picocolors"),
  ]);
  const { checks, verdict, exitCode } = await examineGate(realRoot, context.stages.plantedViolationFound);
  if (flags.quiet) return exitCode;
  const { green, red, yellow, dim, bold } = picocolors.createColors(
    useColor(context.stdout, context.env, flags.color),
  );
  const marks = {
    ok: green("ok     "),
    problem: red("problem"),
    note: yellow("note   "),
    unknown: yellow("unknown"),
  };
  const lines = checks.map(({ status, message, place }) => {
    const where = place === null ? "" : dim(` ${neutralise(place.file)}:${place.line}`);
    return `${marks[status]} ${neutralise(message)}${where}`;
  });
  await writeText(context.stdout, `${[...lines, "", bold(verdict), ""].join("\n")}`);
  return exitCode;
}
