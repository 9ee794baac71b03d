import type { SiteDecision } from "../plan/plan.ts";
import type { Evidence } from "../shared/location.ts";
import type { RunResult } from "./run-result.ts";

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
const COMMANDS = /(^|\/)auto-reply\/reply\/commands-session\.[cm]?[jt]s$/;
const TEST = /(^|\/)(__tests__|__mocks__|tests?)\/|\.(test|spec|e2e)\.[cm]?[jt]sx?$|test-harness/;
const KILL_AND_WAIT = ["killSessionRun", "waitForSessionRunEnd"] as const;

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
  const lines = linesAfter(result, file);
  const imports = lines.filter(
    ({ note }) => /session-run-registry/.test(note) && /\bimport\b|\brequire\b/.test(note),
  );
  const missing = KILL_AND_WAIT.filter((name) => !imports.some(({ note }) => note.includes(name)));
  if (imports.length > 0 && missing.length === 0)
    return { verdict: "met", because: "The import stands in the file after this run.", evidence: imports };
  const open = judgeOpenSites(
    result.sites.filter((site) => file.test(site.file)),
    result.written,
  );
  if (open) return open;
  if (imports.length > 0)
    return {
      verdict: "not-met",
      because: `The import from the registry lacks ${missing.join(" and ")}.`,
      evidence: imports,
    };
  const calls = result.provenance.filter((item) => file.test(item.file));
  const roles = new Set(calls.map((item) => item.role));
  const evidence = calls.map(({ file: path, line, role, expression }) => ({
    file: path,
    line,
    note: `${role}: ${expression}`,
  }));
  if (roles.has("kill") && roles.has("wait"))
    return { verdict: "met", because: "Kill and wait calls of the file resolve to the registry.", evidence };
  const legacy = result.findings.filter((finding) => file.test(finding.file) && finding.severity === "error");
  if (legacy.length > 0)
    return {
      verdict: "not-met",
      because: "Findings of this run stand in the file.",
      evidence: legacy.map(placeOfFinding),
    };
  return unknown("This run holds no fact about that file's imports.");
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
  const done = sites.filter(
    (site) => site.decision === "rewrite" && site.replacement?.includes("killSessionRun(abortTarget.key)"),
  );
  if (done.length > 0)
    return {
      verdict: "met",
      because: "The call was rewritten and written.",
      evidence: done.map((site) => placeOfSite(site, "written")),
    };
  const calls = result.provenance.filter(
    (item) => COMMANDS.test(item.file) && item.role === "kill" && item.expression === "abortTarget.key",
  );
  if (calls.length > 0)
    return {
      verdict: "met",
      because: "The call stands in the file.",
      evidence: calls.map(({ file, line, expression }) => ({ file, line, note: `kill: ${expression}` })),
    };
  const findings = result.findings.filter(
    (finding) => COMMANDS.test(finding.file) && finding.function === "applyAbortTarget",
  );
  if (findings.length > 0)
    return {
      verdict: "not-met",
      because: "A finding of this run stands in the function.",
      evidence: findings.map(placeOfFinding),
    };
  return unknown("This run holds no fact about applyAbortTarget.");
}

function judgeLiveKill(result: RunResult): Answer {
  const kills = result.provenance.filter((item) => item.role === "kill");
  const producers = result.provenance.filter((item) => item.role === "register");
  if (result.command === "check" && kills.length > 0 && producers.length === 0)
    return {
      verdict: "not-met",
      because: "Nothing in the scanned files registers a run, so a kill finds none.",
      evidence: kills.map(({ file, line, expression }) => ({ file, line, note: `kill: ${expression}` })),
    };
  return unknown("Only a run with a live subprocess can show it; see who registers and who kills below.");
}

function judgeCleanup(result: RunResult): Answer {
  const sites = result.sites.filter((site) => SESSIONS.test(site.file) && site.kind !== "import");
  const open = judgeOpenSites(sites, result.written);
  if (open) return open;
  const lines = linesAfter(result, SESSIONS);
  const wait = lines.filter(({ note }) => /waitForSessionRunEnd\(.*\b15_?000\b/.test(note));
  const answer = [
    ...lines.filter(({ note }) => /\bUNAVAILABLE\b/.test(note)),
    ...Object.entries(result.excerpts)
      .filter(([file]) => SESSIONS.test(file))
      .flatMap(([file, source]) =>
        Object.entries(source).map(([line, text]) => ({ file, line: Number(line), note: text.trim() })),
      )
      .filter(({ note }) => /\bUNAVAILABLE\b/.test(note)),
  ].slice(0, 1);
  if (wait.length > 0 && answer.length > 0)
    return {
      verdict: "met",
      because: "The wait of 15 s and the UNAVAILABLE answer stand in the file.",
      evidence: [...wait, ...answer],
    };
  if (wait.length > 0)
    return {
      verdict: "not-checkable",
      because: "The wait of 15 s stands; the answer on timeout is not among the lines of this run.",
      evidence: wait,
    };
  return unknown("This run holds no fact about the wait in that file.");
}

function judgeTests(result: RunResult): Answer {
  const sites = result.sites.filter(
    (site) => TEST.test(site.file) || site.kind === "mock" || site.kind === "assertion",
  );
  const open = judgeOpenSites(sites, result.written);
  if (open) return open;
  const done = sites.filter((site) => site.decision === "rewrite");
  if (done.length > 0)
    return {
      verdict: "met",
      because: "Each test site of this run was rewritten; run the suite to see it green.",
      evidence: done.map((site) => placeOfSite(site, "written")),
    };
  return unknown("This run holds no test that names the legacy functions.");
}
