import type { MigrationExtension } from "../config/config.ts";
import type { EntryPoint, Migration } from "./migration.ts";

/** The built-in migration with what a fork's config adds. Lists grow; nothing built in is lost. */
export function extendMigration(base: Migration, extension: MigrationExtension): Migration {
  const names = (extra: readonly string[] | undefined, own: readonly string[]): string[] => [
    ...new Set([...(extra ?? []), ...own]),
  ];
  const byName = <Named extends { readonly name: string }>(
    extra: readonly Named[] | undefined,
    own: readonly Named[],
  ) => [...(extra ?? []), ...own.filter((item) => !extra?.some((other) => other.name === item.name))];
  const aliases = Object.entries(extension.legacyFunctions ?? {});
  return {
    ...base,
    legacy: base.legacy.map((fn) => ({
      ...fn,
      names: names(undefined, [
        ...fn.names,
        ...aliases.filter(([, target]) => fn.names.includes(target)).map(([alias]) => alias),
      ]),
    })),
    legacyModules: names(extension.legacyModules, base.legacyModules),
    registry: { ...base.registry, module: extension.registryModule ?? base.registry.module },
    vocabulary: {
      ...base.vocabulary,
      idNames: names(extension.idNames, base.vocabulary.idNames),
      entryNames: names(extension.entryNames, base.vocabulary.entryNames),
      keyNames: names(extension.keyNames, base.vocabulary.keyNames),
      rawKeyNames: names(extension.rawKeyNames, base.vocabulary.rawKeyNames),
      foreignWords: names(extension.foreignWords, base.vocabulary.foreignWords),
      storeNames: names(extension.storeNames, base.vocabulary.storeNames),
    },
    lookups: byName(extension.lookups, base.lookups),
    normalizers: byName(extension.normalizers, base.normalizers),
    companions: names(extension.companions, base.companions),
    pureFunctions: names(extension.pureFunctions, base.pureFunctions),
    entryPoints: joinEntryPoints(extension.entryPoints ?? [], base.entryPoints),
  };
}

/** An entry point that is built in can be asked for more, never for less. */
function joinEntryPoints(extra: readonly EntryPoint[], own: readonly EntryPoint[]): EntryPoint[] {
  const named = new Map(extra.map((entry) => [entry.name, entry]));
  const joined = own.map((entry): EntryPoint => {
    const more = named.get(entry.name);
    named.delete(entry.name);
    if (!more) return entry;
    const reaches = new Set([...(entry.reaches ?? ["kill" as const]), ...(more.reaches ?? [])]);
    const actsOnWait = entry.actsOnWait === true || more.actsOnWait === true;
    const handler = entry.handler === true || more.handler === true;
    return { ...more, ...entry, reaches: [...reaches], actsOnWait, handler };
  });
  return [...named.values(), ...joined];
}
