import path from "node:path/posix";
import type { Analysis } from "../analyze/analysis.ts";
import type { CheckOutcome } from "../check/check.ts";
import type { Workspace } from "../discover/workspace.ts";
import type { FileChange, SiteDecision } from "../plan/plan.ts";
import type { Verification } from "../verify/verification.ts";
import { makeHunks } from "./diff-hunks.ts";
import type { RunResult, RunSummary } from "./run-result.ts";

const TOOL = "rewire-abort";
/** Lines shown around a site, a finding and a hop. */
const CONTEXT_LINES = 5;

export interface RunFacts {
  readonly command: RunResult["command"];
  readonly version: string;
  readonly workspace: Workspace;
  readonly analysis: Analysis;
  readonly sites?: readonly SiteDecision[];
  readonly changes?: readonly FileChange[];
  readonly verification?: Verification | null;
  readonly written?: boolean;
  readonly registry?: RunResult["registry"];
  readonly check?: CheckOutcome;
  readonly reportOnly?: boolean;
  readonly warnings?: readonly string[];
  readonly exitCode: RunSummary["exitCode"];
}

/** Gathers what the stages found into the one value that reporters see. Pure. */
export function makeRunResult(facts: RunFacts): RunResult {
  const { workspace, analysis, sites = [], changes = [], check } = facts;
  const failed = [...workspace.failed, ...analysis.failed].sort(byFile);
  const failedFiles = new Set(analysis.failed.map(({ file }) => file));
  const scanned = workspace.scanned.filter((file) => !failedFiles.has(file));
  const findings = check?.findings ?? [];
  // Tests register and kill with keys of their own.
  const registryCalls = analysis.registryCalls.filter((call) => !call.inTest);
  const places = [
    ...sites.flatMap((site) => [site, ...site.evidence]),
    ...findings.flatMap((finding) => [finding, ...finding.evidence]),
    ...registryCalls,
  ];
  return {
    schemaVersion: 1,
    tool: { name: TOOL, version: facts.version },
    command: facts.command,
    root: workspace.root,
    files: {
      discovered: workspace.discovered,
      scanned: scanned.length,
      skipped: workspace.skipped,
      failed,
      byFolder: countBy(scanned, topFolder),
      byExtension: countBy(scanned, (file) => path.extname(file)),
    },
    sites,
    changes: changes.map(({ file, before, after, edits }) => ({
      file,
      edits,
      hunks: makeHunks(before, after, edits),
    })),
    verification: facts.verification ?? null,
    written: facts.written ?? false,
    // The analysis knows more of the registry than a saved run holds.
    registry: facts.registry ? { path: facts.registry.path, exists: facts.registry.exists } : null,
    findings,
    suppressed: check?.suppressed ?? [],
    rules: check?.rules ?? [],
    excerpts: excerptsAround(places, workspace),
    provenance: registryCalls.map((call) => ({
      role: call.role,
      file: call.file,
      line: call.line,
      function: call.function,
      expression: call.key,
      origin: call.origin,
    })),
    reportOnly: facts.reportOnly ?? false,
    summary: {
      sites: {
        total: sites.length,
        rewrite: count(sites, (site) => site.decision === "rewrite"),
        keep: count(sites, (site) => site.decision === "keep"),
        manual: count(sites, (site) => site.decision === "manual"),
      },
      findings: {
        total: findings.length,
        error: count(findings, (finding) => finding.severity === "error"),
        warning: count(findings, (finding) => finding.severity === "warning"),
        info: count(findings, (finding) => finding.severity === "info"),
      },
      suppressed: check?.suppressed.length ?? 0,
      filesChanged: changes.length,
      exitCode: facts.exitCode,
    },
    warnings: facts.warnings ?? [],
  };
}

function byFile(a: { file: string }, b: { file: string }): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}

function count<Item>(items: readonly Item[], test: (item: Item) => boolean): number {
  return items.filter(test).length;
}

/** Two levels of folders: enough to see which part of a tree was reached. */
function topFolder(file: string): string {
  const folders = file.split("/").slice(0, -1);
  return folders.slice(0, 2).join("/") || ".";
}

function countBy(files: readonly string[], keyOf: (file: string) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(keyOf(file), (counts.get(keyOf(file)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function excerptsAround(
  places: readonly { readonly file: string; readonly line: number }[],
  workspace: Workspace,
): RunResult["excerpts"] {
  const wanted = new Map<string, Set<number>>();
  for (const { file, line } of places) {
    const lines = wanted.get(file) ?? new Set<number>();
    for (let at = line - CONTEXT_LINES; at <= line + CONTEXT_LINES; at += 1) lines.add(at);
    wanted.set(file, lines);
  }
  const excerpts: Record<string, Record<string, string>> = {};
  for (const file of [...wanted.keys()].sort()) {
    if (!workspace.has(file)) continue;
    const text = workspace.read(file).split(/\r\n|\n|\r/);
    const lines = [...wanted.get(file)!]
      .filter((line) => line >= 1 && line <= text.length)
      .sort((a, b) => a - b);
    excerpts[file] = Object.fromEntries(lines.map((line) => [String(line), text[line - 1]!]));
  }
  return excerpts;
}
