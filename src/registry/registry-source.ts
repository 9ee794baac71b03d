import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findPackageRoot } from "./package-root.ts";
import { stripTypes } from "./strip-types.ts";

export type RegistryLanguage = "ts" | "js";

/**
 * - `same`: what this version writes, in either language
 * - `older-version`: what an earlier version wrote, unchanged since
 * - `edited`: came from this package and was changed; also a copy from a newer version than this one
 * - `foreign`: not from this package
 */
export type RegistryFileKind = "same" | "older-version" | "edited" | "foreign";

const HEADER = [
  "// The session-run registry of rewire-abort, written by `rewire-abort registry add`.",
  "// To update it, run that again: an edited copy is only replaced with --force.",
  "// To test it, run `rewire-abort registry verify` on this file.",
  "",
].join("\n");
const STAMP = /^\/\/ rewire-abort-registry: version=(\d+\.\d+\.\d+)\S* sha256=([0-9a-f]{64})\r?$/m;

/**
 * The file that `registry add` writes: the reference registry as TypeScript, or the same as plain ESM JavaScript,
 * under a header that says where it comes from and how to update it.
 */
export function registrySource(language: RegistryLanguage): string {
  const source = registryText(language);
  const stamp = `// rewire-abort-registry: version=${findPackageRoot().version} sha256=${currentHash(language)}`;
  return `${HEADER}${stamp}\n\n${source}`;
}

/** Tells what a file at the place of the registry is, so that nothing of a user's is overwritten unasked. */
export function classifyRegistryFile(text: string): RegistryFileKind {
  const stamp = STAMP.exec(text);
  if (!stamp) return "foreign";
  const [line, version, stampedHash] = stamp as unknown as [string, string, string];
  // Everything but the stamp counts: a licence or a lint directive put above it is an edit.
  if (hash(text.replace(line, "")) !== stampedHash) return "edited";
  if (stampedHash === currentHash("ts") || stampedHash === currentHash("js")) return "same";
  return isNewer(version, findPackageRoot().version) ? "edited" : "older-version";
}

function currentHash(language: RegistryLanguage): string {
  return hash(HEADER + registryText(language));
}

function registryText(language: RegistryLanguage): string {
  const file = join(findPackageRoot().root, "src/registry/session-run-registry.ts");
  const source = readFileSync(file, "utf8").replaceAll("\r\n", "\n");
  return language === "ts" ? source : stripTypes(source);
}

/** A formatter's work (space, line ends, quotes, semicolons, trailing commas) is not an edit. */
function hash(text: string): string {
  const bare = text
    .replace(/[\s;\uFEFF]+/g, "")
    .replaceAll("'", '"')
    .replace(/,([)\]}])/g, "$1");
  return createHash("sha256").update(bare).digest("hex");
}

function isNewer(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split(/[.-]/).slice(0, 3).map(Number)) as [
    number[],
    number[],
  ];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at !== -1 && left[at]! > right[at]!;
}
