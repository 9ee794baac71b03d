import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Fetched, fillCache, npm } from "../helpers/npm-cache.ts";

const NAME = "openclaw";
export const RELEASE = `${NAME}@2026.1.30`;

const CACHE = fileURLToPath(new URL("../../.cache/live/", import.meta.url));

/** Installs the release with what it needs, once, without running any install script. */
export function installRelease(): Promise<Fetched> {
  return fillCache(CACHE, RELEASE.replace("@", "-"), async (folder) => {
    const manifest = {
      private: true,
      dependencies: { [NAME]: RELEASE.slice(NAME.length + 1) },
      // The release names this one by a git address that a plain install cannot reach.
      overrides: { libsignal: "npm:libsignal-node@2.0.1" },
    };
    await writeFile(path.join(folder, "package.json"), JSON.stringify(manifest));
    await npm(folder, "i", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund");
  });
}

/** Where the release and its dependencies are, below the folder that it was installed in. */
export function placesOf(folder: string): { readonly package: string; readonly nodeModules: string } {
  const nodeModules = path.join(folder, "node_modules");
  return { package: path.join(nodeModules, NAME), nodeModules };
}
