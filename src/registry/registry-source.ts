import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findPackageRoot } from "./package-root.ts";
import { hashContent, makeStamp, readStamp } from "./registry-stamp.ts";
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

/**
 * The file that `registry add` writes: the reference registry as TypeScript, or the same as plain ESM JavaScript,
 * under a header that says where it comes from and how to update it.
 */
export function registrySource(language: RegistryLanguage): string {
  const source = registryText(language);
  return `${HEADER}${makeStamp(HEADER + source, findPackageRoot().version)}\n\n${source}`;
}

/** Tells what a file at the place of the registry is, so that nothing of a user's is overwritten unasked. */
export function classifyRegistryFile(text: string): RegistryFileKind {
  const stamp = readStamp(text);
  if (!stamp) return "foreign";
  if (stamp.presentHash !== stamp.writtenHash) return "edited";
  const current = (["ts", "js"] as const).map((language) => hashContent(HEADER + registryText(language)));
  if (current.includes(stamp.writtenHash)) return "same";
  return isNewer(stamp.version, findPackageRoot().version) ? "edited" : "older-version";
}

function registryText(language: RegistryLanguage): string {
  const file = join(findPackageRoot().root, "src/registry/session-run-registry.ts");
  const source = readFileSync(file, "utf8").replaceAll("\r\n", "\n");
  return language === "ts" ? source : stripTypes(source);
}

function isNewer(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split(/[.-]/).slice(0, 3).map(Number)) as [
    number[],
    number[],
  ];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at !== -1 && left[at]! > right[at]!;
}
