import assert from "node:assert/strict";
import type { CaseContext, Registered } from "./case-context.ts";

/** Everything a registry has to know: which run holds a key, which runs were superseded there, which have ended. */
export interface RegistryModel {
  readonly current: Map<string, number>;
  /** Id to key, for runs that lost it and have not ended. */
  readonly superseded: Map<number, string>;
  readonly ended: Set<number>;
  readonly aborted: Set<number>;
  count: number;
}

export interface RegistryUnderModel {
  readonly context: CaseContext;
  readonly runs: { key: string; registered: Registered }[];
}

export const MODEL_KEYS = ["", "__proto__", "agent:main:main", "agent:main:subagent:1"] as const;

export function createModel(context: CaseContext): { model: RegistryModel; real: RegistryUnderModel } {
  context.registry.resetSessionRunRegistryForTest();
  const model: RegistryModel = {
    current: new Map(),
    superseded: new Map(),
    ended: new Set(),
    aborted: new Set(),
    count: 0,
  };
  return { model, real: { context, runs: [] } };
}

/** The steps of both model cases: what they do to the model and to the module, and what must agree. */
export const steps = {
  register(model: RegistryModel, real: RegistryUnderModel, key: string): void {
    const previous = model.current.get(key);
    if (previous !== undefined) model.superseded.set(previous, key);
    model.current.set(key, model.count);
    model.count += 1;
    real.runs.push({
      key,
      registered: real.context.register(key, { abortController: new AbortController() }),
    });
  },
  release(model: RegistryModel, real: RegistryUnderModel, id: number): void {
    const { registered } = real.runs[id]!;
    const changed = registered.end();
    if (registered.lease) assert.equal(changed, !model.ended.has(id), `what releasing run ${id} returned`);
    endInModel(model, id);
  },
  unregister(model: RegistryModel, real: RegistryUnderModel, key: string): void {
    real.context.registry.unregisterSessionRun(key);
    const holder = model.current.get(key);
    if (holder !== undefined) endInModel(model, holder);
    for (const [id, under] of model.superseded) if (under === key) endInModel(model, id);
  },
  unregisterExactly(model: RegistryModel, real: RegistryUnderModel, id: number): void {
    const { key, registered } = real.runs[id]!;
    real.context.registry.unregisterSessionRun(key, registered.handle);
    endInModel(model, id);
  },
  kill(model: RegistryModel, real: RegistryUnderModel, key: string): void {
    const id = model.current.get(key);
    const killed = real.context.registry.killSessionRun(key);
    assert.equal(killed, id !== undefined && !model.aborted.has(id), `the kill of ${JSON.stringify(key)}`);
    if (id !== undefined) model.aborted.add(id);
  },
  /** After every step: the whole visible state. */
  compare(model: RegistryModel, real: RegistryUnderModel): void {
    const { registry } = real.context;
    assert.equal(registry.getActiveSessionRunCount(), model.current.size);
    for (const key of MODEL_KEYS) {
      const id = model.current.get(key);
      assert.equal(registry.isSessionRunActive(key), id !== undefined, `${JSON.stringify(key)} is active`);
      const handle = id === undefined ? undefined : real.runs[id]!.registered.handle;
      assert.ok(
        registry.getSessionRunHandle(key) === handle,
        `${JSON.stringify(key)} has the handle of run ${id}`,
      );
    }
    for (const [id, { registered }] of real.runs.entries()) {
      assert.equal(
        registered.handle.abortController!.signal.aborted,
        model.aborted.has(id),
        `run ${id} aborted`,
      );
    }
  },
};

function endInModel(model: RegistryModel, id: number): void {
  model.ended.add(id);
  model.superseded.delete(id);
  for (const [key, holder] of model.current) if (holder === id) model.current.delete(key);
}
