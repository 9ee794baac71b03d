import { describe, expect, it } from "vitest";
import { analyze } from "../../src/analyze/analyze.ts";
import { textWorkspace } from "../../src/apply/text-workspace.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { makePlan } from "../../src/plan/make-plan.ts";

const HEAD = `import { abortEmbeddedPiRun, isEmbeddedPiRunActive, waitForEmbeddedPiRunEnd } from "./agents/pi-embedded.js";
import { archiveTranscript } from "./archive.js";
type Store = Record<string, { sessionId: string } | undefined>;
`;

/** What is said of the calls of a function's body, which gets a store and the key of a session. */
function notesOf(body: string, settle = true): string {
  const text = `${HEAD}
export async function stop(store: Store, sessionKey: string): Promise<boolean> {
  const sessionId = store[sessionKey]?.sessionId;
${body}
}
`;
  const analysis = analyze(textWorkspace(new Map([["stop.ts", text]])), piToSessionRun);
  const { sites } = makePlan(analysis, piToSessionRun, { minConfidence: "proven", settle });
  const calls = sites.filter(({ kind }) => kind === "call");
  expect(calls.map(({ decision }) => decision)).toContain("rewrite");
  return calls.flatMap(({ evidence }) => evidence.map(({ note }) => note)).join("\n");
}

describe("a test of the id in front of a call", () => {
  const READS = "what comes behind it reads the id too";
  const WAITS = "it says whether there is anything to wait for";

  it("stays where its branch reads the id, and says so", () => {
    const archives = `  if (sessionId) {
    abortEmbeddedPiRun(sessionId);
    archiveTranscript(sessionId);
  }
  return true;`;
    expect(notesOf(archives)).toContain(READS);
    expect(
      notesOf(archives.replace("archiveTranscript(sessionId)", "archiveTranscript(sessionKey)")),
    ).not.toContain(READS);
  });

  it("stays beside a mere wait, and says so", () => {
    const waits = `  if (sessionId && isEmbeddedPiRunActive(sessionId)) return await waitForEmbeddedPiRunEnd(sessionId, 5_000);
  return true;`;
    expect(notesOf(waits)).toContain(WAITS);
    const kills = waits
      .replace("return await", "{ abortEmbeddedPiRun(sessionId); return await")
      .replace("5_000);", "5_000); }");
    expect(notesOf(kills)).not.toContain(WAITS);
  });
});

describe("a kill without a wait", () => {
  const DROPPED = "its answer is dropped here";

  it("says why none is added where its answer is dropped", () => {
    expect(notesOf("  if (sessionId) abortEmbeddedPiRun(sessionId);\n  return true;")).toContain(DROPPED);
  });

  it("says nothing where the answer is read, where the flow waits, and where nothing is settled", () => {
    const read = "  const aborted = sessionId ? abortEmbeddedPiRun(sessionId) : false;\n  return aborted;";
    expect(notesOf(read)).not.toContain(DROPPED);
    const waited = `  if (sessionId) {
    abortEmbeddedPiRun(sessionId);
    await waitForEmbeddedPiRunEnd(sessionId, 5_000);
  }
  return true;`;
    expect(notesOf(waited)).not.toContain(DROPPED);
    expect(notesOf("  if (sessionId) abortEmbeddedPiRun(sessionId);\n  return true;", false)).not.toContain(
      DROPPED,
    );
  });
});
