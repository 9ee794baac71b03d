import { UserError } from "../shared/errors.ts";

/** One `--format NAME[=FILE]`. */
export interface FormatRequest {
  readonly name: string;
  /** as typed; null means a standard stream */
  readonly file: string | null;
}

/** Where everything that a run says goes. */
export interface OutputPlan {
  /** the format that has stdout to itself, or null when no machine format goes there */
  readonly stdout: string | null;
  readonly files: readonly { readonly name: string; readonly file: string }[];
  /** where the terminal report goes; null with `--quiet` unless it was asked for */
  readonly terminal: "stdout" | "stderr" | null;
}

const TERMINAL = "terminal";

/**
 * Shares the streams out: a machine format on stdout is alone there, and the terminal report moves to stderr.
 * @param requests values of `--format`
 * @param known    names of the reporters
 * @throws UserError for an unknown format, an empty file name, the same file twice, or two formats for stdout
 */
export function planOutputs(
  requests: readonly string[],
  known: readonly string[],
  quiet: boolean,
): OutputPlan {
  const parsed = requests.map((request) => parseFormat(request, known));
  const machine = parsed.filter(({ name, file }) => file === null && name !== TERMINAL);
  if (machine.length > 1)
    throw new UserError(
      `--format ${machine[0]!.name} and --format ${machine[1]!.name} cannot both go to standard output.`,
      `Give all but one a file: --format ${machine[1]!.name}=FILE.`,
    );
  const files = parsed.flatMap(({ name, file }) => (file === null ? [] : [{ name, file }]));
  const asked = parsed.some(({ name, file }) => file === null && name === TERMINAL);
  const stdout = machine[0]?.name ?? null;
  const terminal = quiet && !asked ? null : stdout === null ? "stdout" : "stderr";
  return { stdout, files, terminal };
}

function parseFormat(request: string, known: readonly string[]): FormatRequest {
  const at = request.indexOf("=");
  const name = at < 0 ? request : request.slice(0, at);
  if (!known.includes(name))
    throw new UserError(
      `There is no format named ${JSON.stringify(name)} here.`,
      `Use one of: ${known.join(", ")}.`,
    );
  if (at < 0) return { name, file: null };
  const file = request.slice(at + 1);
  if (file === "")
    throw new UserError(
      `--format ${request} names no file.`,
      `Write --format ${name}=FILE, or --format ${name} for standard output.`,
    );
  return { name, file };
}
