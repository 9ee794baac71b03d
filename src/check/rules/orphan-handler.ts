import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "orphan-handler",
  severity: "error",
  fixable: false,
  docs: {
    what: "The handler of a documented command is exported, and no production code names it besides handing it on.",
    why: "A handler that is in no table is a command that users cannot reach: /stop answers nothing, and no test of the handler notices.",
    fix: "Put it back into the table of handlers, or delete it together with the command.",
  },
  check(analysis) {
    return analysis.effects().orphanHandlers.map((handler) => ({
      ...placeOf(handler),
      message: `Nothing calls ${handler.name} or lists it: its command reaches nobody. Put it back into the table of handlers.`,
      shape: handler.name,
    }));
  },
});
