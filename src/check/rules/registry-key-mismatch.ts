import type { RegistryCall } from "../../analyze/analysis.ts";
import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "registry-key-mismatch",
  severity: "error",
  fixable: false,
  docs: {
    what: "Runs are registered under one kind of key and killed or awaited under another.",
    why: "Each side compiles and passes its tests; together they never meet: kill says false, wait says true at once, and the run goes on.",
    fix: "Register under the canonical key of the session store, the one under which the session's entry is looked up.",
  },
  check(analysis) {
    const production = analysis.registryCalls.filter((call) => !call.inTest);
    const consumers = production.filter(
      ({ role }) => role === "kill" || role === "wait" || role === "active",
    );
    return production
      .filter(({ role, origin }) => role === "register" && SHAPES[origin] !== undefined)
      .flatMap((producer) => {
        const others = consumers.filter((consumer) => !sameKind(producer, consumer));
        if (others.length === 0) return [];
        return {
          ...placeOf(producer),
          message: `A run is registered under ${producer.key}, ${SHAPES[producer.origin]}${
            producer.shape === undefined ? "" : ` (${producer.shape})`
          }, and killed under ${others[0]!.key}: they never meet. Register it under the session's store key.`,
          evidence: [
            ...producer.evidence,
            ...others.map(({ file, line, callee, key, origin }) => ({
              file,
              line,
              note: `${callee} is given ${key} (${origin})`,
            })),
          ],
        };
      });
  },
});

const SHAPES: Partial<Record<RegistryCall["origin"], string>> = {
  "session-id": "which is or may be a session id",
  foreign: "which is put together and is no key of the session store",
  literal: "which is a literal",
  nothing: "which is nothing",
};

function sameKind(producer: RegistryCall, consumer: RegistryCall): boolean {
  if (producer.origin === "foreign") return consumer.shape !== undefined && consumer.shape === producer.shape;
  if (producer.origin === "literal") return consumer.key === producer.key;
  return consumer.origin === producer.origin;
}
