import path from "node:path/posix";
import type { Config } from "../config/config.ts";
import { discover } from "../discover/discover.ts";
import { extendMigration } from "../migration/extend-migration.ts";
import { piToSessionRun } from "../migration/pi-to-session-run.ts";

const EXTENSION = /\.([cm]?)[jt]s$/;

/**
 * Where the imports of a migrated tree expect the registry: after `migrate --write` no legacy call is left to plan
 * from, so the written imports say it. The language is the importing file's: TypeScript also writes `.js` specifiers.
 *
 * @returns relative to the root; undefined when no relative import names the registry
 */
export function findRegistryPlace(root: string, config: Config): string | undefined {
  const { module } = extendMigration(piToSessionRun, config.migration).registry;
  const name = module.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const specifiers = new RegExp(
    `(?:from|import)\\s*\\(?\\s*["'](\\.{1,2}/(?:[^"'\\n]*/)?${name})(\\.[cm]?[jt]s)?["']`,
    "g",
  );
  const workspace = discover({
    root,
    ...(config.include.length > 0 && { include: [...config.include] }),
    ...(config.exclude.length > 0 && { exclude: [...config.exclude] }),
    words: new RegExp(name),
  });
  const votes = new Map<string, number>();
  for (const { path: file, text } of workspace.hits) {
    for (const [, stem, extension] of text.matchAll(specifiers)) {
      const place = path.join(path.dirname(file), stem!) + languageOf(file, extension);
      if (!place.startsWith("../")) votes.set(place, (votes.get(place) ?? 0) + 1);
    }
  }
  // Most imports first; by name where they tie, so that the answer is the same each time.
  return [...votes].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))[0]?.[0];
}

function languageOf(importer: string, specified: string | undefined): string {
  const kind = EXTENSION.exec(specified ?? importer)?.[1] ?? "";
  const language = /\.[cm]?tsx?$/.test(importer) ? "ts" : "js";
  return `.${kind === "c" ? "" : kind}${language}`;
}
