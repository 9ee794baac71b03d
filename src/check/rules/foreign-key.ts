import type { RegistryCall } from "../../analyze/analysis.ts";
import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "foreign-key",
  severity: "error",
  fixable: false,
  docs: {
    what: "The registry is asked to kill, await or look up a run under something that is no session key: a session id, a made-up string, a literal, nothing.",
    why: "It compiles and fails silently: for an unknown key kill says false and wait says true at once, exactly as if nothing ran.",
    fix: "Pass the canonical store key of the session: the key under which its entry was looked up.",
  },
  check(analysis) {
    // Runs that are registered under the same made-up string are found by it.
    const registered = new Set(
      analysis.registryCalls
        .filter(({ role, inTest, shape }) => role === "register" && !inTest && shape !== undefined)
        .map(({ shape }) => shape),
    );
    return analysis.registryCalls.flatMap((call) => {
      const shape = SHAPES[call.origin];
      if (call.inTest || shape === undefined || call.role === "register" || call.role === "unregister")
        return [];
      if (call.origin === "foreign" && registered.has(call.shape)) return [];
      return {
        ...placeOf(call),
        message: `${call.callee} is given ${call.key}, ${shape}. Runs are registered under the canonical session key: pass that.`,
        evidence: call.evidence,
      };
    });
  },
});

const SHAPES: Partial<Record<RegistryCall["origin"], string>> = {
  "session-id": "which is or may be a session id",
  foreign: "which is put together here and is no key of the session store",
  literal: "which is a literal",
  nothing: "which is nothing",
};
