import type { Analysis, StubFact } from "../../analyze/analysis.ts";
import type { Evidence } from "../../shared/location.ts";
import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "inert-implementation",
  severity: "error",
  fixable: false,
  docs: {
    what: "A function that promises to stop, await or see runs returns a constant, does nothing to a run or only throws, and production code calls it.",
    why: "Its callers compile, pass their tests and tell users that a run was stopped, while the subprocess goes on.",
    fix: "Call the session-run registry in its place; rewire-abort migrate does it where it can prove the key. Then delete the stub.",
  },
  check(analysis) {
    return analysis.stubs.flatMap((stub) => {
      const callers = callsOf(stub, analysis);
      if (!stub.called && callers.length === 0) return [];
      return {
        ...placeOf(stub),
        message: `${stub.name} ${FORMS[stub.form]} and is called: ${
          stub.form === "throws" ? "its callers fail" : "its callers believe it"
        }. Call the session-run registry instead.`,
        evidence: callers,
        severity: stub.form === "throws" ? "warning" : "error",
        shape: `${stub.form} ${stub.name}`,
      } as const;
    });
  },
});

const FORMS: Record<StubFact["form"], string> = {
  constant: "returns a constant, ignores its arguments",
  empty: "is empty",
  throws: "only throws",
  hollow: "looks runs up, tells none of them to stop and awaits none,",
};

/** Calls through namespaces and awaited imports count as well as direct ones. */
function callsOf(stub: StubFact, analysis: Analysis): Evidence[] {
  const legacy = analysis.calls.filter(
    (call) =>
      !call.inTest &&
      call.name === stub.name &&
      (stub.local
        ? call.file === stub.file && call.via === "stub"
        : call.via !== "unknown" && call.via !== "stub"),
  );
  const registry = analysis.registryCalls.filter(
    (call) => !call.inTest && call.callee === stub.name && (!stub.local || call.file === stub.file),
  );
  return [...legacy, ...registry].map(({ file, line }) => ({
    file,
    line,
    note: `${stub.name} is called here`,
  }));
}
