import { createHash } from "node:crypto";

const STAMP = /^\/\/ rewire-abort-registry: version=(\d+\.\d+\.\d+)\S* sha256=([0-9a-f]{64})\r?$/m;

export interface RegistryStamp {
  version: string;
  /** The hash of what was written. */
  writtenHash: string;
  /** The hash of what is there now. */
  presentHash: string;
}

/** The line that tells a later run which version wrote a file, and whether it was edited since. */
export function makeStamp(content: string, version: string): string {
  return `// rewire-abort-registry: version=${version} sha256=${hashContent(content)}`;
}

/** Reads the stamp of a file. Everything else in it counts: a lint directive put above the header is an edit. */
export function readStamp(text: string): RegistryStamp | undefined {
  const found = STAMP.exec(text);
  if (!found) return undefined;
  const [line, version, writtenHash] = found as unknown as [string, string, string];
  return { version, writtenHash, presentHash: hashContent(text.replace(line, "")) };
}

/** A formatter's work (space, line ends, quotes, semicolons, trailing commas) does not change the hash. */
export function hashContent(text: string): string {
  const bare = text
    .replace(/[\s;\uFEFF]+/g, "")
    .replaceAll("'", '"')
    .replace(/,([)\]}])/g, "$1");
  return createHash("sha256").update(bare).digest("hex");
}
