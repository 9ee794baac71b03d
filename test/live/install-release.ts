import { execFile } from "node:child_process";
import { access, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const RELEASE = "openclaw@2026.1.30";

const folder = fileURLToPath(new URL(`../../.cache/live/${RELEASE.replace("@", "-")}/`, import.meta.url));

/**
 * Installs the release once, without running any of its install scripts.
 * @returns the installed package and the node_modules that it needs
 */
export async function installRelease(): Promise<{ package: string; nodeModules: string }> {
  const [name, version] = RELEASE.split("@") as [string, string];
  const nodeModules = path.join(folder, "node_modules");
  const complete = path.join(folder, ".complete");
  if (!(await exists(complete))) {
    await mkdir(folder, { recursive: true });
    const manifest = {
      private: true,
      dependencies: { [name]: version },
      // The release names this one by a git address that a plain install cannot reach.
      overrides: { libsignal: "npm:libsignal-node@2.0.1" },
    };
    await writeFile(path.join(folder, "package.json"), JSON.stringify(manifest));
    const args = ["i", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"];
    // On Windows npm is a script that only a shell starts.
    await promisify(execFile)("npm", args, { cwd: folder, shell: process.platform === "win32" });
    await writeFile(complete, "");
  }
  return { package: path.join(nodeModules, name), nodeModules };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
