import type { Migration } from "./migration.ts";

/** Path without its script extension. */
export function withoutExtension(file: string): string {
  return file.replace(/\.[cm]?[jt]sx?$/, "");
}

/** The legacy module whose tail a path ends with, or undefined. */
export function legacyTail(migration: Migration, modulePath: string): string | undefined {
  const stem = withoutExtension(modulePath);
  return [...migration.legacyModules]
    .sort((a, b) => b.length - a.length)
    .find((tail) => stem === tail || stem.endsWith(`/${tail}`));
}

/** True for the file that is the registry itself. */
export function isRegistryFile({ registry }: Migration, file: string): boolean {
  const stem = withoutExtension(file);
  return stem === registry.module || stem.endsWith(`/${registry.module}`);
}
