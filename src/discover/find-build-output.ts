import { isBuiltName, isDeclarationName } from "./source-names.ts";

const BUILD_FOLDER = /^(?:dist|build|out)$/;
const IN_BUILD_FOLDER = /(?:^|\/)(?:dist|build|out)\//;
const SOURCE_FOLDERS = /^(?:src|source|sources|lib|app)$/;
/** a release has its code in the built folder and a handful of helpers beside it; a development tree does not */
const RELEASE_RATIO = 10;

/** True when a path segment names a folder that tools build into. */
export function isBuildFolder(name: string): boolean {
  return BUILD_FOLDER.test(name);
}

/**
 * Finds the files that a build wrote, so that a call is not reported (and rewritten) twice: in the source and in its
 * copy. A folder counts as built when it is named dist, build or out and holds JavaScript. It counts as source all the
 * same when it is what its package consists of, as in an unpacked npm release: no source folder beside it, and next to
 * no other code.
 *
 * @param files    source files, posix, relative to the root
 * @param packages folders that hold a package.json ("" is the root)
 * @returns those of the files that are build output
 */
export function findBuildOutput(files: readonly string[], packages: ReadonlySet<string>): Set<string> {
  const built = new Map<string, string[]>();
  const others = new Map<string, { count: number; hasSourceFolder: boolean }>();
  for (const file of files) {
    const folder = buildFolderOf(file);
    if (folder !== null) {
      const members = built.get(folder);
      if (members === undefined) built.set(folder, [file]);
      else members.push(file);
    } else if (!isDeclarationName(file)) {
      const owner = packageOf(file, packages);
      const seen = others.get(owner) ?? { count: 0, hasSourceFolder: false };
      const first = owner === "" ? file : file.slice(owner.length + 1);
      others.set(owner, {
        count: seen.count + 1,
        hasSourceFolder:
          seen.hasSourceFolder || (first.includes("/") && SOURCE_FOLDERS.test(first.split("/", 1)[0]!)),
      });
    }
  }
  const output = new Set<string>();
  for (const [folder, members] of built) {
    if (!members.some(isBuiltName)) continue;
    const beside = others.get(packageOf(folder, packages));
    const isRelease =
      beside === undefined || (!beside.hasSourceFolder && beside.count * RELEASE_RATIO < members.length);
    if (!isRelease) for (const member of members) output.add(member);
  }
  return output;
}

/** The outermost built folder of a path, or null. */
export function buildFolderOf(file: string): string | null {
  const match = IN_BUILD_FOLDER.exec(file);
  return match === null ? null : file.slice(0, match.index + match[0].length - 1);
}

function packageOf(path: string, packages: ReadonlySet<string>): string {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const folder = path.slice(0, end);
    if (packages.has(folder)) return folder;
  }
  return "";
}
