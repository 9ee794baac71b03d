import type { Finding } from "../../check/finding.ts";
import type { Evidence } from "../../shared/location.ts";
import { escapeUriPath, neutralise } from "../escape-text.ts";
import { hashFingerprints } from "../hash-fingerprints.ts";
import type { Reporter } from "../reporter.ts";
import type { RunResult } from "../run-result.ts";
import { stringifyJson } from "../stringify-json.ts";

/** Hard limits of GitHub code scanning: an upload above one of them is refused as a whole. */
const LIMITS = { results: 25_000, locations: 1_000, text: 1_000, notifications: 1_000 };

const LEVEL = { error: "error", warning: "warning", info: "note" } as const;
const WORST_FIRST = { error: 0, warning: 1, info: 2 } as const;

interface Located {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

const reporter: Reporter = {
  name: "sarif",
  describe: "SARIF 2.1.0 for code scanning: the findings of check, with rules, evidence and what was skipped",
  render(result) {
    const all = [...result.findings].sort((a, b) => WORST_FIRST[a.severity] - WORST_FIRST[b.severity]);
    const shown = all.slice(0, LIMITS.results);
    // Order within the file stays that of the run: the cut alone goes by severity.
    const kept = new Set(shown);
    const findings = result.findings.filter((finding) => kept.has(finding));
    return stringifyJson(
      {
        $schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [
          {
            tool: { driver: describeDriver(result) },
            automationDetails: { id: `rewire-abort/${result.command}/` },
            columnKind: "utf16CodeUnits",
            originalUriBaseIds: { SRCROOT: { description: { text: "The root of the repository." } } },
            invocations: [describeInvocation(result, all.length - shown.length)],
            results: describeResults(findings, result),
          },
        ],
      },
      "as-made",
    );
  },
};
export default reporter;

function describeDriver(result: RunResult) {
  return {
    name: "rewire-abort",
    semanticVersion: /^\d+\.\d+\.\d+$/.test(result.tool.version) ? result.tool.version : undefined,
    rules: result.rules.map((rule) => ({
      id: text(rule.id),
      name: text(rule.id),
      shortDescription: { text: text(rule.what) },
      fullDescription: { text: text(`${rule.what} ${rule.why}`) },
      help: { text: text(`${rule.what}\n\nWhy: ${rule.why}\n\nFix: ${rule.fix}`) },
      defaultConfiguration: { level: LEVEL[rule.severity as Finding["severity"]] ?? "warning" },
      properties: { tags: ["correctness", ...(rule.fixable ? ["fixable"] : [])], precision: "high" },
    })),
  };
}

function describeInvocation(result: RunResult, cut: number) {
  const notes: object[] = [];
  if (cut > 0)
    notes.push(
      notification("error", `${cut} results left out: code scanning takes at most ${LIMITS.results}.`),
    );
  for (const warning of result.warnings) notes.push(notification("warning", warning));
  for (const { file, message } of result.files.failed)
    notes.push(notification("error", `Could not be analysed: ${message}`, file));
  for (const { file, reason } of result.files.skipped)
    notes.push(notification("note", `Skipped: ${reason}`, file));
  const shown = notes.slice(0, LIMITS.notifications);
  if (shown.length < notes.length)
    shown.push(
      notification(
        "note",
        `${notes.length - shown.length} more notes left out; the JSON report has them all.`,
      ),
    );
  return {
    executionSuccessful: result.files.failed.length === 0 && result.summary.exitCode < 2,
    exitCode: result.summary.exitCode,
    toolExecutionNotifications: shown,
  };
}

function notification(level: "error" | "warning" | "note", message: string, file?: string) {
  return {
    level,
    message: { text: text(message) },
    locations: file === undefined ? undefined : [{ physicalLocation: { artifactLocation: artifact(file) } }],
  };
}

function describeResults(findings: readonly Finding[], result: RunResult) {
  const ruleIndex = new Map(result.rules.map((rule, index) => [rule.id, index]));
  const fingerprints = hashFingerprints(findings);
  return findings.map((finding, i) => {
    return {
      ruleId: text(finding.rule),
      ruleIndex: ruleIndex.get(finding.rule),
      level: LEVEL[finding.severity],
      message: { text: text(finding.message) },
      locations: [
        { ...location(finding), logicalLocations: [{ name: text(finding.function), kind: "function" }] },
      ],
      partialFingerprints: { primaryLocationLineHash: fingerprints[i] },
      codeFlows: describeCodeFlows(finding),
    };
  });
}

function describeCodeFlows(finding: Finding) {
  if (finding.evidence.length === 0) return undefined;
  const room = LIMITS.locations - 1;
  const cut = finding.evidence.length - room;
  const hops = finding.evidence.slice(0, room).map((hop) => step(hop, hop.note));
  const end = cut > 0 ? `${finding.message} (${cut} hops of evidence left out)` : finding.message;
  return [
    {
      threadFlows: [
        { locations: [...hops, { location: { ...location(finding), message: { text: text(end) } } }] },
      ],
    },
  ];
}

function step(hop: Evidence, note: string) {
  const place = { file: hop.file, line: hop.line, column: 1, endLine: hop.line, endColumn: 2 };
  return { location: { ...location(place), message: { text: text(note) } } };
}

function location(place: Located) {
  return {
    physicalLocation: {
      artifactLocation: artifact(place.file),
      region: clampRegion(place),
    },
  };
}

function artifact(file: string) {
  return { uri: escapeUriPath(file) || "unknown", uriBaseId: "SRCROOT" };
}

/** 1-based, never empty, never backwards: the viewer drops a result whose region it cannot place. */
function clampRegion(place: Located) {
  const startLine = Math.max(1, place.line);
  const startColumn = Math.max(1, place.column);
  const endLine = Math.max(startLine, place.endLine);
  const endColumn =
    endLine === startLine ? Math.max(startColumn + 1, place.endColumn) : Math.max(1, place.endColumn);
  return { startLine, startColumn, endLine, endColumn };
}

/** Message text: neutralised, never empty, bounded; `[label](target)` would be a link in a viewer. */
function text(raw: string): string {
  const paragraphs = raw.split("\n\n").map(neutralise);
  const characters = [...paragraphs.join("\n\n").replaceAll("](", "] (").trim()];
  if (characters.length > LIMITS.text) return `${characters.slice(0, LIMITS.text - 1).join("")}…`;
  return characters.join("") || "-";
}
