import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../shared/errors.ts";
import type { Config } from "./config.ts";
import { CONFIG_FILE, DEFAULT_CONFIG } from "./defaults.ts";
import { parseJson } from "./parse-json.ts";
import { validateConfig } from "./validate-config.ts";

export interface LoadConfigOptions {
  /** absolute */
  readonly root: string;
  /** an explicit file, relative to the working directory; it must exist */
  readonly file?: string;
}

/**
 * Reads `rewire-abort.json` of the root, or the named file; without one the defaults hold.
 * @throws UserError when a file is there and cannot be read, is no JSON or is no config
 */
export async function loadConfig(options: LoadConfigOptions): Promise<Config> {
  const file = options.file === undefined ? path.join(options.root, CONFIG_FILE) : path.resolve(options.file);
  const source = options.file ?? CONFIG_FILE;
  const text = await readTextFile(file, source, options.file !== undefined);
  return text === undefined ? DEFAULT_CONFIG : parseConfig(text, source);
}

/** The config that a text holds; for texts that come from a revision and not from the disk. @throws UserError */
export function parseConfig(text: string, source: string): Config {
  return validateConfig(parseJson(text, source), source);
}

/**
 * Reads a UTF-8 text file that the user named or may have.
 * @param source how to call it in the message
 * @returns undefined when it is not there and need not be
 * @throws UserError when it cannot be read or is no UTF-8
 */
export async function readTextFile(
  file: string,
  source: string,
  required: boolean,
): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" && !required) return undefined;
    throw new UserError(
      `${source} cannot be read: ${reasonOf(code)}.`,
      "Check the path and its permissions.",
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${source} is not UTF-8.`, "Save the file as UTF-8.");
  }
}

function reasonOf(code: string | undefined): string {
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "ENOTDIR") return "a part of its path is not a folder";
  return code ?? "unknown reason";
}
