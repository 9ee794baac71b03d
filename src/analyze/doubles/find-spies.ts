import { ts } from "../typescript.ts";
import { legacyWord } from "../../migration/double-names.ts";
import type { Evaluator } from "../evaluate.ts";
import { isMemberName } from "../source-project.ts";
import { hasExportKeyword, isFunctionNode, returnedExpressions, unwrap } from "../syntax.ts";
import { isTestFile } from "../../shared/test-files.ts";
import type { DoubleName } from "./double-facts.ts";
import { initialValue } from "./find-wiring.ts";

/** What the members of a class stand for, through the objects of it that are handed out. */
export interface ClassDoubles {
  readonly objects: ReadonlySet<ts.Node>;
  readonly doubles: readonly DoubleName[];
}

/** Variables and members of any name that are the doubles of legacy functions: `stop` in `{ old: stop }`. */
export class Spies {
  readonly #known = new Map<ts.Node, Map<string, DoubleName[]>>();

  readonly #names = new Set<string>();

  /** files that export some of them */
  readonly exporting = new Set<string>();

  constructor(readonly evaluator: Evaluator) {}

  /** Notes what the name's own place says of other names. */
  note(node: ts.Node, name: DoubleName): void {
    const { parent } = node;
    if (ts.isPropertyAssignment(parent) && parent.name === node) this.#value(parent.initializer, name);
    // `import { old as stop }`, `const { old: stop } = mocks`
    else if (ts.isImportSpecifier(parent) && parent.propertyName === node) this.#add(parent, "", name);
    else if (ts.isBindingElement(parent) && parent.propertyName === node) this.#add(parent, "", name);
    // `const stop = mocks.old;`, `const stop = vi.mocked(old);`, `const stop = vi.spyOn(module, "old")…;`
    let at: ts.Node = node;
    while (
      (ts.isPropertyAccessExpression(at.parent) && (at.parent.name === at || name.tie === "spy")) ||
      (ts.isCallExpression(at.parent) &&
        (name.tie === "spy" || /^(?:vi|jest)\.mocked$/.test(at.parent.expression.getText()))) ||
      ts.isAsExpression(at.parent) ||
      ts.isNonNullExpression(at.parent)
    )
      at = at.parent;
    const holder = at.parent;
    if (ts.isVariableDeclaration(holder) && holder.initializer === at && ts.isIdentifier(holder.name))
      this.#add(holder, "", name);
    else if (ts.isBinaryExpression(holder) && holder.right === at && ts.isIdentifier(holder.left)) {
      const declaration = this.evaluator.project.declarationOf(holder.left);
      if (declaration && name.tie === "spy") this.#add(declaration, "", name);
    }
  }

  /** The identifier names a spy that stands in for something else too: whose id it is called with is not shown. */
  isShared(node: ts.Node): boolean {
    return ts.isIdentifier(node) && this.#shared.has(this.declarationOf(node) ?? node);
  }

  readonly #shared = new Set<ts.Node>();

  /** The doubles that an identifier, or the members read from it, stand for. */
  at(node: ts.Node): readonly DoubleName[] {
    if (!ts.isIdentifier(node)) return [];
    // A member is declared under its own name; to find out where takes the types of what it is read from.
    if (isMemberName(node) && !this.#names.has(node.text)) return [];
    const paths = this.#known.get(this.declarationOf(node) ?? node);
    if (!paths) return [];
    let path = "";
    for (let at: ts.Node = node; ; at = at.parent) {
      const found = paths.get(path);
      if (found) return found;
      if (!ts.isPropertyAccessExpression(at.parent) || at.parent.expression !== at) return [];
      path += `.${at.parent.name.text}`;
    }
  }

  #value(expression: ts.Expression, name: DoubleName): void {
    const value = unwrap(expression);
    if (isFunctionNode(value)) {
      // `(...args) => abort(...args)`
      const [only, ...more] = returnedExpressions(value);
      const call = only && unwrap(only);
      const [given] = call && ts.isCallExpression(call) ? call.arguments : [];
      const handed = given && (ts.isSpreadElement(given) ? given.expression : given);
      const [parameter] = value.parameters;
      if (
        more.length === 0 &&
        call &&
        ts.isCallExpression(call) &&
        handed?.getText() === parameter?.name.getText()
      )
        this.#value(call.expression, name);
      return;
    }
    let path = "";
    let root: ts.Expression = value;
    while (ts.isPropertyAccessExpression(root)) {
      path = `.${root.name.text}${path}`;
      root = unwrap(root.expression);
    }
    const declaration = ts.isIdentifier(root) ? this.declarationOf(root) : undefined;
    if (!declaration) return;
    this.#add(declaration, path, name);
    if (path === "" && this.#servesOthers(root as ts.Identifier)) this.#shared.add(declaration);
  }

  /** It is handed out under another name as well. */
  #servesOthers(root: ts.Identifier): boolean {
    const { project, migration } = this.evaluator;
    const symbol = project.symbolOf(root);
    return (
      !symbol ||
      project.references(project.pathOf(root), symbol).some(({ parent }) => {
        if (ts.isShorthandPropertyAssignment(parent)) return !legacyWord(migration, parent.name.text);
        return (
          ts.isPropertyAssignment(parent) &&
          parent.name !== root &&
          unwrap(parent.initializer).getText() === root.text &&
          !legacyWord(migration, parent.name.getText())
        );
      })
    );
  }

  /** The objects of a class that stand for doubles, and the doubles that one of its members is. */
  ofMember(declared: ts.ClassLikeDeclaration, member: string): ClassDoubles {
    const objects = new Set<ts.Node>();
    const doubles: DoubleName[] = [];
    for (const [declaration, paths] of this.#known) {
      const found = paths.get(`.${member}`);
      if (!found || classOf(this.evaluator, declaration) !== declared) continue;
      objects.add(declaration);
      doubles.push(...found);
    }
    return { objects, doubles };
  }

  /** The declaration behind a name, in whichever test file it stands. */
  declarationOf(name: ts.Identifier): ts.Node | undefined {
    const { project } = this.evaluator;
    const declaration = project.declarationOf(name);
    if (!declaration || !ts.isImportSpecifier(declaration)) return declaration;
    const specifier = declaration.parent.parent.parent.moduleSpecifier;
    const file = ts.isStringLiteral(specifier)
      ? project.resolve(project.pathOf(declaration), specifier.text)
      : undefined;
    if (file === undefined || !isTestFile(file)) return declaration;
    return project.exported(file, (declaration.propertyName ?? declaration.name).text)?.node ?? declaration;
  }

  #add(declaration: ts.Node, path: string, name: DoubleName): void {
    const paths = this.#known.get(declaration) ?? new Map<string, DoubleName[]>();
    this.#known.set(declaration, paths);
    const { name: own } = declaration as ts.NamedDeclaration;
    if (own) this.#names.add(own.getText());
    paths.set(path, [...(paths.get(path) ?? []), name]);
    let holder = declaration;
    while (ts.isBindingElement(holder) || ts.isObjectBindingPattern(holder)) holder = holder.parent;
    if (hasExportKeyword(holder)) this.exporting.add(this.evaluator.project.pathOf(holder));
  }
}

/** The class that the object behind a declaration is made of: `const fake = new Fake()`, or the same in hoisted state. */
function classOf(evaluator: Evaluator, declaration: ts.Node): ts.ClassLikeDeclaration | undefined {
  const value = initialValue(declaration, "");
  const made = value && unwrap(value);
  if (!made || !ts.isNewExpression(made) || !ts.isIdentifier(made.expression)) return undefined;
  const found = evaluator.project.declarationOf(made.expression);
  return found && ts.isClassLike(found) ? found : undefined;
}
