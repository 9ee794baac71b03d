import type { Finding } from "../../check/finding.ts";
import { describeCall } from "../describe-site.ts";
import { describeVerdict } from "../describe-verdict.ts";
import { escapeCommandData, escapeCommandProperty } from "../escape-text.ts";
import { countOf } from "../fit-text.ts";
import type { Reporter } from "../reporter.ts";
import type { RunResult } from "../run-result.ts";

/** A step shows ten annotations of each kind and drops the rest without a word; the last one says how many there are. */
const MOST_PER_KIND = 10;

type Kind = "error" | "warning" | "notice";
interface Annotation {
  readonly kind: Kind;
  readonly title: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

const KIND: Readonly<Record<Finding["severity"], Kind>> = {
  error: "error",
  warning: "warning",
  info: "notice",
};

const reporter: Reporter = {
  name: "github",
  describe: "GitHub workflow commands: annotations on the lines of a pull request, ten of each kind at most",
  render(result) {
    const annotations = [
      ...describeFailures(result),
      ...result.findings.map(describeFinding),
      ...describeManual(result),
    ];
    const lines: string[] = [];
    for (const kind of ["error", "warning", "notice"] as const) {
      const all = annotations.filter((annotation) => annotation.kind === kind);
      const shown = all.length > MOST_PER_KIND ? all.slice(0, MOST_PER_KIND - 1) : all;
      lines.push(...shown.map(writeAnnotation));
      const left = all.length - shown.length;
      if (left > 0)
        lines.push(
          writeAnnotation({
            kind,
            title: "rewire-abort",
            message: `${left} more of this kind; the full report has them all.`,
          }),
        );
    }
    lines.push(`rewire-abort: ${describeVerdict(result)}`);
    return `${lines.join("\n")}\n`;
  },
};
export default reporter;

function describeFailures(result: RunResult): Annotation[] {
  return result.files.failed.map(({ file, message }) => ({
    kind: "error",
    title: "rewire-abort: could not be analysed",
    file,
    message,
  }));
}

function describeFinding(finding: Finding): Annotation {
  const { file, line, column, endLine, endColumn } = finding;
  const place = endLine === line ? { line, column, endLine, endColumn } : { line, endLine };
  return {
    kind: KIND[finding.severity],
    title: `rewire-abort: ${finding.rule}`,
    message: finding.message,
    file,
    ...place,
  };
}

function describeManual(result: RunResult): Annotation[] {
  return result.sites
    .filter((site) => site.decision === "manual")
    .map((site) => ({
      kind: "warning",
      title: `rewire-abort: ${site.reason ?? "left for a person"}`,
      message: `${describeCall(site)} is left for a person; ${countOf(site.rejected.length, "candidate")} rejected.`,
      file: site.file,
      line: site.line,
      column: site.column,
    }));
}

function writeAnnotation(annotation: Annotation): string {
  const { kind, file, line, column, endLine, endColumn, title, message } = annotation;
  const properties = Object.entries({ file, line, endLine, col: column, endColumn, title })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeCommandProperty(String(value))}`);
  return `::${kind} ${properties.join(",")}::${escapeCommandData(message)}`;
}
