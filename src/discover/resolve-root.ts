import { realpathSync, statSync } from "node:fs";
import { NothingScannedError, UserError } from "../shared/errors.ts";

/**
 * @returns the absolute real path of the root
 * @throws NothingScannedError when it does not exist
 * @throws UserError when it is no folder or cannot be reached
 */
export function resolveRoot(root: string): string {
  if (root.includes("\0"))
    throw new UserError("The root holds a NUL character.", "Give the path of a folder.");
  let real: string;
  try {
    real = realpathSync.native(root);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    if (code === "ENOENT")
      throw new NothingScannedError(`${root} does not exist.`, "Give the path of a folder.");
    throw new UserError(
      `${root} cannot be reached (${code}).`,
      "Give the path of a folder that can be read.",
    );
  }
  if (!statSync(real).isDirectory())
    throw new UserError(
      `${root} is not a folder.`,
      "Give its folder as root and name the file with --include.",
    );
  return real;
}
