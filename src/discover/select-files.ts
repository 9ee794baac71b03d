import { lstatSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { NothingScannedError } from "../shared/errors.ts";
import { buildFolderOf, findBuildOutput, isBuildFolder } from "./find-build-output.ts";
import type { FileList } from "./list-files.ts";
import { compileGlob, type Glob } from "./match-globs.ts";
import { walkFiles } from "./walk-files.ts";
import type { DiscoverOptions, SkipReason, Workspace } from "./workspace.ts";

/** The files a run will read, and those that its options or their place leave out. */
export interface Selection {
  /** files + skipped + failed */
  readonly discovered: number;
  readonly files: readonly string[];
  readonly skipped: readonly { readonly file: string; readonly reason: SkipReason }[];
  readonly failed: Workspace["failed"];
}

/**
 * Applies --include, --exclude and the build output rule.
 *
 * @throws NothingScannedError when an include glob matches no listed file
 */
export function selectFiles(
  root: string,
  list: FileList,
  options: Pick<DiscoverOptions, "include" | "includeName" | "exclude">,
): Selection {
  const includeName = options.includeName ?? "--include";
  const include = (options.include ?? []).map((glob) => compileGlob(glob, includeName));
  const exclude = (options.exclude ?? []).map((glob) => compileGlob(glob, "--exclude"));
  const named = listNamedBuildFolders(root, include);
  const listed = [...new Set([...list.files, ...named.files])].sort();
  const unmatched = include.find((glob) => !listed.some((file) => glob.matches(file)));
  if (unmatched !== undefined)
    throw new NothingScannedError(
      `${includeName} "${unmatched.source}"${includeName === "--include" ? "" : ", which"} matches no source file in ${root}.`,
      "Check the glob; files that git ignores are not looked at.",
    );

  const built = findBuildOutput(listed, findPackages(root, listed));
  const files: string[] = [];
  const skipped: { file: string; reason: SkipReason }[] = [];
  for (const file of listed) {
    const includedBy = include.filter((glob) => glob.matches(file));
    const isExcluded =
      (include.length > 0 && includedBy.length === 0) || exclude.some((glob) => glob.matches(file));
    if (isExcluded) skipped.push({ file, reason: "excluded" });
    else if (
      built.has(file) &&
      !list.tracked.has(file) &&
      !includedBy.some((glob) => namesBuildFolder(glob, file))
    )
      skipped.push({ file, reason: "build-output" });
    else files.push(file);
  }
  const failed = [...list.failed, ...named.failed];
  return { discovered: listed.length + failed.length, files, skipped, failed };
}

function namesBuildFolder(glob: Glob, file: string): boolean {
  const folder = buildFolderOf(file);
  return folder !== null && glob.names(folder.slice(folder.lastIndexOf("/") + 1));
}

/** A built folder is mostly ignored by git; a user who names it wants it all the same. */
function listNamedBuildFolders(root: string, include: readonly Glob[]): ReturnType<typeof walkFiles> {
  const files: string[] = [];
  const failed: { readonly file: string; readonly message: string }[] = [];
  for (const base of new Set(include.flatMap((glob) => glob.bases))) {
    const names = base.split("/");
    const at = names.findIndex(isBuildFolder);
    if (at === -1) continue;
    const folder = names.slice(0, at + 1).join("/");
    if (!isRealFolder(root, folder)) continue;
    const walk = walkFiles(root, folder, { ignoreFiles: false });
    files.push(...walk.files.filter((file) => include.some((glob) => glob.matches(file))));
    failed.push(...walk.failed);
  }
  return { files, failed };
}

/** True for a folder that is reached without a link: behind one, even the names may be none of our business. */
function isRealFolder(root: string, folder: string): boolean {
  try {
    return (
      realpathSync.native(join(root, folder)) === join(root, folder) &&
      lstatSync(join(root, folder)).isDirectory()
    );
  } catch {
    return false;
  }
}

/** Folders on the way to a listed file that hold a package.json; looked up only where a built folder makes it matter. */
function findPackages(root: string, files: readonly string[]): Set<string> {
  const packages = new Set<string>();
  if (!files.some((file) => buildFolderOf(file) !== null)) return packages;
  const seen = new Set<string>();
  for (const file of files) {
    for (let end = file.lastIndexOf("/"); end > 0; end = file.lastIndexOf("/", end - 1)) {
      const folder = file.slice(0, end);
      if (seen.has(folder)) break;
      seen.add(folder);
      if (lstatSync(join(root, folder, "package.json"), { throwIfNoEntry: false })?.isFile())
        packages.add(folder);
    }
  }
  return packages;
}
