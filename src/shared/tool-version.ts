import { readFileSync } from "node:fs";

/** Version of this package, from the package.json nearest above this file (`src` and `dist/src` lie at different depths). */
export function toolVersion(): string {
  for (const up of ["../../package.json", "../../../package.json"]) {
    try {
      const parsed = JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (parsed.name === "rewire-abort" && parsed.version) return parsed.version;
    } catch {
      // Not there: the other depth has it.
    }
  }
  return "0.0.0";
}
