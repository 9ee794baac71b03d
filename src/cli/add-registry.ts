import { readFile } from "node:fs/promises";
import path from "node:path";
import { classifyRegistryFile, type RegistryLanguage, registrySource } from "../registry/registry-source.ts";
import { UserError } from "../shared/errors.ts";
import { writeChanges } from "../write/write-changes.ts";
import { findRegistryPlace } from "./find-registry-place.ts";
import type { AddRegistryOptions, AddRegistryOutcome, Stages } from "./stages.ts";

/**
 * Puts the reference registry where the plan expects it, or updates a copy that nobody changed.
 * @throws UserError when no place is known, or when something of the user's is there and `force` is not set
 */
export async function addRegistry(
  options: AddRegistryOptions,
  runMigrate: Stages["runMigrate"],
): Promise<AddRegistryOutcome> {
  const { root, dryRun, force } = options;
  const file = options.path ?? (await plannedPlace(options, runMigrate));
  const language = languageOf(file);
  if (language === "js" && (await isCommonJs(root, file)))
    throw new UserError(
      `${file} would be CommonJS: the package.json above it says so, and the registry is an ES module.`,
      `Give it the extension .mjs: rewire-abort registry add --path ${file.replace(/\.js$/, ".mjs")}`,
    );
  const after = registrySource(language);
  const before = await readExisting(path.join(root, file), file);
  if (before === after) return { path: file, status: "same" };
  if (before !== undefined) {
    const kind = classifyRegistryFile(before);
    if (kind === "same") return { path: file, status: "same" };
    if (kind !== "older-version" && !force)
      throw new UserError(
        kind === "edited"
          ? `${file} is a copy of the registry that was edited.`
          : `${file} is there and is not from rewire-abort.`,
        "Keep it and run rewire-abort registry verify on it, or replace it with --force.",
      );
  }
  if (dryRun) return { path: file, status: "dry-run" };
  // A new file takes nothing away, so it may be added to a tree with uncommitted changes.
  await writeChanges({
    root,
    changes: before === undefined ? [] : [{ file, before, after }],
    creates: before === undefined ? [{ file, text: after }] : [],
    allowDirty: before === undefined || force,
  });
  return { path: file, status: before === undefined ? "written" : "updated" };
}

/** The plan knows where the imports of the migrated calls will point; imports that are written already say it too. */
async function plannedPlace(
  { root, config }: AddRegistryOptions,
  runMigrate: Stages["runMigrate"],
): Promise<string> {
  const { result } = await runMigrate({
    root,
    config,
    ...(config.include.length > 0 && { include: [...config.include] }),
    ...(config.exclude.length > 0 && { exclude: [...config.exclude] }),
    write: false,
    allowDirty: true,
    minConfidence: "proven",
    settle: true,
    mark: false,
    verifyTypes: false,
    failOnManual: false,
  });
  const place = result.registry?.path ?? findRegistryPlace(root, config);
  if (place === undefined)
    throw new UserError(
      "No call here needs a registry, so its place is not known.",
      "Name it: rewire-abort registry add --path src/agents/session-run-registry.ts",
    );
  return place;
}

function languageOf(file: string): RegistryLanguage {
  if (/(?<!\.d)\.m?ts$/.test(file)) return "ts";
  if (/\.m?js$/.test(file)) return "js";
  throw new UserError(
    `${file} is no place for the registry.`,
    "Give it the extension .ts, .mts, .js or .mjs.",
  );
}

/** Where no package.json says anything, Node looks at the syntax. */
async function isCommonJs(root: string, file: string): Promise<boolean> {
  if (!file.endsWith(".js")) return false;
  for (let folder = path.posix.dirname(file); ; folder = path.posix.dirname(folder)) {
    const text = await readFile(path.join(root, folder, "package.json"), "utf8").catch(() => undefined);
    if (text !== undefined) return /"type"\s*:\s*"commonjs"/.test(text);
    if (folder === ".") return false;
  }
}

async function readExisting(absolute: string, file: string): Promise<string | undefined> {
  try {
    return await readFile(absolute, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new UserError(`${file} cannot be read (${code ?? "unknown reason"}).`);
  }
}
