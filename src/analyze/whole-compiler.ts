import { createRequire } from "node:module";
import type { ts } from "./typescript.ts";

let loaded: typeof ts | undefined;

/**
 * The compiler with its checker. It is loaded when it is asked for: what only parses does without it, and the built
 * command line has the parser alone (`bundle-cli.js`).
 */
export function wholeCompiler(): typeof ts {
  loaded ??= createRequire(import.meta.url)("@ts-morph/common/dist/typescript.js") as typeof ts;
  return loaded;
}
