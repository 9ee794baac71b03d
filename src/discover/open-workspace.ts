import { join } from "node:path";
import { UserError } from "../shared/errors.ts";
import { decodeSource } from "./inspect-bytes.ts";
import type { KeptBytes } from "./keep-bytes.ts";
import { readWhole } from "./read-bytes.ts";
import type { Workspace } from "./workspace.ts";

/** What a scan found. */
export type Scan = Omit<Workspace, "has" | "read" | "filesContaining"> & { readonly kept: KeptBytes };

/** Gives a finished scan its questions: `has`, `read` and `filesContaining`. */
export function openWorkspace({ kept, ...scan }: Scan): Workspace {
  const members = new Set(scan.scanned);
  const texts = new Map(scan.hits.map((hit) => [hit.path, hit.text]));
  const holders = new Map<string, readonly string[]>();
  const bytesOf = (file: string): Buffer => kept.get(file) ?? readWhole(join(scan.root, file));

  return {
    ...scan,
    has: (path) => members.has(path),
    read(path) {
      const known = texts.get(path);
      if (known !== undefined) return known;
      if (!members.has(path)) throw new UserError(`${path} is not one of the scanned files.`);
      const decoded = decodeSource(bytesOf(path));
      if ("problem" in decoded) throw new UserError(`${path} cannot be read: ${decoded.problem}.`);
      // What is kept as bytes is the same each time; what is read from disk must not change between two looks.
      if (!kept.get(path)) texts.set(path, decoded.text);
      return decoded.text;
    },
    filesContaining(needle) {
      const known = holders.get(needle);
      if (known !== undefined) return known;
      const bytes = Buffer.from(needle, "utf8");
      const found = scan.scanned.filter((file) => bytesOf(file).includes(bytes));
      holders.set(needle, found);
      return found;
    },
  };
}
