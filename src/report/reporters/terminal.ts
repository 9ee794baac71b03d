import { breakCommands } from "../escape-text.ts";
import type { Reporter } from "../reporter.ts";
import { createPaint } from "../terminal/paint.ts";
import { renderFindings } from "../terminal/render-findings.ts";
import { renderSites } from "../terminal/render-sites.ts";
import { renderTotals } from "../terminal/render-totals.ts";

const reporter: Reporter = {
  name: "terminal",
  describe: "for people: grouped by file, with code frames, diffs, totals and the next command to type",
  render(result, options) {
    const paint = createPaint(options.color ?? false);
    const width = Math.max(40, options.width ?? 100);
    const body =
      result.command === "migrate" ? renderSites(result, width, paint) : renderFindings(result, width, paint);
    const lines = [...body, ...renderTotals(result, width, paint)];
    return breakCommands(`${lines.map((line) => line.trimEnd()).join("\n")}\n`);
  },
};
export default reporter;
