import { UserError } from "../shared/errors.ts";
import type { Reporter } from "./reporter.ts";

/** One line for each file in `reporters/`; a test fails when one is missing. Each is loaded when it is asked for. */
const REPORTERS: Readonly<Record<string, () => Promise<{ readonly default: Reporter }>>> = {
  github: () => import("./reporters/github.ts"),
  gitlab: () => import("./reporters/gitlab.ts"),
  html: () => import("./reporters/html.ts"),
  json: () => import("./reporters/json.ts"),
  junit: () => import("./reporters/junit.ts"),
  markdown: () => import("./reporters/markdown.ts"),
  sarif: () => import("./reporters/sarif.ts"),
  terminal: () => import("./reporters/terminal.ts"),
};

/** Names that `--format` takes, sorted. */
export function listReporters(): readonly string[] {
  return Object.keys(REPORTERS);
}

/**
 * Loads one reporter.
 *
 * @param name a name of `listReporters()`
 * @throws UserError for any other name
 */
export async function getReporter(name: string): Promise<Reporter> {
  if (!Object.hasOwn(REPORTERS, name))
    throw new UserError(
      `There is no format named ${JSON.stringify(name)}.`,
      `Use one of: ${listReporters().join(", ")}.`,
    );
  return (await REPORTERS[name]!()).default;
}
