import { neutralise } from "../escape-text.ts";
import { hashFingerprint, hashFingerprints } from "../hash-fingerprints.ts";
import type { Reporter } from "../reporter.ts";
import { stringifyJson } from "../stringify-json.ts";

const SEVERITY = { error: "major", warning: "minor", info: "info" } as const;

const reporter: Reporter = {
  name: "gitlab",
  describe: "GitLab code quality: a JSON array of findings, without a byte order mark",
  render(result) {
    const fingerprints = hashFingerprints(result.findings);
    const issues = result.findings.map((finding, i) => ({
      description: neutralise(finding.message),
      check_name: neutralise(finding.rule),
      fingerprint: fingerprints[i]!,
      severity: SEVERITY[finding.severity],
      location: { path: finding.file, lines: { begin: finding.line, end: finding.endLine } },
    }));
    const failed = result.files.failed.map(({ file, message }) => ({
      description: neutralise(`Could not be analysed: ${message}`),
      check_name: "could-not-analyse",
      fingerprint: hashFingerprint(`could-not-analyse|${file}`),
      severity: "critical",
      location: { path: file, lines: { begin: 1 } },
    }));
    return stringifyJson([...failed, ...issues], "as-made");
  },
};
export default reporter;
