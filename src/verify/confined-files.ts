import { type Dirent, realpathSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import path from "node:path/posix";
import { isInside } from "../discover/confine-folders.ts";
import { decodeSource } from "../discover/inspect-bytes.ts";
import { readWhole } from "../discover/read-bytes.ts";

const MAX_BYTES = 8 * 1024 * 1024;

interface Folder {
  /** real path on disk */
  readonly real: string;
  readonly entries: ReadonlyMap<string, Dirent>;
}

/**
 * Files as the compiler may see them: everything below one folder, under a made-up root, and nothing else.
 * A path that leads outside, by `..` or by a link, does not exist. Folders are listed once, so the many
 * questions of module resolution cost no system calls.
 */
export class ConfinedFiles {
  static readonly root = "/workspace";
  readonly #folders = new Map<string, Folder | null>();

  /** @param realRoot absolute real path of the folder */
  constructor(readonly realRoot: string) {}

  /** True for a regular file. */
  isFile(name: string): boolean {
    return this.#locate(name) !== null;
  }

  isFolder(name: string): boolean {
    return this.#folder(path.normalize(name)) !== null;
  }

  /** Names of the folders in a folder. */
  folders(name: string): string[] {
    const folder = path.normalize(name);
    const names = [...(this.#folder(folder)?.entries.keys() ?? [])];
    return names.filter((entry) => this.isFolder(path.join(folder, entry))).sort();
  }

  /** @returns undefined for what does not exist, lies outside, is too large or is no UTF-8 text */
  read(name: string): string | undefined {
    const real = this.#locate(name);
    if (real === null) return undefined;
    try {
      if (statSync(real).size > MAX_BYTES) return undefined;
      const decoded = decodeSource(readWhole(real));
      return "text" in decoded ? decoded.text : undefined;
    } catch {
      return undefined;
    }
  }

  /** The name under which a path is reached without links; package managers link into their stores. */
  realName(name: string): string {
    const real = this.#locate(name) ?? this.#folder(path.normalize(name))?.real;
    return real === undefined ? name : this.nameOf(real);
  }

  /** Name of a real path inside the root. */
  nameOf(real: string): string {
    const inside = real.slice(this.realRoot.length).replaceAll("\\", "/");
    return path.join(ConfinedFiles.root, inside);
  }

  /** Real path of a regular file, or null. */
  #locate(name: string): string | null {
    const normal = path.normalize(name);
    const folder = this.#folder(path.dirname(normal));
    const entry = folder?.entries.get(path.basename(normal));
    if (!folder || !entry) return null;
    const real = join(folder.real, entry.name);
    if (entry.isFile()) return real;
    const target = entry.isSymbolicLink() ? this.#follow(real) : null;
    return target !== null && statSync(target, { throwIfNoEntry: false })?.isFile() ? target : null;
  }

  #folder(name: string): Folder | null {
    const known = this.#folders.get(name);
    if (known !== undefined) return known;
    const folder = this.#list(name);
    this.#folders.set(name, folder);
    return folder;
  }

  #list(name: string): Folder | null {
    let real: string | null;
    if (name === ConfinedFiles.root) real = this.realRoot;
    else if (!name.startsWith(`${ConfinedFiles.root}/`)) return null;
    else {
      const parent = this.#folder(path.dirname(name));
      const entry = parent?.entries.get(path.basename(name));
      if (!parent || !entry) return null;
      real = join(parent.real, entry.name);
      if (entry.isSymbolicLink()) real = this.#follow(real);
      else if (!entry.isDirectory()) return null;
    }
    if (real === null) return null;
    try {
      const entries = readdirSync(real, { withFileTypes: true });
      return { real, entries: new Map(entries.map((entry) => [entry.name, entry])) };
    } catch {
      return null;
    }
  }

  /** Where a link leads, unless that is outside or nowhere. */
  #follow(link: string): string | null {
    try {
      const real = realpathSync.native(link);
      return isInside(this.realRoot, real) ? real : null;
    } catch {
      return null;
    }
  }
}
