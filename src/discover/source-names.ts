const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const DECLARATION = /\.d\.(?:[cm]?ts|[^./]+\.ts)$/;
const MINIFIED = /\.min\.[cm]?js$/;
const FORBIDDEN = /(?:^|\/)(?:node_modules|\.[gG][iI][tT])\//;
const BUILT = /\.[cm]?js$/;

/** True for the extensions this tool reads: .ts .tsx .mts .cts .js .jsx .mjs .cjs. */
export function isSourceName(path: string): boolean {
  return SOURCE.test(path);
}

/** True for .d.ts, .d.mts, .d.cts and `.d.<ext>.ts`: they declare, they do not run. */
export function isDeclarationName(path: string): boolean {
  return DECLARATION.test(path);
}

/** True for names that say they are minified. */
export function isMinifiedName(path: string): boolean {
  return MINIFIED.test(path);
}

/** True for what compilers and bundlers write (JavaScript); nobody builds into TypeScript. */
export function isBuiltName(path: string): boolean {
  return BUILT.test(path);
}

/** True when a path (posix, relative) lies in a folder that is never entered: node_modules or .git. */
export function isInForbiddenFolder(path: string): boolean {
  return FORBIDDEN.test(path);
}
