import type { BrokenPromise } from "../../analyze/effects/effect-facts.ts";
import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "lost-effect",
  severity: "error",
  fixable: true,
  docs: {
    what: "A declared entry point (/stop, sessions.reset, sub-agent kill and steer, /compact …) reaches no kill, or no wait, though it promises one.",
    why: "The cleanest deletion leaves nothing to match: the function still reads naturally, answers its users and cleans up, and the run goes on.",
    fix: "Put the registry's call back, with the session's key, on the path that answers; for cleanup before a mutation also wait for the end and act on the answer. Entry points are declared in the migration and in rewire-abort.json.",
  },
  check(analysis, { entryPoints }) {
    const { brokenPromises, unbackedReports } = analysis.effects();
    // paper-kill says the same about the line that lies.
    const said = new Set(unbackedReports.map((report) => `${report.file}#${report.function}`));
    return brokenPromises
      .filter(({ missing, file, name }) => missing !== "kill" || !said.has(`${file}#${name}`))
      .map((promise) => ({
        ...placeOf(promise),
        message: MESSAGES[promise.missing](promise.name),
        evidence: promise.evidence,
        fixable: entryPoints.some(({ name, stood }) => stood !== undefined && name === promise.name),
        shape: `${promise.name} ${promise.missing}`,
      }));
  },
});

const MESSAGES: Record<BrokenPromise["missing"], (name: string) => string> = {
  kill: (name) =>
    `${name} must stop a run and reaches no kill. Call the registry's kill with the session's key.`,
  wait: (name) =>
    `${name} must not go on before the run has ended and reaches no wait. Await the registry's wait and act on its answer.`,
  settle: (name) =>
    `${name} tells its user that a run was stopped and never awaits its end. Await the registry's wait after the kill.`,
};
