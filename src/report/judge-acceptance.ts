import type { SiteDecision } from "../plan/plan.ts";
import type { Evidence } from "../shared/location.ts";
import { countOf } from "./fit-text.ts";
import type { RunResult } from "./run-result.ts";
import { isTestFile } from "../shared/test-files.ts";

export type Verdict = "met" | "not-met" | "not-checkable";

/** One acceptance criterion of the migration, judged from facts of this run alone. */
export interface Judgement {
  readonly criterion: string;
  readonly verdict: Verdict;
  /** why, in one sentence */
  readonly because: string;
  readonly evidence: readonly Evidence[];
}

const ABORT = /(^|\/)auto-reply\/reply\/abort\.[cm]?[jt]s$/;
const SESSIONS = /(^|\/)gateway\/server-methods\/sessions\.[cm]?[jt]s$/;
/** Newer trees keep the cleanup of both methods in a service beside them. */
const CLEANUP = /(^|\/)gateway\/(server-methods\/sessions|session-reset-service)\.[cm]?[jt]s$/;
const COMMANDS = /(^|\/)auto-reply\/reply\/commands-session\.[cm]?[jt]s$/;
const KILL_AND_WAIT = ["killSessionRun", "waitForSessionRunEnd"] as const;
const WAIT_15_S = /\bwaitForSessionRunEnd\(.*\b15_?000\b/;
/** Reasons to keep a name in a test that is no double of an abort or a wait. */
const OUT_OF_SCOPE: readonly (string | null)[] = ["no-counterpart", "other-function"];
const METHODS = ["sessions.reset", "sessions.delete"] as const;
/** Lines below a wait in which its answer on timeout must stand to count as that wait's. */
const ANSWER_LINES = 5;

type Answer = Omit<Judgement, "criterion">;

/**
 * The acceptance criteria that the migration answers. "Met" needs a fact of the run; a plan that has not been written
 * meets nothing; what only a live run or another tool can show is said to be not checkable here.
 */
export function judgeAcceptance(result: RunResult): Judgement[] {
  const rows: readonly (readonly [string, Answer])[] = [
    [
      "abort.ts imports killSessionRun and waitForSessionRunEnd from the session-run registry",
      judgeImports(result, ABORT),
    ],
    [
      "sessions.ts (server methods) imports killSessionRun and waitForSessionRunEnd from the session-run registry",
      judgeImports(result, SESSIONS),
    ],
    ["commands-session.ts: applyAbortTarget calls killSessionRun(abortTarget.key)", judgeAbortTarget(result)],
    ["/abort terminates the running CLI subprocess for non-ACP sessions", judgeLiveKill(result)],
    [
      "sessions.reset and sessions.delete wait up to 15 s for the subprocess, and answer UNAVAILABLE on timeout",
      judgeCleanup(result),
    ],
    ["pnpm check passes", unknown("Run it in the repository: this tool starts no scripts of the target.")],
    ["The existing abort tests are updated", judgeTests(result)],
    ["The live smoke test passes", unknown("Needs a running CLI session: LIVE=1 pnpm test:live -- abort.")],
  ];
  return rows.map(([criterion, answer]) => ({ criterion, ...answer }));
}

function unknown(because: string): Answer {
  return { verdict: "not-checkable", because, evidence: [] };
}

/** Sites that show the legacy call still stands: refused, or planned in a run that wrote nothing. */
function judgeOpenSites(sites: readonly SiteDecision[], written: boolean): Answer | null {
  const manual = sites.filter((site) => site.decision === "manual");
  if (manual.length > 0)
    return {
      verdict: "not-met",
      because: "A site there is left for a person.",
      evidence: manual.map((site) => placeOfSite(site, site.reason ?? "manual")),
    };
  const planned = sites.filter((site) => site.decision === "rewrite");
  if (planned.length > 0 && !written)
    return {
      verdict: "not-met",
      because: "Planned with proof, but nothing has been written.",
      evidence: planned.map((site) => placeOfSite(site, "planned")),
    };
  return null;
}

function placeOfSite(site: SiteDecision, note: string): Evidence {
  return { file: site.file, line: site.line, note: `${note}: ${site.replacement ?? site.callee}` };
}

function judgeImports(result: RunResult, file: RegExp): Answer {
  const imports = linesAfter(result, file).filter(({ note }) => isRegistryImport(note));
  const missing = KILL_AND_WAIT.filter((name) => !imports.some(({ note }) => note.includes(name)));
  if (imports.length > 0 && missing.length === 0)
    return metWithRegistry(result, "The import stands in the file after this run.", imports);
  const open = judgeOpenSites(
    result.sites.filter((site) => file.test(site.file)),
    result.written,
  );
  if (open) return open;
  const calls = result.provenance.filter((item) => file.test(item.file));
  const roles = new Set(calls.map((item) => item.role));
  if (roles.has("kill") && roles.has("wait"))
    return metWithRegistry(
      result,
      "Kill and wait calls of the file resolve to the registry.",
      calls.map(placeOfCall),
    );
  if (imports.length > 0)
    return {
      verdict: "not-met",
      because: `The import from the registry lacks ${missing.join(" and ")}.`,
      evidence: imports,
    };
  return (
    judgeFindings(result, (finding) => file.test(finding.file), "Findings of this run stand in the file.") ??
    unknown("This run holds no fact about that file's imports.")
  );
}

/** What the code says is met only where the registry that it names is there: else nothing of it loads. */
function metWithRegistry(result: RunResult, because: string, evidence: readonly Evidence[]): Answer {
  return result.registry?.exists === false
    ? {
        verdict: "not-met",
        because: "The code names the registry, and the registry does not exist yet.",
        evidence,
      }
    : { verdict: "met", because, evidence };
}

/** A whole import of values on one line; a comment or a type import that names the registry is none. */
function isRegistryImport(line: string): boolean {
  return (
    /^(import\b(?!\s+type\b)|(const|let|var)\s.*\b(require|import)\()/.test(line) &&
    line.includes("session-run-registry")
  );
}

/** Errors of this run that say the contrary of a criterion, or null. */
function judgeFindings(
  result: RunResult,
  concerns: (finding: RunResult["findings"][number]) => boolean,
  because: string,
): Answer | null {
  const found = result.findings.filter((finding) => finding.severity === "error" && concerns(finding));
  return found.length === 0 ? null : { verdict: "not-met", because, evidence: found.map(placeOfFinding) };
}

function placeOfCall({ file, line, role, expression }: RunResult["provenance"][number]): Evidence {
  return { file, line, note: `${role}: ${expression}` };
}

function placeOfFinding(finding: RunResult["findings"][number]): Evidence {
  return { file: finding.file, line: finding.line, note: finding.rule };
}

/** Lines that the run shows of a file as it is now: hunks when they were written, excerpts of what it left alone. */
function linesAfter(result: RunResult, file: RegExp): Evidence[] {
  const lines: Evidence[] = [];
  const changed = new Set<string>();
  for (const change of result.changes) {
    if (!file.test(change.file)) continue;
    changed.add(change.file);
    if (!result.written) continue;
    for (const hunk of change.hunks) {
      let line = hunk.newStart;
      for (const text of hunk.lines) {
        if (text[0] === "-") continue;
        lines.push({ file: change.file, line, note: text.slice(1).trim() });
        line += 1;
      }
    }
  }
  for (const [path, source] of Object.entries(result.excerpts)) {
    if (!file.test(path) || changed.has(path)) continue;
    for (const [line, text] of Object.entries(source))
      lines.push({ file: path, line: Number(line), note: text.trim() });
  }
  return lines;
}

function judgeAbortTarget(result: RunResult): Answer {
  const sites = result.sites.filter(
    (site) => COMMANDS.test(site.file) && site.function === "applyAbortTarget",
  );
  const open = judgeOpenSites(sites, result.written);
  if (open) return open;
  const against = judgeFindings(
    result,
    (finding) => COMMANDS.test(finding.file) && finding.function === "applyAbortTarget",
    "A finding of this run stands in the function.",
  );
  if (against) return against;
  const done = sites.filter(
    (site) => site.decision === "rewrite" && site.replacement?.includes("killSessionRun(abortTarget.key)"),
  );
  if (done.length > 0)
    return metWithRegistry(
      result,
      "The call was rewritten and written.",
      done.map((site) => placeOfSite(site, "written")),
    );
  const calls = result.provenance.filter(
    (item) =>
      COMMANDS.test(item.file) &&
      item.function === "applyAbortTarget" &&
      item.role === "kill" &&
      item.expression === "abortTarget.key",
  );
  if (calls.length > 0)
    return metWithRegistry(result, "The call stands in the function.", calls.map(placeOfCall));
  return unknown("This run holds no fact about applyAbortTarget.");
}

function judgeLiveKill(result: RunResult): Answer {
  const kills = result.provenance.filter((item) => item.role === "kill");
  const producers = result.provenance.filter((item) => item.role === "register");
  if (result.command === "check" && kills.length > 0 && producers.length === 0)
    return {
      verdict: "not-met",
      because: "Nothing in the scanned files registers a run, so a kill finds none.",
      evidence: kills.map(placeOfCall),
    };
  return unknown("Only a run with a live subprocess can show it.");
}

/** A wait of 15 s that this run shows, with the answer on timeout below it. */
interface ShownWait {
  readonly function: string;
  readonly place: Evidence;
  readonly answer: Evidence | null;
  readonly callers: readonly Evidence[];
}

function judgeCleanup(result: RunResult): Answer {
  const sites = result.sites.filter(
    (site) => CLEANUP.test(site.file) && (site.kind === "call" || site.kind === "wrapper"),
  );
  const open = judgeOpenSites(sites, result.written);
  if (open) return open;
  const against = judgeFindings(
    result,
    (finding) => CLEANUP.test(finding.file),
    "Findings of this run stand in the file.",
  );
  if (against) return against;
  const waits = shownWaits(result, sites);
  if (waits.length === 0) return unknown("This run holds no fact about the wait in that file.");
  const evidence = waits.flatMap(({ place, answer, callers }) => [
    place,
    ...(answer ? [answer] : []),
    ...callers,
  ]);
  const answered = waits.filter((wait) => wait.answer !== null);
  if (answered.length === 0)
    return {
      verdict: "not-checkable",
      because: "The wait of 15 s stands; the answer on timeout is not among the lines below it.",
      evidence,
    };
  const lacking = METHODS.filter(
    (method) =>
      !answered.some(
        (wait) => wait.function === method || wait.callers.some(({ note }) => note.includes(method)),
      ),
  );
  if (lacking.length > 0)
    return {
      verdict: "not-checkable",
      because: `The wait of 15 s and the UNAVAILABLE answer stand in ${[...new Set(answered.map((wait) => wait.function))].join(", ")}; this run does not show that ${lacking.join(" and ")} gets there.`,
      evidence,
    };
  return metWithRegistry(
    result,
    "Both methods come to a wait of 15 s with the UNAVAILABLE answer below it.",
    evidence,
  );
}

function shownWaits(result: RunResult, sites: readonly SiteDecision[]): ShownWait[] {
  const answerBelow = (file: string, line: number): Evidence | null => {
    for (let at = line + 1; at <= line + ANSWER_LINES; at += 1) {
      const text = result.excerpts[file]?.[at];
      if (text !== undefined && /\bUNAVAILABLE\b/.test(text)) return { file, line: at, note: text.trim() };
    }
    return null;
  };
  const rewritten = sites
    .filter((site) => site.decision === "rewrite" && WAIT_15_S.test(site.replacement ?? ""))
    .map((site) => ({
      function: site.function,
      place: placeOfSite(site, "written"),
      answer: answerBelow(site.file, site.line),
      callers: site.evidence.filter(({ note }) => note.startsWith("caller ")),
    }));
  const standing = result.provenance
    .filter((item) => CLEANUP.test(item.file) && item.role === "wait")
    .filter((item) => WAIT_15_S.test(result.excerpts[item.file]?.[item.line] ?? ""))
    .map((item) => ({
      function: item.function,
      place: placeOfCall(item),
      answer: answerBelow(item.file, item.line),
      callers: [],
    }));
  return [...rewritten, ...standing];
}

function judgeTests(result: RunResult): Answer {
  const sites = result.sites.filter(
    (site) =>
      isTestFile(site.file) ||
      site.reason === "test-double" ||
      site.kind === "mock" ||
      site.kind === "assertion",
  );
  const open = judgeOpenSites(sites, result.written);
  if (open) return open;
  const found = result.findings.filter((finding) => isTestFile(finding.file));
  // Names that nothing takes the place of are most often no abort, but nothing here shows it.
  const stale = found.filter((finding) => finding.rule !== "legacy-surface" || finding.fixable);
  if (stale.length > 0)
    return {
      verdict: "not-met",
      because: "Findings of this run stand in tests or their mocks.",
      evidence: stale.map(placeOfFinding),
    };
  if (found.length > 0)
    return {
      verdict: "not-checkable",
      because: "Tests or their mocks name functions that nothing takes the place of: see whether one aborts.",
      evidence: found.map(placeOfFinding),
    };
  const kept = sites.filter((site) => site.decision === "keep");
  const asked = kept.filter((site) => !OUT_OF_SCOPE.includes(site.reason));
  if (asked.length > 0)
    return {
      verdict: "not-met",
      because: `${countOf(asked.length, "place")} in tests or their mocks still ${asked.length === 1 ? "names" : "name"} the old engine.`,
      evidence: asked.map((site) => placeOfSite(site, site.reason ?? "kept")),
    };
  const done = sites.filter((site) => site.decision === "rewrite");
  const rest =
    kept.length === 0
      ? ""
      : ` ${countOf(kept.length, "place")} without a counterpart or of another function ${kept.length === 1 ? "stays" : "stay"}.`;
  if (done.length > 0)
    return metWithRegistry(
      result,
      `${countOf(done.length, "place")} in tests and mocks ${done.length === 1 ? "was" : "were"} rewritten; run the suite to see it green.${rest}`,
      done.map((site) => placeOfSite(site, "written")),
    );
  return unknown("This run holds no test that names the legacy functions.");
}
