import { UserError } from "../shared/errors.ts";

/** Levels of nesting that any file of ours needs, with room to spare; deeper ones are attacks or accidents. */
const MAX_DEPTH = 12;
const MAX_BYTES = 16 * 1024 * 1024;
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Parses a JSON file that a person or a pull request wrote.
 * @param source the name of the file, for the message
 * @throws UserError for text that is no JSON, is too deep, or names an object's prototype
 */
export function parseJson(text: string, source: string): unknown {
  if (text.length > MAX_BYTES)
    throw new UserError(`${source} is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (error) {
    throw new UserError(
      `${source} is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`,
      "Mend the file; comments and trailing commas are not allowed.",
    );
  }
  refuseHostileShapes(value, source, 1);
  return value;
}

function refuseHostileShapes(value: unknown, source: string, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > MAX_DEPTH) throw new UserError(`${source} is nested more than ${MAX_DEPTH} levels deep.`);
  for (const name of Object.keys(value)) {
    if (FORBIDDEN.has(name)) throw new UserError(`${source} has the key "${name}", which is not allowed.`);
    refuseHostileShapes((value as Record<string, unknown>)[name], source, depth + 1);
  }
}
