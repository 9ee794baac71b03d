import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where this package is installed and which version it is; the same from `src` and from `dist`. */
export function findPackageRoot(): { root: string; version: string } {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const found = readManifest(join(folder, "package.json"));
    if (found?.name === "rewire-abort") return { root: folder, version: found.version };
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error("the package.json of rewire-abort is missing: reinstall the package");
    folder = parent;
  }
}

function readManifest(file: string): { name: string; version: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
