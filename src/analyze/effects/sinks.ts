import { ts } from "ts-morph";
import type { Migration } from "../../migration/migration.ts";
import type { StubFact } from "../analysis.ts";
import { calleeName } from "../evaluate.ts";
import { unwrap } from "../syntax.ts";

export type Effect = "kill" | "wait";

/** Tells the calls that stop or await a run from those that only carry the name. */
export class Sinks {
  readonly #effects = new Map<string, Effect>();
  readonly #registry = new Set<string>();
  readonly #stubs: ReadonlySet<string>;
  readonly #local: ReadonlySet<string>;

  /** @param stubs functions on the surface that do nothing: calls of them have no effect */
  constructor(migration: Migration, stubs: readonly StubFact[]) {
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
    const name = calleeName(call.expression);
    return name === undefined ? undefined : this.effectOf(name, file);
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
    const name = calleeName(call.expression);
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
