import { markdownCode } from "./escape-text.ts";
import { describeCall } from "./describe-site.ts";
import { countOf } from "./fit-text.ts";
import { judgeAcceptance } from "./judge-acceptance.ts";
import { clip, table } from "./markdown/limited-text.ts";
import type { RunResult } from "./run-result.ts";
import { isTestFile } from "../shared/test-files.ts";

/**
 * A title and a Markdown body for the commit that carries the migration. Text from the repository is escaped.
 * @param most rows that a list may have. @default 30
 */
export function suggestPullRequest(
  result: RunResult,
  most = 30,
): { readonly title: string; readonly body: string } {
  const { manual } = result.summary.sites;
  const rewritten = result.sites.filter((site) => site.decision === "rewrite");
  const inTests = rewritten.filter((site) => isTestFile(site.file));
  const keyed = rewritten.filter((site) => site.key !== null && !isTestFile(site.file));
  const title = `fix(abort): key ${countOf(keyed.length, "abort and wait call")} on the session key`;
  const rows = keyed
    .slice(0, most)
    .map((site) => [
      markdownCode(`${clip(site.file, 120)}:${site.line}`),
      markdownCode(clip(site.function, 80)),
      markdownCode(clip(describeCall(site), 80)),
      markdownCode(clip(site.key ?? "", 80)),
      site.confidence ?? "",
    ]);
  const lines = [
    "Abort and wait calls go to the session-run registry and are keyed on the session key.",
    "A wrong key kills nothing and says so nowhere, so please check the key of each call against its proof.",
    "",
    table(["where", "in", "was", "key", "confidence"], rows),
  ];
  if (keyed.length > rows.length) lines.push("", `${keyed.length - rows.length} more.`);
  if (inTests.length > 0)
    lines.push(
      "",
      `Tests and mocks moved with them: ${countOf(inTests.length, "place")} in ${countOf(new Set(inTests.map((site) => site.file)).size, "file")}.`,
    );
  if (manual > 0) {
    lines.push("", `Left for a person: ${countOf(manual, "site")}.`, "");
    for (const site of result.sites.filter((item) => item.decision === "manual").slice(0, most))
      lines.push(
        `- ${markdownCode(`${clip(site.file, 120)}:${site.line}`)} ${markdownCode(site.reason === null ? "manual" : clip(site.reason, 60))}`,
      );
    if (manual > most) lines.push(`- ${manual - most} more`);
  }
  if (result.registry && !result.registry.exists)
    lines.push(
      "",
      `Needs the registry at ${markdownCode(clip(result.registry.path, 120))}, which is not there yet.`,
    );
  lines.push("", "Still to be shown:", "");
  for (const item of judgeAcceptance(result))
    if (item.verdict !== "met") lines.push(`- [ ] ${item.criterion}`);
  return { title, body: lines.join("\n") };
}
