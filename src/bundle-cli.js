// Part of the build: the command line in few files, made of what the compiler made. Node takes its time for each module
// that it resolves and reads, and a check would load two hundred. What the package exports stays one file per module.
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const require = createRequire(import.meta.url);
const TYPESCRIPT = at("../dist/src/analyze/typescript.js");
const PARSER = "typescript-parser";
const COMPILER = "typescript-compiler";
const SERVER = "_(?:AutoImportProviderProject|ProjectService|ScriptVersionCache|TypingsInstallerAdapter)\\b";
const SET_ON_SERVER = new RegExp(`^${SERVER}\\.\\w+ = (?:.*|\\{\\n(?: .*\\n)+\\});$`, "gm");

const bundle = await rolldown({
  input: {
    main: at("../dist/src/cli/main.js"),
    // What runs in a thread or process of its own is started from a file beside the one that starts it.
    "discovery-thread": at("../dist/src/discover/discovery-thread.js"),
    "run-case": at("../dist/src/registry/conformance/run-case.js"),
    [PARSER]: PARSER,
  },
  external: isOthers,
  platform: "node",
  plugins: [await parserAlone()],
});
const { output } = await bundle.write({
  dir: at("../dist/cli"),
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
});
const chunks = new Set(output.map(({ fileName }) => fileName));
for (const { fileName, imports = [], dynamicImports = [] } of output)
  for (const id of [...imports, ...dynamicImports])
    assert(chunks.has(id) || isOthers(id), `${fileName} imports ${id}, which nobody installs`);
// The file that it is loaded from has no declarations of its own; whoever has no skipLibCheck reads these.
writeFileSync(TYPESCRIPT.replace(/\.js$/, ".d.ts"), 'export { ts } from "ts-morph";\n');
copyFileSync(require.resolve("typescript/LICENSE.txt"), at("../dist/cli/typescript-license.txt"));

/** What node brings, and what the package depends on. */
function isOthers(id) {
  const { dependencies } = JSON.parse(readFileSync(at("../package.json"), "utf8"));
  return isBuiltin(id) || Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`));
}

/**
 * In place of the whole compiler what this package uses of it without a checker: the parser, its trees and what asks
 * about them. A fifth of nine megabytes, and node reads all of them before anything runs.
 */
async function parserAlone() {
  const code = await shakeCompiler(namesUsed());
  let isReplaced = false;
  return {
    name: "parser-alone",
    resolveId: (id) => (id === PARSER ? id : null),
    load(id) {
      if (id === PARSER) return code;
      if (id !== TYPESCRIPT) return null;
      isReplaced = true;
      return `import * as ts from "${PARSER}"; export { ts };`;
    },
    buildEnd: () => assert(isReplaced, `nothing imports ${TYPESCRIPT}: the whole compiler would be loaded`),
  };
}

/** What the built modules ask of the compiler. */
function namesUsed() {
  const folder = at("../dist/src");
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".js"));
  const whole = require("@ts-morph/common/dist/typescript.js");
  const names = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    if (!/^import \{ ts \} from "[./\w-]*\/typescript\.js";$/m.test(text)) return [];
    return [...text.matchAll(/\bts\.(\w+)/g)].map(([, name]) => name);
  });
  return [...new Set(names)].filter((name) => name in whole).sort();
}

/** The compiler is one function in one file, a script: made a module, it can be taken apart. */
async function shakeCompiler(names) {
  const script = readFileSync(require.resolve("@ts-morph/common/dist/typescript.js"), "utf8");
  const parts =
    /^(\/\*!.*?\*\/)\s+var ts = \{\}; \(\(module\) => \{\n(.*?)\n__export\(typescript_exports, \{\n.*?\n\}\);\nmodule\.exports = __toCommonJS\(typescript_exports\);\n(.*)\n\/\/ Annotate the CommonJS export names/s.exec(
      script,
    );
  assert(parts, "the compiler's file is not what it was: see how it exports now");
  const [, license, head, whole] = parts;
  // What is set on a class keeps the class, and each of these has the whole language server with it.
  const body = whole.replace(SET_ON_SERVER, "");
  const module = `const __filename = import.meta.filename;\n${head}\n${body}\nexport { ${names.join(", ")} };`;
  const shaken = await rolldown({
    input: COMPILER,
    platform: "node",
    plugins: [{ name: "compiler", resolveId: (id) => (id === COMPILER ? id : null), load: () => module }],
    external: (id) => id !== COMPILER,
    // What only lists what a language service offers: of that, no question about a tree makes use.
    treeshake: { manualPureFunctions: ["__export", "registerCodeFix", "registerRefactor"] },
  });
  const { output } = await shaken.generate();
  const { code } = output[0];
  assert(!new RegExp(SERVER).test(code), "a class of the language server is left, without what is set on it");
  return `${license}\n${code}`;
}
