import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "manual-marker",
  severity: "error",
  fixable: false,
  docs: {
    what: "A @rewire-abort-manual comment is still there.",
    why: "It stands where the migration refused to guess: the call below it was left to a person.",
    fix: "Mend the call as the marker's code says (rewire-abort explain CODE), and delete the marker.",
  },
  check(analysis) {
    return analysis.markers.map((marker) => ({
      ...placeOf(marker),
      message: `The migration left this to a person: ${marker.text.replace(/^\/[/*]\s*@rewire-abort-manual\s*/, "").replace(/\s*\*\/$/, "") || "no code given"}. Mend it and delete the marker.`,
    }));
  },
});
