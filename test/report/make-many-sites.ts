import type { SiteDecision } from "../../src/plan/plan.ts";
import type { RunResult } from "../../src/report/run-result.ts";

/** A migration of many sites over many folders, for limits of size and time. The same number gives the same run. */
export function makeManySites(count: number): RunResult {
  const perFile = 5;
  const files = Array.from({ length: Math.ceil(count / perFile) }, (_, i) => {
    const folder = [
      "src/agents",
      "src/auto-reply/reply",
      "src/gateway/server-methods",
      "extensions/voice/src",
    ][i % 4];
    return `${folder}/module-${String(i).padStart(3, "0")}.ts`;
  }).sort();
  const sites: SiteDecision[] = [];
  const changes: RunResult["changes"][number][] = [];
  const excerpts: Record<string, Record<string, string>> = {};
  for (const [index, file] of files.entries()) {
    const own = Math.min(perFile, count - index * perFile);
    const hunks: RunResult["changes"][number]["hunks"][number][] = [];
    const source: Record<string, string> = {};
    for (let i = 0; i < own; i += 1) {
      const line = 20 + i * 30;
      const decision = i === 4 ? "manual" : i === 3 ? "keep" : "rewrite";
      sites.push({
        id: `${file}:${line}:21:abortEmbeddedPiRun`,
        file,
        line,
        column: 21,
        function: `handleAbort${index}Number${i}`,
        callee: "abortEmbeddedPiRun",
        argument: "params.entry.sessionId",
        kind: "call",
        decision,
        reason: decision === "manual" ? "no-key-in-scope" : decision === "keep" ? "no-counterpart" : null,
        key: decision === "rewrite" ? "params.target.canonicalKey" : null,
        confidence: decision === "rewrite" ? "proven" : null,
        replacement: decision === "rewrite" ? "killSessionRun(params.target.canonicalKey)" : null,
        cluster: `${file}#${i}`,
        evidence: [
          { file, line: line - 2, note: "entry and canonicalKey come from one lookup" },
          { file, line: line - 1, note: "clearSessionQueues takes the key beside the id" },
        ],
        rejected: [{ key: "params.key", why: "raw: as the request carried it" }],
      });
      source[line - 2] = "  const { entry, canonicalKey } = loadSessionEntry(params.key);";
      source[line - 1] = "  clearSessionQueues([canonicalKey, entry.sessionId]);";
      source[line] = "    const aborted = abortEmbeddedPiRun(params.entry.sessionId);";
      source[line + 1] = "  return { ok: true, aborted };";
      if (decision === "rewrite")
        hunks.push({
          oldStart: line - 2,
          newStart: line - 2,
          lines: [
            ` ${source[line - 2]}`,
            ` ${source[line - 1]}`,
            `-${source[line]}`,
            "+    const aborted = killSessionRun(params.target.canonicalKey);",
            ` ${source[line + 1]}`,
          ],
        });
    }
    excerpts[file] = source;
    changes.push({ file, edits: [], hunks });
  }
  const tally = (decision: SiteDecision["decision"]) =>
    sites.filter((site) => site.decision === decision).length;
  return {
    schemaVersion: 1,
    tool: { name: "rewire-abort", version: "0.1.0" },
    command: "migrate",
    root: "/repo",
    files: {
      discovered: 8_900,
      scanned: 8_900,
      skipped: [],
      failed: [],
      byFolder: { apps: 400, extensions: 1_500, src: 6_900, ui: 100 },
      byExtension: { ".ts": 8_900 },
    },
    sites,
    changes,
    verification: { ok: true, checks: [{ name: "parses", status: "passed", details: [] }] },
    written: false,
    registry: { path: "src/agents/session-run-registry.ts", exists: true },
    findings: [],
    suppressed: [],
    rules: [],
    excerpts,
    provenance: [],
    reportOnly: false,
    summary: {
      sites: { total: sites.length, rewrite: tally("rewrite"), keep: tally("keep"), manual: tally("manual") },
      findings: { total: 0, error: 0, warning: 0, info: 0 },
      suppressed: 0,
      filesChanged: changes.length,
      exitCode: 0,
    },
    warnings: [],
  };
}

/** A check with many findings of one kind. */
export function makeManyFindings(count: number): RunResult {
  const base = makeManySites(0);
  return {
    ...base,
    command: "check",
    rules: [
      {
        id: "no-session-id-as-key",
        severity: "error",
        fixable: false,
        what: "An id is passed as the key.",
        why: "It kills nothing.",
        fix: "Pass the key.",
      },
    ],
    findings: Array.from({ length: count }, (_, i) => ({
      rule: "no-session-id-as-key",
      severity: i % 3 === 0 ? ("warning" as const) : ("error" as const),
      file: `src/module-${String(i).padStart(6, "0")}.ts`,
      line: 3,
      column: 5,
      endLine: 3,
      endColumn: 20,
      message: `Call ${i} passes an id where a key belongs.`,
      evidence: [],
      fingerprint: `no-session-id-as-key|module-${i % 10}`,
      fixable: false,
      function: "<module>",
    })),
    summary: {
      ...base.summary,
      findings: {
        total: count,
        error: count - Math.ceil(count / 3),
        warning: Math.ceil(count / 3),
        info: 0,
      },
      exitCode: 1,
    },
  };
}
