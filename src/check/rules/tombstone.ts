import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "tombstone",
  severity: "info",
  fixable: false,
  docs: {
    what: "A comment says that something was taken out, in a function that no longer does what it promises.",
    why: "It is the only trace that some deletions leave, and it tells where the call stood.",
    fix: "Put the registry's call back where the comment stands, and delete the comment.",
  },
  check(analysis) {
    return analysis.effects().tombstones.map((comment) => ({
      ...placeOf(comment),
      message: `This comment tells what ${comment.function} lost. Put the registry's call back here, and delete the comment.`,
    }));
  },
});
