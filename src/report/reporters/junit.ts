import type { Finding } from "../../check/finding.ts";
import { describeCall } from "../describe-site.ts";
import { breakCommands, escapeXml } from "../escape-text.ts";
import type { Reporter } from "../reporter.ts";
import type { RunResult } from "../run-result.ts";

interface Case {
  readonly name: string;
  readonly place: string;
  readonly kind: "failure" | "skipped" | "error" | "passed";
  readonly message: string;
  readonly detail: string;
}

const reporter: Reporter = {
  name: "junit",
  describe: "JUnit XML: one suite for each rule, one case for each finding, failed files as errors",
  render(result) {
    const suites = result.command === "check" ? describeRules(result) : describeSites(result);
    const failed = result.files.failed.map(
      ({ file, message }): Case => ({ name: file, place: file, kind: "error", message, detail: message }),
    );
    if (failed.length > 0) suites.push(["files", failed]);
    const all = suites.flatMap(([, cases]) => cases);
    const lines = [
      `<?xml version="1.0" encoding="UTF-8"?>`,
      `<testsuites name="rewire-abort" ${counts(all)}>`,
    ];
    for (const [name, cases] of suites) {
      lines.push(`  <testsuite name="${escapeXml(name)}" ${counts(cases)}>`);
      for (const item of cases) lines.push(...writeCase(item));
      lines.push("  </testsuite>");
    }
    lines.push("</testsuites>");
    return breakCommands(`${lines.join("\n")}\n`);
  },
};
export default reporter;

/** A rule that found nothing is a passed case, so that a report shows which rules ran. */
function describeRules(result: RunResult): [string, Case[]][] {
  const byRule = new Map<string, Case[]>(result.rules.map((rule) => [rule.id, []]));
  for (const finding of result.findings) {
    const cases = byRule.get(finding.rule) ?? [];
    cases.push(describeFinding(finding, result.reportOnly));
    byRule.set(finding.rule, cases);
  }
  return [...byRule].map(([rule, cases]) => [
    rule,
    cases.length > 0 ? cases : [{ name: rule, place: rule, kind: "passed", message: "", detail: "" }],
  ]);
}

function describeFinding(finding: Finding, reportOnly: boolean): Case {
  const place = `${finding.file}:${finding.line}:${finding.column}`;
  const detail = [
    finding.message,
    ...finding.evidence.map((hop) => `${hop.file}:${hop.line} ${hop.note}`),
  ].join("\n");
  // JUnit has no warnings, and what does not fail the run must not look failed: "skipped" is how it stays in sight.
  const kind = finding.severity === "error" && !reportOnly ? "failure" : "skipped";
  return {
    name: place,
    place: finding.file,
    kind,
    message: `${finding.severity}: ${finding.message}`,
    detail,
  };
}

function describeSites(result: RunResult): [string, Case[]][] {
  const cases = result.sites.map(
    (site): Case => ({
      name: `${site.file}:${site.line}:${site.column} ${describeCall(site)}`,
      place: site.file,
      kind: site.decision === "manual" ? "skipped" : "passed",
      message: site.decision === "manual" ? `left for a person: ${site.reason ?? "unknown"}` : "",
      detail: "",
    }),
  );
  return [["migrate", cases]];
}

function counts(cases: readonly Case[]): string {
  const count = (kind: Case["kind"]) => cases.filter((item) => item.kind === kind).length;
  return `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
}

function writeCase(item: Case): string[] {
  const open = `    <testcase name="${escapeXml(item.name)}" classname="${escapeXml(item.place)}"`;
  if (item.kind === "passed") return [`${open}/>`];
  const message = `message="${escapeXml(item.message)}"`;
  if (item.kind === "skipped") return [`${open}>`, `      <skipped ${message}/>`, "    </testcase>"];
  const detail = item.detail.split("\n").map(escapeXml).join("\n");
  return [`${open}>`, `      <${item.kind} ${message}>${detail}</${item.kind}>`, "    </testcase>"];
}
