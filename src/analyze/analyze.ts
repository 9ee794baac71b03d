import path from "node:path/posix";
import { ts } from "./typescript.ts";
import type { Discovery } from "../discover/start-discovery.ts";
import type { SourceFileText, Workspace } from "../discover/workspace.ts";
import { type LegacyFunction, legacyNames, type Migration, surfaceWords } from "../migration/migration.ts";
import { isRegistryFile, legacyTail, withoutExtension } from "../migration/module-paths.ts";
import type { Span } from "../shared/location.ts";
import type { Analysis, ImportFact, LegacyUse, MarkerFact, RunCall, WrapperFact } from "./analysis.ts";
import { collectCandidates } from "./candidates.ts";
import { expressionProblem } from "./check-expression.ts";
import { collectChecks } from "./collect-checks.ts";
import type { DoubleFacts } from "./doubles/double-facts.ts";
import { collectDoubles } from "./doubles/collect-doubles.ts";
import { declaredMembers } from "./declared-types.ts";
import { DeadCode } from "./effects/dead-code.ts";
import { Folder } from "./effects/folder.ts";
import { Reach } from "./effects/reach.ts";
import { Sinks } from "./effects/sinks.ts";
import { Evaluator } from "./evaluate.ts";
import { escapedNameProblem } from "./find-escaped-name.ts";
import { joinedNameProblem } from "./find-joined-name.ts";
import { type FileBindings, findBindings, type FoundCall } from "./find-bindings.ts";
import { collectGuards, spanOf } from "./guards.ts";
import { isTest } from "./is-test.ts";
import { LeftoverFinder } from "./leftovers.ts";
import { lineStartFor } from "./line-start.ts";
import { once } from "./once.ts";
import { keyNameFor, Relator } from "./relate.ts";
import { originTrail } from "./origin-trail.ts";
import { collectRestores } from "./restore.ts";
import { findLostContracts } from "./revive/lost-contracts.ts";
import { ParsedFiles } from "./parsed-files.ts";
import { parseAhead, SourceProject } from "./source-project.ts";
import {
  enclosingFunctions,
  enclosingName,
  type FunctionNode,
  functionName,
  isAsync,
  isFunctionNode,
  ownerOf,
  unwrap,
} from "./syntax.ts";
import type { Term } from "./term.ts";
import { isTestFile } from "../shared/test-files.ts";
import type { OnProgress } from "../shared/on-progress.ts";

/** Trees behind an analysis, for one of the code after a change. */
const PARSED = new WeakMap<Analysis, ParsedFiles>();

export interface AnalyzeOptions {
  /**
   * When the keys of calls are looked for: `now`, for a plan that reads them all, or `by-need`, for a gate that only
   * has to see that a call is there. Finding keys takes most of an analysis. @default "now"
   */
  readonly keys?: "now" | "by-need";
  /** facts about the same files before a change: what has not changed is not parsed again */
  readonly before?: Analysis;
  /** trees of some of the files, made while others were still looked for */
  readonly parsed?: ParsedFiles;
  /** told how many of the files have been read */
  readonly onProgress?: OnProgress;
}

/** Waits for a discovery, and parses its hits as they are found. */
export async function readHits(
  discovery: Discovery,
  migration: Migration,
): Promise<{ workspace: Workspace; parsed: ParsedFiles }> {
  const parsed = new ParsedFiles();
  const isWanted = parsedAtOnce(migration);
  const workspace = await discovery.finish((hit) => {
    if (isWanted(hit)) parseAhead(parsed, hit.path, hit.text);
  });
  return { workspace, parsed };
}

/** Whether a hit is parsed whatever it holds. A test that names nothing of the surface may have nothing to say. */
function parsedAtOnce(migration: Migration): (hit: SourceFileText) => boolean {
  const surface = surfaceWords(migration);
  return ({ path: file, text }) => !isTestFile(file) || surface.test(text);
}

/** Reads the workspace's hits into facts. The only stage that parses for meaning. */
export function analyze(workspace: Workspace, migration: Migration, options: AnalyzeOptions = {}): Analysis {
  const { keys = "now", before, onProgress } = options;
  const project = new SourceProject(workspace, options.parsed ?? (before && PARSED.get(before)));
  const evaluator = new Evaluator(project, migration);
  const relator = new Relator(evaluator);
  const failed: { file: string; message: string }[] = [];
  const parsed: string[] = [];
  const isWanted = parsedAtOnce(migration);
  for (const hit of workspace.hits) {
    const { path: file } = hit;
    if (!isWanted(hit) && isTest(project, file)) {
      parsed.push(file);
      continue;
    }
    try {
      const errors = project.syntaxErrors(file);
      const escaped =
        errors.length > 0
          ? null
          : (escapedNameProblem(project, migration, file) ?? joinedNameProblem(project, migration, file));
      if (errors.length > 0) failed.push({ file, message: `does not parse: ${errors[0]}` });
      else if (escaped !== null) failed.push({ file, message: escaped });
      else parsed.push(file);
    } catch (error) {
      failed.push({
        file,
        message: error instanceof RangeError ? "too deeply nested to parse" : String(error),
      });
    }
  }
  const legacyName = new RegExp(`(?<![\\w$])(?:${legacyNames(migration).join("|")})(?![\\w$])`);
  const calls: RunCall[] = [];
  const uses: LegacyUse[] = [];
  for (const [done, file] of parsed.entries()) {
    onProgress?.(done, parsed.length);
    if (!legacyName.test(project.text(file))) continue;
    try {
      const bindings = findBindings(evaluator, file);
      uses.push(...bindings.uses.map((use) => describeUse(project, file, use)));
      const described = describeCalls(evaluator, relator, file, bindings);
      if (keys === "now") for (const call of described) void call.candidates;
      calls.push(...described);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      failed.push({ file, message: "too deeply nested to analyse" });
    }
  }
  let doubles: DoubleFacts | undefined;
  const wrappers = once(() => collectWrappers(evaluator, relator, calls));
  const restores = once(() =>
    collectRestores(
      evaluator,
      relator,
      parsed,
      ({ functions }) =>
        (term) =>
          spellPaths(evaluator, relator, term, functions),
    ),
  );
  if (keys === "now") {
    wrappers();
    restores();
  }
  const imports = once(() =>
    importFacts(
      project,
      new Set(
        [...calls, ...restores(), ...uses, ...wrappers().flatMap((wrapper) => wrapper.calls)].map(
          (site) => site.file,
        ),
      ),
    ),
  );
  const checks = collectChecks(evaluator, relator, parsed, { calls, uses });
  const registry = locateRegistry(workspace, migration, uses);
  const analysis: Analysis = {
    calls: calls.sort(byPlace),
    get wrappers() {
      return wrappers();
    },
    doubles: (progress) => (doubles ??= collectDoubles(evaluator, parsed, progress)),
    forget: () => {
      relator.forget();
      project.parsed.forget();
    },
    get restores() {
      return restores();
    },
    get imports() {
      return imports().imports;
    },
    get declaredNames() {
      return imports().declaredNames;
    },
    get texts() {
      return imports().texts;
    },
    uses: uses.sort(byPlace),
    keyProblem: (file, offset, expression) =>
      expressionProblem(project, nodeAt(project.file(file), offset), expression),
    leftovers: (file, gone, kept) => {
      const source = project.file(file);
      return new LeftoverFinder(
        project,
        file,
        gone,
        [...migration.pureFunctions, ...migration.idLookups.map(({ name }) => name)],
        kept.map(({ offset, names }) => ({ at: nodeAt(source, offset), names })),
      ).find();
    },
    ...checks,
    markers: parsed.flatMap((file) => markersIn(project, file)),
    registry,
    revivals: () =>
      findLostContracts({
        evaluator,
        reach: new Reach(evaluator, new Sinks(evaluator, checks.stubs), new DeadCode(new Folder(evaluator))),
        callers: relator.callers,
        files: parsed.filter((file) => !isTest(project, file)),
        registry,
      }),
    failed: failed.sort((a, b) => (a.file < b.file ? -1 : 1)),
  };
  PARSED.set(analysis, project.parsed);
  return analysis;
}

/** What is only known once the id of a call was followed: the costly part of a call's facts. */
type KeyFacts = Pick<RunCall, "wrapper" | "cluster" | "candidates" | "guards" | "feedsNoCounterpart">;

function describeCalls(
  evaluator: Evaluator,
  relator: Relator,
  file: string,
  { calls }: FileBindings,
): RunCall[] {
  const idTerms = once(
    () =>
      new Map<FoundCall, Term | undefined>(
        calls.map((found) => [found, idTermOf(evaluator, found)] as const),
      ),
  );
  return calls.map((found): RunCall => {
    const { call, fn } = found;
    const { project } = evaluator;
    const { line, column } = project.lines(file).at(call.getStart());
    const id = call.arguments[0];
    const functions = enclosingFunctions(call);
    const keyFacts = once(() => findKeyFacts(evaluator, relator, file, calls, idTerms(), found));
    return {
      file,
      line,
      column,
      function: enclosingName(call),
      name: found.name,
      legacy: fn.names[0]!,
      role: fn.role,
      via: found.via,
      span: spanOf(call),
      callee: spanOf(call.expression),
      nameSpan: spanOf(found.token),
      arguments: call.arguments.map(spanOf),
      idIndex: 0,
      get wrapper() {
        return keyFacts().wrapper;
      },
      argumentText: call.arguments.map((argument) => argument.getText()).join(", "),
      global: fn.keyed && (id === undefined || isNothing(id)),
      unsupported: isSpread(call) || (found.via !== "dependency" && isNameTaken(evaluator, call, fn)),
      get cluster() {
        return keyFacts().cluster;
      },
      scope: `${file}#${functions.at(-1)?.getStart() ?? 0}`,
      inTest: isTest(project, file),
      get candidates() {
        return keyFacts().candidates;
      },
      get guards() {
        return keyFacts().guards;
      },
      idReads: id ? [spanOf(id)] : [],
      result: resultOf(call),
      inAsync: isAsync(functions[0]),
      evidence:
        id && idOf(found) && fn.replacement !== null
          ? [project.evidence(call, `${found.name} takes ${id.getText()}`), ...originTrail(project, id)]
          : [],
      get feedsNoCounterpart() {
        return keyFacts().feedsNoCounterpart;
      },
      optional: ts.isCallExpression(call) && ts.isOptionalChain(call),
      through: found.through,
      lineStart: lineStartFor(call),
      standsAlone:
        isStatement(call.parent) || (ts.isAwaitExpression(call.parent) && isStatement(call.parent.parent)),
      awaited: ts.isAwaitExpression(call.parent),
    };
  });
}

function findKeyFacts(
  evaluator: Evaluator,
  relator: Relator,
  file: string,
  calls: readonly FoundCall[],
  idTerms: ReadonlyMap<FoundCall, Term | undefined>,
  found: FoundCall,
): KeyFacts {
  const { call, fn } = found;
  const id = call.arguments[0];
  const idTerm = idTerms.get(found);
  const functions = enclosingFunctions(call);
  const scopeOf = (node: ts.Node): ts.Node | undefined => enclosingFunctions(node).at(-1);
  const sameFlow = calls.filter(
    (other) => idTerm !== undefined && idTerms.get(other) === idTerm && scopeOf(other.call) === scopeOf(call),
  );
  const migratedArguments = new Set<ts.Node>(
    sameFlow
      .filter((other) => other.fn.replacement !== null)
      .flatMap((other) => other.call.arguments[0] ?? []),
  );
  const keyed = id !== undefined && idTerm !== undefined && fn.keyed && fn.replacement !== null;
  const { line, column } = evaluator.project.lines(file).at(call.getStart());
  return {
    wrapper: idTerm ? (wrapperAround(evaluator, call, idTerm) ?? null) : null,
    cluster: idTerm
      ? `${file}#${functions.at(-1)?.getStart() ?? 0}#${idTerm.id}`
      : `${file}:${line}:${column}`,
    candidates:
      keyed && !isSpread(call) && !isTest(evaluator.project, file)
        ? collectCandidates(
            {
              evaluator,
              call,
              id,
              idTerm,
              functions,
              paths: (term) => spellPaths(evaluator, relator, term, functions),
            },
            relator,
          )
        : [],
    guards: idTerm && keyed ? collectGuards({ evaluator, call, idTerm, migratedArguments }) : [],
    feedsNoCounterpart: sameFlow.some((other) => other.fn.replacement === null && other.fn.keyed),
  };
}

/** A statement that another `if` can be put before: below an `if` without braces its `else` would go to that one. */
function isStatement(node: ts.Node): boolean {
  if (!ts.isExpressionStatement(node)) return false;
  for (let at: ts.Node = node; !ts.isBlock(at) && at.parent; at = at.parent)
    if (ts.isIfStatement(at.parent) && at.parent.thenStatement === at && at.parent.elseStatement)
      return false;
  return true;
}

/** Something else goes by the new function's name where the call stands. */
function isNameTaken(evaluator: Evaluator, call: ts.Node, { replacement }: LegacyFunction): boolean {
  if (replacement === null || !call.getSourceFile().text.includes(replacement)) return false;
  const declaration = evaluator.project.valueNamed(replacement, call);
  if (!declaration) return isImportedFromElsewhere(evaluator, call.getSourceFile(), replacement);
  const owner = ownerOf(declaration);
  if (!ts.isVariableDeclaration(owner)) return true;
  // What was taken out of a module, or of a bag, may be the function itself.
  const { parent } = owner;
  return (
    ts.isCatchClause(parent) ||
    ts.isForOfStatement(parent.parent) ||
    ts.isForInStatement(parent.parent) ||
    (owner.initializer !== undefined && owner === declaration && isFunctionNode(unwrap(owner.initializer)))
  );
}

/** The file imports it, and not from the registry: a second import of the name would not compile. */
function isImportedFromElsewhere(
  { project, migration }: Evaluator,
  source: ts.SourceFile,
  name: string,
): boolean {
  const file = project.pathOf(source);
  return source.statements.some((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return false;
    const { importClause: clause } = statement;
    const bindings = clause?.namedBindings;
    const names = [clause, ...(bindings && ts.isNamedImports(bindings) ? bindings.elements : [bindings])];
    const specifier = names.find((node) => node?.name?.text === name);
    if (!specifier || isRegistryFile(migration, statement.moduleSpecifier.text)) return false;
    const module = project.resolve(file, statement.moduleSpecifier.text);
    const exported = ts.isImportSpecifier(specifier) ? (specifier.propertyName?.text ?? name) : "default";
    const target = module === undefined ? undefined : project.exported(module, exported);
    return target === undefined || !isRegistryFile(migration, target.file);
  });
}

function isSpread(call: ts.CallExpression): boolean {
  return call.arguments.some((argument) => ts.isSpreadElement(argument));
}

/** Place of the function around a call whose own parameter is the id, when it has a name to be called by. */
function wrapperAround(evaluator: Evaluator, call: ts.CallExpression, id: Term): string | undefined {
  const parameter = evaluator.parameterOf(id);
  if (!parameter || !ts.isIdentifier(parameter.name)) return undefined;
  const fn = enclosingFunctions(call).find((outer) => outer === parameter.parent);
  return fn && functionName(fn) ? placeOf(evaluator, parameter) : undefined;
}

function placeOf(evaluator: Evaluator, node: ts.Node): string {
  return `${evaluator.project.pathOf(node)}:${node.getStart()}`;
}

/** Wrappers whose every caller is known, with the candidates at each of their calls. */
function collectWrappers(evaluator: Evaluator, relator: Relator, calls: readonly RunCall[]): WrapperFact[] {
  const { project } = evaluator;
  const wrappers: WrapperFact[] = [];
  for (const id of new Set(
    calls.flatMap((call) => (call.wrapper !== null && !call.inTest ? [call.wrapper] : [])),
  )) {
    const inner = calls.filter((call) => call.wrapper === id);
    const parameter = evaluator.parameterAt(id);
    const fn = parameter?.parent;
    const callers = fn && relator.callers.of(fn);
    if (
      !parameter ||
      !fn ||
      !ts.isIdentifier(parameter.name) ||
      !callers?.complete ||
      callers.calls.length === 0
    )
      continue;
    const file = project.pathOf(fn);
    const newName = /Id$/.test(parameter.name.text) ? keyNameFor(parameter.name.text) : "sessionKey";
    const symbol = project.symbolOf(parameter.name);
    const tokens = symbol ? project.references(file, symbol) : [];
    // A name that is free at the top of the function may be another variable where the parameter is read.
    const taken = [(fn as FunctionNode).body ?? fn, ...tokens].some((place) =>
      project.symbolsInScope(place).some((visible) => visible.name === newName),
    );
    const covered = tokens.every(
      (token) =>
        token.parent === parameter ||
        inner.some((call) => {
          const span = call.arguments[call.idIndex];
          return span !== undefined && span.start === token.getStart() && span.end === token.end;
        }) ||
        isPresenceTest(token),
    );
    // Two ids in one function: their calls change twice, which no single step can carry out.
    const others = calls.some(
      (call) =>
        call.wrapper !== null && call.wrapper !== id && evaluator.parameterAt(call.wrapper)?.parent === fn,
    );
    if (taken || !covered || others) continue;
    const index = fn.parameters.indexOf(parameter);
    const described = callers.calls.map((call) =>
      describeWrapperCall(evaluator, relator, call, index, id, inner[0]!),
    );
    if (described.some((call) => call === undefined)) continue;
    wrappers.push({
      id,
      file,
      name: functionName(fn as FunctionNode) ?? "",
      newName,
      tokens: tokens.map(spanOf),
      calls: described as RunCall[],
    });
  }
  return wrappers;
}

function isPresenceTest(token: ts.Node): boolean {
  let at = token;
  while (
    ts.isPrefixUnaryExpression(at.parent) ||
    ts.isParenthesizedExpression(at.parent) ||
    ts.isBinaryExpression(at.parent)
  )
    at = at.parent;
  return (
    (ts.isIfStatement(at.parent) && at.parent.expression === at) ||
    (ts.isConditionalExpression(at.parent) && at.parent.condition === at)
  );
}

function describeWrapperCall(
  evaluator: Evaluator,
  relator: Relator,
  call: ts.CallExpression,
  index: number,
  wrapper: string,
  inner: RunCall,
): RunCall | undefined {
  const { project } = evaluator;
  const id = call.arguments[index];
  const callee = unwrap(call.expression);
  if (!id || ts.isSpreadElement(id) || !ts.isIdentifier(callee)) return undefined;
  const file = project.pathOf(call);
  const idTerm = evaluator.evaluate(id);
  const functions = enclosingFunctions(call);
  const paths = (term: Term) => spellPaths(evaluator, relator, term, functions);
  return {
    ...inner,
    file,
    ...project.lines(file).at(call.getStart()),
    function: enclosingName(call),
    name: callee.text,
    via: "wrapper",
    span: spanOf(call),
    callee: spanOf(call.expression),
    nameSpan: spanOf(callee),
    arguments: call.arguments.map(spanOf),
    idIndex: index,
    argumentText: call.arguments.map((argument) => argument.getText()).join(", "),
    global: false,
    unsupported: false,
    cluster: `wrapper ${wrapper}`,
    scope: `${file}#${functions.at(-1)?.getStart() ?? 0}`,
    wrapper,
    inTest: false,
    candidates: collectCandidates({ evaluator, call, id, idTerm, functions, paths }, relator),
    guards: collectGuards({ evaluator, call, idTerm, migratedArguments: new Set<ts.Node>([id]) }),
    idReads: [spanOf(id)],
    result: null,
    inAsync: isAsync(functions[0]),
    evidence: [project.evidence(call, `${callee.text} takes ${id.getText()}`), ...originTrail(project, id)],
    feedsNoCounterpart: false,
    optional: false,
    through: null,
    lineStart: lineStartFor(call),
    standsAlone: isStatement(call.parent),
    awaited: ts.isAwaitExpression(call.parent),
  };
}

/** `params.childKey` for a key that is read from a parameter of the functions around the call. */
function spellPaths(
  evaluator: Evaluator,
  relator: Relator,
  id: Term,
  functions: readonly FunctionNode[],
): { root: ts.Identifier; text: string; term: Term }[] {
  const stored = relator.keysBehind(id);
  // What comes in beside the id: the bag's type names its members, callers tell what they are.
  const bag = id.kind === "prop" ? evaluator.parameterOf(id.of) : undefined;
  if (bag && id.kind === "prop" && ts.isIdentifier(bag.name))
    for (const [name, member] of declaredMembers(evaluator.project, bag.name) ?? [])
      if (name !== id.name && isStringType(member.type)) stored.push(evaluator.prop(id.of, name));
  return stored.flatMap((term) => {
    const names: string[] = [];
    let at = term;
    while (at.kind === "prop") {
      names.unshift(at.name);
      at = at.of;
    }
    const parameter = evaluator.parameterOf(at);
    if (!parameter || names.length === 0 || !ts.isIdentifier(parameter.name)) return [];
    if (
      !functions.some((fn) => fn === parameter.parent) ||
      !names.every((name) => /^[A-Za-z_$][\w$]*$/.test(name))
    )
      return [];
    return [{ root: parameter.name, text: [parameter.name.text, ...names].join("."), term }];
  });
}

function isStringType(type: ts.TypeNode | undefined): boolean {
  if (!type) return false;
  if (ts.isUnionTypeNode(type)) return type.types.some(isStringType);
  return type.kind === ts.SyntaxKind.StringKeyword;
}

function idTermOf(evaluator: Evaluator, found: FoundCall): Term | undefined {
  const id = idOf(found);
  return id && evaluator.evaluate(id);
}

/** The argument that is the id, where the call is about one session. */
function idOf({ call, fn }: FoundCall): ts.Expression | undefined {
  const id = call.arguments[0];
  return !fn.keyed || !id || ts.isSpreadElement(id) || isNothing(id) ? undefined : id;
}

function isNothing(node: ts.Expression): boolean {
  const at = unwrap(node);
  return (
    (ts.isIdentifier(at) && at.text === "undefined") ||
    at.kind === ts.SyntaxKind.NullKeyword ||
    ts.isVoidExpression(at)
  );
}

/** `const aborted = …call…;`: the const and its statement. */
function resultOf(call: ts.CallExpression): RunCall["result"] {
  let at: ts.Node = call;
  while (
    ts.isConditionalExpression(at.parent) ||
    ts.isAwaitExpression(at.parent) ||
    ts.isParenthesizedExpression(at.parent) ||
    ts.isBinaryExpression(at.parent)
  )
    at = at.parent;
  const declaration = at.parent;
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return null;
  const list = declaration.parent;
  const statement = list.parent;
  if (
    !ts.isVariableDeclarationList(list) ||
    !ts.isVariableStatement(statement) ||
    list.declarations.length !== 1
  )
    return null;
  const text = statement.getSourceFile().text;
  const start = statement.getStart();
  let lineStart = start;
  while (lineStart > 0 && text[lineStart - 1] !== "\n" && text[lineStart - 1] !== "\r") lineStart -= 1;
  return { name: declaration.name.text, statement: spanOf(statement), indent: text.slice(lineStart, start) };
}

function describeUse(project: SourceProject, file: string, use: FileBindings["uses"][number]): LegacyUse {
  const span = spanOf(use.node);
  const { line, column } = project.lines(file).at(span.start);
  const references = use.symbol ? project.references(file, use.symbol) : [];
  return {
    file,
    line,
    column,
    function: enclosingName(use.node),
    name: use.name,
    legacy: use.fn.names[0]!,
    role: use.fn.role,
    kind: use.kind,
    span,
    inTest: isTest(project, file),
    uses: references
      .filter((reference) => reference.getStart() < span.start || reference.end > span.end)
      .map(spanOf),
    specifier: use.specifier,
    local: use.local,
    typeOnly: use.typeOnly,
    detail: use.detail,
  };
}

function importFacts(
  project: SourceProject,
  files: ReadonlySet<string>,
): Pick<Analysis, "imports" | "declaredNames" | "texts"> {
  const imports = new Map<string, ImportFact[]>();
  const declaredNames = new Map<string, Set<string>>();
  const texts = new Map<string, string>();
  for (const file of files) {
    const source = project.file(file);
    const facts: ImportFact[] = [];
    const names = new Set<string>();
    for (const statement of source.statements) {
      if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
        const clause = statement.importClause;
        const bindings = clause?.namedBindings;
        facts.push({
          span: spanOf(statement),
          specifier: statement.moduleSpecifier.text,
          module: spanOf(statement.moduleSpecifier),
          typeOnly: clause?.isTypeOnly ?? false,
          other:
            !clause ||
            clause.name !== undefined ||
            (bindings !== undefined && ts.isNamespaceImport(bindings)),
          names:
            bindings && ts.isNamedImports(bindings)
              ? bindings.elements.map((element) => ({
                  imported: (element.propertyName ?? element.name).text,
                  local: element.name.text,
                  span: spanOf(element),
                  token: spanOf(element.propertyName ?? element.name),
                  typeOnly: element.isTypeOnly,
                }))
              : [],
        });
      } else if ("name" in statement && statement.name && ts.isIdentifier(statement.name as ts.Node)) {
        names.add((statement.name as ts.Identifier).text);
      } else if (ts.isVariableStatement(statement)) {
        for (const declaration of statement.declarationList.declarations)
          if (ts.isIdentifier(declaration.name)) names.add(declaration.name.text);
      }
    }
    imports.set(file, facts);
    declaredNames.set(file, names);
    texts.set(file, source.text);
  }
  return { imports, declaredNames, texts };
}

function markersIn(project: SourceProject, file: string): MarkerFact[] {
  const text = project.text(file);
  const markers: MarkerFact[] = [];
  for (const match of text.matchAll(/\/[/*]\s*@rewire-abort-manual\b[^\r\n]*/g)) {
    const span: Span = { start: match.index, end: match.index + match[0].length };
    const { line, column } = project.lines(file).at(span.start);
    markers.push({
      file,
      line,
      column,
      span,
      function: enclosingName(nodeAt(project.file(file), span.end)),
      text: match[0],
    });
  }
  return markers;
}

function nodeAt(source: ts.SourceFile, offset: number): ts.Node {
  let found: ts.Node = source;
  const visit = (node: ts.Node): void => {
    if (node.pos <= offset && offset < node.end) {
      found = node;
      ts.forEachChild(node, visit);
    }
  };
  ts.forEachChild(source, visit);
  return found;
}

/** Where the registry is, or should be: beside the legacy modules, in the language that the repository writes. */
function locateRegistry(
  workspace: Workspace,
  migration: Migration,
  uses: readonly LegacyUse[],
): Analysis["registry"] {
  const { module } = migration.registry;
  const existing = workspace.scanned.filter(
    (file) => withoutExtension(file) === module || withoutExtension(file).endsWith(`/${module}`),
  );
  if (existing.length > 0) {
    const found = shortest(existing);
    const text = workspace.read(found);
    const known = [migration.registry.killAll, migration.registry.waitAll];
    const exported = exportedNames(ts.createSourceFile(found, text, ts.ScriptTarget.ESNext));
    return { path: found, exists: true, exports: known.filter((name) => exported.has(name)) };
  }
  const homes = workspace.scanned.flatMap((file) => {
    const tail = legacyTail(migration, file);
    return tail === undefined ? [] : [{ file, folder: withoutExtension(file).slice(0, -tail.length) }];
  });
  const guessed = uses
    .filter((use) => !use.inTest && use.specifier?.startsWith("."))
    .flatMap((use) => {
      const joined = path.join(path.dirname(use.file), use.specifier!);
      const tail = legacyTail(migration, joined);
      return tail === undefined || joined.startsWith("..")
        ? []
        : [{ file: use.file, folder: withoutExtension(joined).slice(0, -tail.length) }];
    });
  const from = homes.length > 0 ? homes : guessed;
  if (from.length === 0) return null;
  const folder = shortest(from.map((home) => home.folder));
  const home = from.find((candidate) => candidate.folder === folder)!;
  const extension = /\.[cm]?[jt]s/.exec(path.extname(home.file))?.[0] ?? ".ts";
  return { path: `${folder}${module}${extension}`, exists: false, exports: [] };
}

/** The values that a module exports by name. What `export *` hands on is not seen, and so not counted on. */
function exportedNames(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement)) {
      const clause = statement.isTypeOnly ? undefined : statement.exportClause;
      if (clause && ts.isNamedExports(clause))
        for (const element of clause.elements) if (!element.isTypeOnly) names.add(element.name.text);
      continue;
    }
    const exported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
    if (!exported) continue;
    if (ts.isFunctionDeclaration(statement) && statement.name) names.add(statement.name.text);
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations)
        if (ts.isIdentifier(name)) names.add(name.text);
  }
  return names;
}

function shortest(paths: readonly string[]): string {
  return [...paths].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0]!;
}

function byPlace(
  a: { file: string; line: number; column: number },
  b: { file: string; line: number; column: number },
): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
