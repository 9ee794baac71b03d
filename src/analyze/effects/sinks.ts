import { ts } from "../typescript.ts";
import { isRegistryFile } from "../../migration/module-paths.ts";
import type { StubFact } from "../analysis.ts";
import type { Evaluator } from "../evaluate.ts";
import { type FunctionNode, functionName, unwrap } from "../syntax.ts";
import { calledFunction, calledName, shadowsImport } from "./called.ts";
import { isHollow } from "./hollow.ts";

export type Effect = "kill" | "wait";

/** Tells the calls that stop or await a run from those that only carry the name. */
export class Sinks {
  readonly #effects = new Map<string, Effect>();
  readonly #registry = new Set<string>();
  readonly #stubs: ReadonlySet<string>;
  readonly #local: ReadonlySet<string>;
  readonly #speaking = new Map<string, boolean>();
  readonly #hollow = new Map<ts.Node, boolean>();

  /** @param stubs functions on the surface that do nothing: calls of them have no effect */
  constructor(
    readonly evaluator: Evaluator,
    stubs: readonly StubFact[],
  ) {
    const { migration } = evaluator;
    const { kill, killAll, wait, waitAll } = migration.registry;
    for (const name of [kill, killAll]) this.#effects.set(name, "kill");
    for (const name of [wait, waitAll]) this.#effects.set(name, "wait");
    for (const name of this.#effects.keys()) this.#registry.add(name);
    for (const fn of migration.legacy) {
      const effect =
        fn.role === "abort" ? "kill" : fn.role === "wait" || fn.role === "wait-all" ? "wait" : null;
      if (effect !== null) for (const name of fn.names) this.#effects.set(name, effect);
    }
    this.#stubs = new Set(stubs.filter(({ local }) => !local).map(({ name }) => name));
    this.#local = new Set(stubs.filter(({ local }) => local).map(({ file, name }) => `${file}#${name}`));
  }

  /** What a call of a known function does. */
  named(call: ts.CallExpression, file: string): Effect | undefined {
    if (!this.#speaks(file)) return undefined;
    const name = calledName(this.evaluator, call.expression);
    const effect = name === undefined ? undefined : this.effectOf(name, file);
    if (effect === undefined || !this.#registry.has(name!)) return effect;
    const fn = calledFunction(this.evaluator, call.expression);
    if (!fn && shadowsImport(this.evaluator, call.expression)) return undefined;
    return this.#actsOn(fn, effect) ? effect : undefined;
  }

  /** A file that names no function with an effect calls none, by whatever name. */
  #speaks(file: string): boolean {
    let speaks = this.#speaking.get(file);
    if (speaks === undefined) {
      speaks = this.evaluator.project.mentions(file, [...this.#effects.keys()]);
      this.#speaking.set(file, speaks);
    }
    return speaks;
  }

  /** What a function does that is the registry's own, whatever name it was handed on under. */
  ofFunction(fn: FunctionNode): Effect | undefined {
    const name = functionName(fn);
    const file = this.evaluator.project.pathOf(fn);
    const effect = name === undefined || !this.#isHome(file) ? undefined : this.effectOf(name, file);
    return effect !== undefined && this.#actsOn(fn, effect) ? effect : undefined;
  }

  /** A function that only goes by the registry's name does nothing of the kind. */
  #actsOn(fn: FunctionNode | undefined, effect: Effect): boolean {
    if (!fn) return true;
    let hollow = this.#hollow.get(fn);
    if (hollow === undefined) {
      hollow = isHollow(this.evaluator, fn, effect, this.#isHome(this.evaluator.project.pathOf(fn)));
      this.#hollow.set(fn, hollow);
    }
    return !hollow;
  }

  #isHome(file: string): boolean {
    return isRegistryFile(this.evaluator.migration, file);
  }

  /** The function behind a call by the registry's name that does nothing to a run, where no stub was named there. */
  hollowBehind(call: ts.CallExpression): FunctionNode | undefined {
    const effect = this.ofRegistry(call);
    const file = this.evaluator.project.pathOf(call);
    if (
      effect === undefined ||
      this.effectOf(calledName(this.evaluator, call.expression)!, file) === undefined
    )
      return undefined;
    const fn = calledFunction(this.evaluator, call.expression);
    return fn && !this.#actsOn(fn, effect) ? fn : undefined;
  }

  effectOf(name: string, file: string): Effect | undefined {
    if (this.#stubs.has(name) || this.#local.has(`${file}#${name}`)) return undefined;
    return this.#effects.get(name);
  }

  /** Names of all functions with an effect, stubs among them. */
  namesOf(effect: Effect): string[] {
    return [...this.#effects].flatMap(([name, its]) => (its === effect ? [name] : []));
  }

  /** Names of the registry's kills and waits. */
  get registryNames(): string[] {
    return [...this.#registry];
  }

  /** A kill or wait of the registry, by name. */
  ofRegistry(call: ts.CallExpression): Effect | undefined {
    const name = calledName(this.evaluator, call.expression);
    return name !== undefined && this.#registry.has(name) ? this.#effects.get(name) : undefined;
  }

  /** `controller.abort()` and `child.kill()`: a kill, where it stands in the function itself. */
  isDirectKill(call: ts.CallExpression): boolean {
    const callee = unwrap(call.expression);
    return (
      ts.isPropertyAccessExpression(callee) && (callee.name.text === "abort" || callee.name.text === "kill")
    );
  }
}
