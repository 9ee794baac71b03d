import { readdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";

const MAX_BYTES = 2 * 1024 * 1024;

/** Reads small text files of a repository, and nothing outside it. */
export interface RepoFiles {
  /** @returns undefined when it is not there, is no regular file, is too large, or lies outside the root */
  read(file: string): Promise<string | undefined>;
  /** names in a folder, sorted; empty when there is none */
  list(folder: string): Promise<readonly string[]>;
}

/** @param root absolute real path */
export function openRepoFiles(root: string): RepoFiles {
  const inside = async (file: string): Promise<string | undefined> => {
    const real = await realpath(path.join(root, file)).catch(() => undefined);
    return real !== undefined && (real === root || real.startsWith(root + path.sep)) ? real : undefined;
  };
  return {
    async read(file) {
      const real = await inside(file);
      if (real === undefined) return undefined;
      const found = await stat(real);
      if (!found.isFile() || found.size > MAX_BYTES) return undefined;
      return await readFile(real, "utf8").catch(() => undefined);
    },
    async list(folder) {
      const real = await inside(folder);
      if (real === undefined) return [];
      return (await readdir(real).catch(() => [])).sort();
    },
  };
}
