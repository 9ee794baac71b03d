import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "paper-kill",
  severity: "error",
  fixable: true,
  docs: {
    what: "A session is written down as aborted, or its run as killed, and nothing on the way there kills it.",
    why: "The store, the reply and the queues say that it stopped; the subprocess goes on. Calls of stubs, calls on undefined and branches that never run do not count, and stopping a session's children does not stop the session.",
    fix: "Call killSessionRun with the session's key before it is written down, here or in the function that calls this one.",
  },
  check(analysis, { entryPoints }) {
    return analysis.effects().unbackedReports.map((report) => ({
      ...placeOf(report),
      message: `${report.function} says "${report.report}", and nothing on the way kills the run. Call the registry's kill with the session's key first.`,
      evidence: report.evidence,
      fixable: entryPoints.some(({ name, stood }) => stood !== undefined && name === report.function),
    }));
  },
});
