import { ts } from "./typescript.ts";
import type { Migration } from "../migration/migration.ts";
import { type Alias, Aliases, methodOf, standIn } from "./aliases.ts";
import type { CallerIndex } from "./callers.ts";
import { calleeName, isWrite } from "./evaluate.ts";
import { findPropertyWrites } from "./property-writes.ts";
import type { SourceProject } from "./source-project.ts";
import {
  constantText,
  contains,
  courseOf,
  enclosingFunction,
  type FunctionNode,
  isFunctionNode,
  unwrap,
  walk,
} from "./syntax.ts";
import { findTouches, methodsDeclaredIn, runsNothingElse, sideOf, type Touch } from "./touches.ts";

const PROTOCOL = new Set(["toString", "toLocaleString", "valueOf", "toJSON", "then"]);
const DEFINES = new Set(["defineProperty", "defineProperties", "__defineGetter__"]);

/** A place where a property of an object gets another value. */
interface Write {
  readonly at: ts.Node;
  readonly alias: Alias;
  /** null when it cannot be told which */
  readonly names: readonly string[] | null;
}

/** What one file does to objects. */
interface FileChanges {
  readonly aliases: Aliases;
  readonly certain: Aliases;
  readonly writes: readonly Write[];
  readonly touches: readonly Touch[];
  /** names of getters that do more than to hand on what an object holds; null when any name may be one */
  readonly computed: ReadonlySet<string> | null;
  /** names of methods that the file declares */
  readonly declared: ReadonlySet<string>;
  /** functions that run where nothing names them: getters, `toString`, what a symbol of the language names */
  readonly unseen: readonly FunctionNode[];
  /** where methods and accessors are named, by their names */
  readonly uses: Map<string, readonly ts.Node[]>;
  readonly writesTo: Map<Alias, Map<string, ObjectWrites>>;
  readonly touchesOn: Map<Alias, readonly Touch[]>;
}

/** Writes to one property of one object. */
interface ObjectWrites {
  readonly same: readonly Write[];
  /** to objects that may be the same one, though this file does not show it */
  readonly perhaps: readonly Write[];
}

/**
 * Names the state that an object is in where a property of it is read. Two reads of one property have one value when
 * their moments are equal: nothing that may have changed it lies between them. "" is the state it was made in.
 */
export class Moments {
  readonly #files = new Map<ts.SourceFile, FileChanges>();
  readonly #changing = new Map<Touch, boolean>();
  readonly #kept = new Map<Touch, boolean>();
  readonly #openings = new Map<ts.Node, readonly ts.Node[]>();

  constructor(
    readonly project: SourceProject,
    readonly migration: Migration,
    readonly callers: CallerIndex,
    readonly functionOf: (callee: ts.Expression) => FunctionNode | undefined,
  ) {}

  /** Lets go of all that was read. */
  forget(): void {
    for (const memory of [this.#files, this.#changing, this.#kept, this.#openings]) memory.clear();
  }

  /** @param path from the expression to the object */
  of(root: ts.Expression, path: readonly string[], name: string, read: ts.Node): string {
    return this.#moment((aliases) => along(aliases, aliases.of(root), path), name, read);
  }

  ofDeclaration(root: ts.Node, path: readonly string[], name: string, read: ts.Node): string {
    return this.#moment((aliases) => along(aliases, aliases.ofDeclaration(root), path), name, read);
  }

  /** True when a path still holds at one place what it held at another. @param from null for where it was declared */
  isUntouched(root: ts.Node | "this", names: readonly string[], from: ts.Node | null, to: ts.Node): boolean {
    return names.every((name, depth) => {
      const object = (aliases: Aliases): Alias =>
        along(
          aliases,
          root === "this" ? aliases.ofThis(to) : aliases.ofDeclaration(root),
          names.slice(0, depth),
        );
      return this.#moment(object, name, to) === (from ? this.#moment(object, name, from) : "");
    });
  }

  /** A getter of this file goes by the name, and does more than to hand on what the object holds. */
  isComputed(name: string, read: ts.Node): boolean {
    const { computed } = this.#changesIn(read.getSourceFile());
    return computed === null || computed.has(name);
  }

  /** True when the file of a node declares a method of one of these names: what the language means by it may not hold. */
  declaresAny(names: readonly string[], node: ts.Node): boolean {
    const { declared } = this.#changesIn(node.getSourceFile());
    return names.some((name) => declared.has(name));
  }

  #changesIn(source: ts.SourceFile): FileChanges {
    let changes = this.#files.get(source);
    if (!changes) {
      const aliases = new Aliases(source, this.project, this.functionOf);
      const certain = new Aliases(source, this.project, this.functionOf, true);
      const writes = findPropertyWrites(source).map(
        ({ at, owner, names }): Write => ({
          at: assignmentAround(at),
          alias: aliases.of(owner),
          // It may run a setter.
          names: this.#isOfClassElsewhere(owner) ? null : names,
        }),
      );
      const declared = methodsDeclaredIn(source);
      changes = {
        aliases,
        certain,
        writes,
        touches: findTouches(aliases, certain, declared),
        computed: computedIn(source, writes),
        declared,
        unseen: runUnseenIn(source),
        uses: new Map(),
        writesTo: new Map(),
        touchesOn: new Map(),
      };
      this.#files.set(source, changes);
    }
    return changes;
  }

  /** Made by a class that is imported, or of a class that extends one: its accessors are not seen here. */
  #isOfClassElsewhere(object: ts.Expression): boolean {
    const at = unwrap(object);
    if (at.kind === ts.SyntaxKind.ThisKeyword) {
      let owner: ts.Node | undefined = at;
      while (owner && !ts.isClassLike(owner)) owner = owner.parent;
      const bases = owner?.heritageClauses?.flatMap(({ types }) => types.map(({ expression }) => expression));
      return bases?.some((base) => this.#isImported(base)) ?? false;
    }
    const declaration = ts.isIdentifier(at) ? this.project.declarationOf(at) : undefined;
    const made = declaration && ts.isVariableDeclaration(declaration) && declaration.initializer;
    const value = made ? unwrap(made) : undefined;
    return value !== undefined && ts.isNewExpression(value) && this.#isImported(value.expression);
  }

  #isImported(name: ts.Expression): boolean {
    const declaration = ts.isIdentifier(name) ? this.project.declarationOf(name) : undefined;
    return declaration !== undefined && (ts.isImportSpecifier(declaration) || ts.isImportClause(declaration));
  }

  #moment(object: (aliases: Aliases) => Alias, name: string, read: ts.Node): string {
    const changes = this.#changesIn(read.getSourceFile());
    const alias = object(changes.aliases);
    const { same, perhaps } = this.#writesTo(changes, alias, name);
    const touches = [
      ...this.#touchesOn(changes, changes.aliases, alias),
      ...this.#touchesOn(changes, changes.certain, object(changes.certain)),
    ];
    const course = courseOf(read);
    const sides = new Set<string>();
    const addSides = (effects: readonly ts.Node[]): void => {
      for (const effect of effects) {
        const side = sideOf(effect, read);
        if (side !== null) sides.add(side);
      }
    };
    const isHere = (at: ts.Node): boolean => courseOf(at) === course;
    // May run at any place, so each read finds a state of its own.
    const addUnseen = (at: ts.Node): void => {
      if (changes.unseen.some((fn) => this.#happensIn(fn, at))) sides.add(`${read.pos}?`);
    };
    const writes = [
      ...same,
      // One object that this file does not show to be one.
      ...perhaps.filter(({ at, alias: written }) =>
        isHere(at) ? true : standIn(written).isLoose && standIn(alias).isLoose,
      ),
    ];
    for (const { at } of writes) {
      addUnseen(at);
      addSides(this.#timesIn(at, read));
      if (isHere(at) || this.#runsOnlyIn(at, course)) continue;
      sides.add(`${at.pos}~${course?.pos ?? 0}`);
      addSides(this.#openingsOf(course ?? read.getSourceFile()));
    }
    for (const touch of touches) {
      const { call } = touch;
      addUnseen(call);
      const effects = this.#timesIn(call, read);
      if (this.#isKept(touch) && effects.some((effect) => sideOf(effect, read) !== null))
        addSides(this.#openingsOf(course ?? read.getSourceFile()));
      // In the code around this function, which may go on before it is called.
      if (effects.length === 0 && isAround(call, course)) sides.add(`${call.pos}~${course?.pos ?? 0}`);
      addSides(effects);
      // In a function that is made here and handed on.
      if (course && !isHere(call) && contains(course, call) && !this.#runsOnlyIn(call, course))
        addSides(this.#openingsOf(course));
    }
    return [...sides].sort().join(",");
  }

  #writesTo(file: FileChanges, alias: Alias, name: string): ObjectWrites {
    const object = standIn(alias);
    const byName = file.writesTo.get(object) ?? new Map<string, ObjectWrites>();
    file.writesTo.set(object, byName);
    let known = byName.get(name);
    if (!known) {
      const named = file.writes.filter(({ names }) => names === null || names.includes(name));
      const isSame = (write: Write): boolean => standIn(write.alias) === object;
      const isPerhaps = (write: Write): boolean =>
        write.names !== null && !object.isOwn && !standIn(write.alias).isOwn && !isSame(write);
      known = { same: named.filter(isSame), perhaps: named.filter(isPerhaps) };
      byName.set(name, known);
    }
    return known;
  }

  /** Calls that are made on the object, or are given it, and may write to it. */
  #touchesOn(file: FileChanges, aliases: Aliases, alias: Alias): readonly Touch[] {
    const object = standIn(alias);
    let known = file.touchesOn.get(object);
    if (!known) {
      const isGiven = aliases === file.certain;
      known = file.touches.filter(
        (touch) =>
          (touch.given !== null) === isGiven &&
          aliases.reaches(touch.alias, object, isGiven) &&
          (this.#mayChange(touch) || this.#isKept(touch)),
      );
      file.touchesOn.set(object, known);
    }
    return known;
  }

  /** Where something takes effect in the course of a read: at its place, or where the function that it stands in is named. */
  #timesIn(at: ts.Node, read: ts.Node, seen: ReadonlySet<ts.Node> = new Set()): readonly ts.Node[] {
    if (courseOf(at) === courseOf(read)) return [at];
    const closure = enclosingFunction(at);
    if (!closure || seen.has(closure)) return [];
    const within = new Set([...seen, closure]);
    const names = this.#namesOf(closure);
    if (names.length === 0) return this.#timesIn(closure, read, within);
    return names
      .filter((name) => !contains(closure, name))
      .flatMap((name) => this.#timesIn(runBy(name), read, within));
  }

  /** The function around the node makes objects, or is nowhere named but in calls of this course: nobody else runs it. */
  #runsOnlyIn(at: ts.Node, course: FunctionNode | undefined): boolean {
    const closure = enclosingFunction(at);
    if (!closure || ts.isConstructorDeclaration(closure)) return true;
    if (!ts.isFunctionDeclaration(closure) && !ts.isVariableDeclaration(closure.parent)) return false;
    const names = this.#namesOf(closure);
    return (
      names.length > 0 &&
      names.every(
        (name) =>
          contains(closure, name) ||
          (courseOf(name) === course && ts.isCallExpression(name.parent) && name.parent.expression === name),
      )
    );
  }

  /** Places in the course of a function where other code may run: it waits there, or calls what cannot be read. */
  #openingsOf(course: ts.Node): readonly ts.Node[] {
    let openings = this.#openings.get(course);
    if (!openings) {
      const found: ts.Node[] = [];
      const fn = isFunctionNode(course) ? course : undefined;
      walk(course, (node) => {
        const opens =
          ts.isAwaitExpression(node) ||
          ts.isYieldExpression(node) ||
          (ts.isForOfStatement(node) && node.awaitModifier !== undefined) ||
          ((ts.isCallExpression(node) || ts.isNewExpression(node)) && this.#isUnread(node));
        if (opens && courseOf(node) === fn) found.push(node);
      });
      openings = found;
      this.#openings.set(course, openings);
    }
    return openings;
  }

  #isUnread(call: ts.CallExpression | ts.NewExpression): boolean {
    if (runsNothingElse(call) || this.#leavesArguments(calleeName(call.expression) ?? "")) return false;
    const callee = unwrap(call.expression);
    const declaration = ts.isIdentifier(callee) ? this.project.declarationOf(callee) : undefined;
    if (declaration && ts.isImportSpecifier(declaration)) return true;
    return !(methodOf(call, callee) ?? this.functionOf(callee))?.body;
  }

  /** False when the callee can be read, and neither writes to the object nor lets another do so. */
  #mayChange(touch: Touch): boolean {
    const known = this.#changing.get(touch);
    if (known !== undefined) return known;
    this.#changing.set(touch, false); // a cycle adds nothing
    const result = this.#changes(touch);
    this.#changing.set(touch, result);
    return result;
  }

  #changes({ call, given }: Touch): boolean {
    if (!ts.isCallExpression(call) && !ts.isNewExpression(call)) return true;
    const name = calleeName(call.expression) ?? "";
    if (given ? this.#leavesArguments(name) : this.#isCallbackInBag(call)) return false;
    const body = methodOf(call, call.expression) ?? this.functionOf(call.expression);
    if (!body?.body) return true;
    const parameter = given && body.parameters[given.index];
    // More arguments than parameters: they are read through `arguments`, if at all.
    if (given && !parameter) return true;
    const source = body.getSourceFile();
    // What this file does counts where it does it.
    if (source === call.getSourceFile() || !given || !parameter) return false;
    const { aliases, certain, writes, touches } = this.#changesIn(source);
    const object = (all: Aliases): Alias => {
      const received = all.ofDeclaration(parameter);
      return given.property === null ? received : all.field(received, given.property);
    };
    return (
      writes.some(
        ({ at, alias }) => aliases.reaches(object(aliases), alias, true) && this.#happensIn(body, at),
      ) ||
      touches.some((inner) => {
        const all = inner.given ? certain : aliases;
        return (
          all.reaches(object(all), inner.alias, true) &&
          this.#happensIn(body, inner.call) &&
          this.#mayChange(inner)
        );
      })
    );
  }

  /** Another module keeps what it is given in a variable of its own, and writes to what it keeps. */
  #isKept(touch: Touch): boolean {
    let kept = this.#kept.get(touch);
    if (kept === undefined) {
      kept = this.#keeps(touch);
      this.#kept.set(touch, kept);
    }
    return kept;
  }

  #keeps({ call, given }: Touch): boolean {
    if (!given || !(ts.isCallExpression(call) || ts.isNewExpression(call))) return false;
    if (this.#leavesArguments(calleeName(call.expression) ?? "")) return false;
    const parameter = this.functionOf(call.expression)?.parameters[given.index];
    const source = parameter?.getSourceFile();
    if (!parameter || !source || source === call.getSourceFile()) return false;
    const { aliases, writes } = this.#changesIn(source);
    const received = aliases.ofDeclaration(parameter);
    const object = given.property === null ? received : aliases.field(received, given.property);
    return (
      writes.some(({ alias }) => aliases.reaches(object, alias, true)) &&
      source.statements.some(
        (statement) =>
          ts.isVariableStatement(statement) &&
          statement.declarationList.declarations.some((variable) =>
            aliases.reaches(aliases.ofDeclaration(variable), object, true),
          ),
      )
    );
  }

  /** The node stands in the body, or in a function that is named there. */
  #happensIn(body: FunctionNode, at: ts.Node, seen: ReadonlySet<ts.Node> = new Set()): boolean {
    if (contains(body, at)) return true;
    const fn = enclosingFunction(at);
    if (!fn || seen.has(fn)) return false;
    const within = new Set([...seen, fn]);
    return this.#namesOf(fn).some((name) => this.#happensIn(body, name, within));
  }

  /** `params.stop(id)` where every caller writes out the bag and the arrow function in it: nobody else has the bag. */
  #isCallbackInBag(call: ts.CallExpression | ts.NewExpression): boolean {
    const callee = unwrap(call.expression);
    if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression)) return false;
    const parameter = this.project.declarationOf(callee.expression);
    if (!parameter || !ts.isParameter(parameter)) return false;
    const fn = parameter.parent;
    const callers = this.callers.of(fn);
    if (!callers?.complete || callers.calls.length === 0) return false;
    return callers.calls.every((caller) => {
      const given = caller.arguments[fn.parameters.indexOf(parameter)];
      const bag = given && unwrap(given);
      if (!bag || !ts.isObjectLiteralExpression(bag)) return false;
      return bag.properties.every(
        (property) =>
          !ts.isSpreadAssignment(property) &&
          (property.name.getText() !== callee.name.text || this.#knowsNoThis(property)),
      );
    });
  }

  /** A property that holds a function which cannot reach the object that it is called on. */
  #knowsNoThis(property: ts.ObjectLiteralElementLike): boolean {
    const value = ts.isPropertyAssignment(property)
      ? property.initializer
      : ts.isShorthandPropertyAssignment(property)
        ? property.name
        : undefined;
    const fn = value && this.functionOf(value);
    if (!fn?.body) return false;
    let found = false;
    walk(fn.body, (node) => {
      found ||= node.kind === ts.SyntaxKind.ThisKeyword;
    });
    return ts.isArrowFunction(fn) || !found;
  }

  /** Functions that the migration knows: they look up, normalise or clear by key. */
  #leavesArguments(name: string): boolean {
    const { lookups, idLookups, normalizers, companions, pureFunctions } = this.migration;
    return (
      companions.includes(name) ||
      pureFunctions.includes(name) ||
      [...lookups, ...idLookups, ...normalizers].some((fn) => fn.name === name)
    );
  }

  /** Every node that a function is named or run by. */
  #namesOf(fn: FunctionNode): readonly ts.Node[] {
    if (ts.isSetAccessorDeclaration(fn)) return this.#usesOf(fn).filter(isWrite);
    if (ts.isMethodDeclaration(fn) || ts.isGetAccessorDeclaration(fn)) return this.#usesOf(fn);
    const name = ts.isConstructorDeclaration(fn)
      ? fn.parent.name
      : fn.name && ts.isIdentifier(fn.name)
        ? fn.name
        : ts.isVariableDeclaration(fn.parent) && ts.isIdentifier(fn.parent.name)
          ? fn.parent.name
          : undefined;
    const symbol = name && this.project.symbolOf(name);
    if (!symbol) return [];
    return this.project.references(this.project.pathOf(fn), symbol).filter((use) => use !== name);
  }

  #usesOf({ name }: ts.MethodDeclaration | ts.AccessorDeclaration): readonly ts.Node[] {
    const source = name.getSourceFile();
    const { uses } = this.#changesIn(source);
    let found = uses.get(name.getText());
    if (!found) {
      const named: ts.Node[] = [];
      walk(source, (node) => {
        if (
          (ts.isPropertyAccessExpression(node) && node.name.text === name.getText()) ||
          (ts.isElementAccessExpression(node) && constantText(node.argumentExpression) === name.getText())
        )
          named.push(node);
      });
      found = named;
      uses.set(name.getText(), found);
    }
    return found;
  }
}

function along(aliases: Aliases, root: Alias, path: readonly string[]): Alias {
  return path.reduce((owner, name) => aliases.field(owner, name), root);
}

function isAround(node: ts.Node, course: FunctionNode | undefined): boolean {
  const outer = courseOf(node);
  return course !== undefined && (outer === undefined || contains(outer, course));
}

/** What a function is given is read before it runs. */
function runBy(name: ts.Node): ts.Node {
  const { parent } = name;
  const isCallee = (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === name;
  return isCallee ? parent : assignmentAround(name);
}

/** The right-hand side of an assignment is read before it takes effect. */
function assignmentAround(write: ts.Node): ts.Node {
  const { parent } = write;
  return ts.isBinaryExpression(parent) && parent.left === write ? parent : write;
}

/** Functions of the language's own protocols, and getters, which an access, a spread or a conversion runs. */
function runUnseenIn(source: ts.SourceFile): FunctionNode[] {
  const found: FunctionNode[] = [];
  walk(source, (node) => {
    if (ts.isGetAccessorDeclaration(node)) found.push(node);
    if (!ts.isMethodDeclaration(node) && !ts.isPropertyAssignment(node) && !ts.isPropertyDeclaration(node))
      return;
    const name = node.name.getText();
    const fn = ts.isMethodDeclaration(node) ? node : node.initializer && unwrap(node.initializer);
    if (fn && isFunctionNode(fn) && (PROTOCOL.has(name) || name.startsWith("[Symbol."))) found.push(fn);
  });
  return found;
}

function computedIn(source: ts.SourceFile, writes: readonly Write[]): ReadonlySet<string> | null {
  const written = new Set(
    writes.flatMap(({ at, names }) =>
      enclosingFunction(at)?.kind === ts.SyntaxKind.Constructor ? [] : (names ?? []),
    ),
  );
  const names = new Set<string>();
  let isAny = false;
  walk(source, (node) => {
    if (ts.isGetAccessorDeclaration(node) && !handsOn(node, written)) names.add(node.name.getText());
    if (ts.isNewExpression(node)) isAny ||= node.expression.getText() === "Proxy";
    if (!ts.isCallExpression(node) || !DEFINES.has(calleeName(node.expression) ?? "")) return;
    const how = node.arguments.at(-1);
    if (how && ts.isObjectLiteralExpression(how) && !/\bget\b/.test(how.getText())) return;
    const name = node.arguments.length > 2 ? constantText(node.arguments[1]) : undefined;
    if (name === undefined) isAny = true;
    else names.add(name);
  });
  return isAny ? null : names;
}

/** `get key() { return this.entry.key; }`, where nobody writes to these properties. */
function handsOn({ body }: ts.GetAccessorDeclaration, written: ReadonlySet<string>): boolean {
  const [only, more] = body?.statements ?? [];
  if (!only || more || !ts.isReturnStatement(only) || !only.expression) return false;
  let at = unwrap(only.expression);
  while (ts.isPropertyAccessExpression(at)) {
    if (written.has(at.name.text)) return false;
    at = unwrap(at.expression);
  }
  return ts.isIdentifier(at) || at.kind === ts.SyntaxKind.ThisKeyword;
}
