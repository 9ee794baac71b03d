import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "registry-without-producer",
  severity: "error",
  fixable: false,
  docs: {
    what: "Production code kills or awaits runs of the registry, and no production code registers any.",
    why: "Every kill says false and every wait says true at once: the abort paths are wired to a registry that is always empty.",
    fix: "Register each run where its subprocess is started, under the canonical session key, and unregister it when it ends.",
  },
  check(analysis) {
    const production = analysis.registryCalls.filter((call) => !call.inTest);
    const consumers = production.filter(
      ({ role }) => role === "kill" || role === "wait" || role === "active",
    );
    const first = consumers.find(({ role }) => role === "kill") ?? consumers[0];
    if (!first) return [];
    const { registers, registerHandedOn } = analysis.effects();
    if (registers || registerHandedOn) return [];
    return [
      {
        ...placeOf(first),
        message: `Nothing fills the registry: ${consumers.length} ${consumers.length === 1 ? "call asks" : "calls ask"} it, from here on, and no production code registers a run. Register each run where its process is started.`,
        evidence: consumers
          .filter((call) => call !== first)
          .map(({ file, line, callee, key }) => ({ file, line, note: `${callee} is given ${key}` })),
        shape: "registry",
      },
    ];
  },
});
