import { readdirSync, readFileSync } from "node:fs";
import path from "node:path/posix";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const repo = fileURLToPath(new URL("..", import.meta.url));

interface Import {
  readonly from: string;
  /** a file of this repository, or a package */
  readonly to: string;
  readonly typeOnly: boolean;
}

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

/**
 * Who may import whom: room → rooms. A name in brackets may be imported for its types only. A stage takes what earlier
 * stages made; nothing flows back.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  migration: ["shared", "(config)"],
  config: ["shared", "(migration)", "(check)"],
  discover: ["shared"],
  analyze: ["shared", "migration", "(discover)"],
  plan: ["shared", "migration", "(analyze)"],
  apply: ["shared", "migration", "plan", "analyze", "(discover)", "transforms"],
  transforms: ["shared", "(plan)"],
  verify: ["shared", "migration", "discover", "analyze", "plan", "apply"],
  write: ["shared", "discover"],
  check: ["shared", "migration", "config", "discover", "analyze"],
  report: ["shared", "(discover)", "(analyze)", "plan", "(verify)", "check"],
  doctor: ["shared", "migration", "discover", "analyze", "check"],
  registry: [],
  pipeline: [
    ...["shared", "migration", "config", "discover", "analyze", "plan"],
    ...["apply", "verify", "write", "check", "report"],
  ],
  cli: [
    "shared",
    "migration",
    "config",
    "discover",
    "plan",
    "write",
    "check",
    "report",
    "doctor",
    "registry",
    "pipeline",
  ],
  index: [
    ...["shared", "migration", "config", "discover", "analyze", "plan"],
    ...["apply", "verify", "write", "check", "report"],
  ],
};

/** Edges that the table does not allow, each with the reason why it is there: file → room. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "src/pipeline.ts → cli": "the options of a run are typed where the command line makes them; types only",
  "src/plan-and-verify.ts → cli": "the same options, handed on; types only",
  "src/revive-and-plan.ts → cli": "the same options, handed on; types only",
  "src/check/read-policy.ts → cli": "the same options: which revision the policy comes from; types only",
  "transforms/ast/ask-analysis.ts → apply":
    "run by jscodeshift itself, a transform asks the analysis about its file",
  "src/check/plant-violation.ts → apply":
    "a planted violation is a workspace of texts, as the ones that apply makes",
  "src/verify/check-types.ts → registry":
    "the compiler is shown the registry that `registry add` would write",
};

/** Packages that only some files may load. */
const CONFINED: Readonly<Record<string, RegExp>> = {
  // analyze has one door to the compiler in it, so that it is loaded in the cheap way.
  "@ts-morph/common/dist/typescript.js": /^src\/analyze\/typescript\.ts$/,
  // verify asks the compiler about results; the registry's files strip types for .js targets and check a module's types.
  "ts-morph": /^src\/verify\/|^src\/registry\/(strip-types|conformance\/)/,
  typescript: /^$/,
  jscodeshift: /^transforms\/ast\//,
  commander: /^src\/cli\//,
  vitest: /^$/,
};

/** Files outside of src/cli that touch the process: each for what it is there for. */
const PROCESS = /^src\/(cli\/|registry\/|write\/|discover\/run-git\.ts$)/;
const TERMINAL = /^src\/cli\/|^src\/registry\/conformance\/run-case\.ts$/;
/** Users' files are written by src/write; reports by src/cli/report-file.ts; temp folders by the conformance suite. */
const FILE_WRITERS = /^src\/write\/|^src\/cli\/report-file\.ts$|^src\/registry\/conformance\//;
const WRITING =
  /^(append|write|rename|rm|unlink|mkdir|mkdtemp|cp|copy|chmod|chown|symlink|link|truncate|utimes|createWrite)/;

function readSources(folder: string): SourceFile[] {
  return readdirSync(path.join(repo, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .sort()
    .map((file) => readSource(file, readFileSync(path.join(repo, file), "utf8")));
}

function readSource(file: string, text: string): SourceFile {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const add = (specifier: ts.Expression | undefined, typeOnly: boolean) => {
    if (!specifier || !ts.isStringLiteral(specifier)) return;
    const to = specifier.text.startsWith(".")
      ? path.join(path.dirname(file), specifier.text)
      : specifier.text;
    imports.push({ from: file, to, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
      add(node.moduleReference.expression, node.isTypeOnly);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal as ts.Expression, true);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path: file, text, tree, imports };
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = clause.namedBindings;
  if (clause.name || !names || !ts.isNamedImports(names)) return false;
  return names.elements.every((element) => element.isTypeOnly);
}

/** src/analyze/… → analyze; files right below src are the pipeline and the index. */
function roomOf(file: string): string {
  if (file.startsWith("transforms/")) return "transforms";
  const [, room = "", below] = file.split("/");
  if (below !== undefined) return room;
  return room === "index.ts" ? "index" : "pipeline";
}

function forbiddenEdges(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ imports }) =>
    imports.flatMap(({ from, to, typeOnly }) => {
      if (!/^(src|transforms)\//.test(to)) return [];
      const [room, target] = [roomOf(from), roomOf(to)];
      const allowed = MAY_IMPORT[room] ?? [];
      if (room === target || allowed.includes(target) || (typeOnly && allowed.includes(`(${target})`)))
        return [];
      return `${from} → ${target}` in EXCEPTIONS
        ? []
        : [`${from} imports ${typeOnly ? "types of " : ""}${to}`];
    }),
  );
}

/** Places where a global is read, not where a property or a parameter has its name. */
function usesOf(source: SourceFile, name: string): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    const parent = node.parent;
    const isName =
      parent &&
      (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) &&
      parent.name === node;
    if (ts.isIdentifier(node) && node.text === name && !isName) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
}

function touchesTerminal(source: SourceFile): boolean {
  const members = /^(argv|stdout|stderr|stdin|exit|exitCode)$/;
  return usesOf(source, "process").some(
    ({ parent }) => ts.isPropertyAccessExpression(parent) && members.test(parent.name.text),
  );
}

/** Names that a file imports from the file system modules. */
function fileSystemNames({ tree }: SourceFile): string[] {
  return tree.statements.flatMap((statement) => {
    if (
      !ts.isImportDeclaration(statement) ||
      !/^"node:fs(\/promises)?"$/.test(statement.moduleSpecifier.getText())
    )
      return [];
    const bindings = statement.importClause?.namedBindings;
    return bindings && ts.isNamedImports(bindings)
      ? bindings.elements.map((element) => (element.propertyName ?? element.name).text)
      : ["writeAnything"];
  });
}

const sources = [...readSources("src"), ...readSources("transforms")];

describe("the direction of imports", () => {
  it("follows the stages", () => {
    expect(forbiddenEdges(sources)).toEqual([]);
    expect(sources.length).toBeGreaterThan(100);
  });

  it("names each room once, and every room", () => {
    const rooms = new Set(sources.map((source) => roomOf(source.path)));
    expect([...rooms].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it("has no exception without a use", () => {
    const edges = sources.flatMap((source) =>
      source.imports.map(({ from, to }) => `${from} → ${roomOf(to)}`),
    );
    expect(Object.keys(EXCEPTIONS).filter((edge) => !edges.includes(edge))).toEqual([]);
  });

  it("would see a stage that reaches back, by value or by type", () => {
    const back =
      'import { makePlan } from "../plan/make-plan.ts";\nimport type { Plan } from "../plan/plan.ts";\n';
    expect(forbiddenEdges([readSource("src/analyze/new-fact.ts", back)])).toEqual([
      "src/analyze/new-fact.ts imports src/plan/make-plan.ts",
      "src/analyze/new-fact.ts imports types of src/plan/plan.ts",
    ]);
    const late =
      'const { run } = await import("../cli/program.ts");\nexport { x } from "../write/file-system.ts";\n';
    expect(forbiddenEdges([readSource("src/report/new-format.ts", late)])).toHaveLength(2);
  });

  it("gives the registry nothing but Node, since it is copied into other repositories", () => {
    const registry = sources.find((source) => source.path === "src/registry/session-run-registry.ts")!;
    expect(registry.imports.map(({ to }) => to).filter((to) => !to.startsWith("node:"))).toEqual([]);
  });
});

describe("packages and the world outside", () => {
  it("keeps each confined package where it belongs", () => {
    const strays = sources.flatMap(({ imports }) =>
      imports.filter(({ from, to, typeOnly }) => !typeOnly && CONFINED[to] && !CONFINED[to].test(from)),
    );
    expect(strays).toEqual([]);
  });

  it("touches the process only in src/cli, and where a process is the matter", () => {
    const strays = sources.filter(
      (source) => !PROCESS.test(source.path) && usesOf(source, "process").length > 0,
    );
    expect(strays.map((source) => source.path)).toEqual([]);
  });

  it("reads argv and writes to the terminal only in src/cli; nothing uses the console", () => {
    const strays = sources.filter((source) => !TERMINAL.test(source.path) && touchesTerminal(source));
    expect(strays.map((source) => source.path)).toEqual([]);
    expect(
      sources.filter((source) => usesOf(source, "console").length > 0).map((source) => source.path),
    ).toEqual([]);
  });

  it("writes files only in src/write", () => {
    const strays = sources.filter(
      (source) =>
        !FILE_WRITERS.test(source.path) && fileSystemNames(source).some((name) => WRITING.test(name)),
    );
    expect(strays.map((source) => source.path)).toEqual([]);
  });

  it("would see a stage that prints or writes", () => {
    const loud = readSource(
      "src/plan/loud.ts",
      'import { writeFileSync } from "node:fs";\nprocess.stdout.write("x");\n',
    );
    expect(touchesTerminal(loud)).toBe(true);
    expect(fileSystemNames(loud).some((name) => WRITING.test(name))).toBe(true);
    expect(
      usesOf(readSource("src/plan/quiet.ts", "const a = { process: 1 }; a.process;"), "process"),
    ).toEqual([]);
  });
});

describe("names", () => {
  it("spells what is migrated only in src/migration", () => {
    const legacy = /Embedded(Pi|Run|Agent)|pi-embedded/;
    const strays = sources.filter(
      ({ path: file, text }) => /^src\/(?!migration\/)/.test(file) && legacy.test(text),
    );
    expect(strays.map((source) => source.path)).toEqual([]);
    expect(
      sources.some(({ path: file, text }) => file.startsWith("src/migration/") && legacy.test(text)),
    ).toBe(true);
  });

  it("uses kebab case, and has no drawer for helpers", () => {
    for (const { path: file } of sources) {
      expect(file).toMatch(/^[a-z0-9/.-]+\.ts$/);
      expect(file).not.toMatch(/(^|\/)(utils?|helpers?|misc|common)(\/|\.ts$)/);
    }
  });

  it("has a map of src that names each folder, and no folder that is not there", () => {
    const map = readFileSync(path.join(repo, "src/README.md"), "utf8");
    const named = [...map.matchAll(/^\| `([a-z]+)\/` \|/gm)].map(([, room]) => room!);
    const folders = readdirSync(path.join(repo, "src"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(named.sort()).toEqual(folders.map((entry) => entry.name).sort());
  });
});
