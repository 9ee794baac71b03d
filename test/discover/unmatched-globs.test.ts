import { expect, it } from "vitest";
import { discover } from "../../src/discover/discover.ts";
import { unmatchedGlobs } from "../../src/discover/unmatched-globs.ts";
import { tempProject } from "../helpers/temp-project.ts";

it("tells exclude globs that leave nothing out, and no others", () => {
  const { root } = tempProject({
    "src/a.ts": "export {};\n",
    "src/a.min.js": "skipped anyway\n",
    "vendor/b.ts": "export {};\n",
    "src/utf16.ts": Buffer.from("\ufeffword", "utf16le"),
  });
  const exclude = ["vendor", "vendro/**", "**/*.min.js", "src/utf16.ts", "*.ts"];
  const workspace = discover({ root, exclude: ["vendor"], words: /word/ });
  expect(workspace.failed).toHaveLength(1);
  expect(unmatchedGlobs(workspace, exclude)).toEqual([
    expect.stringContaining('"vendro/**"'),
    expect.stringContaining('"*.ts"'),
  ]);
  expect(unmatchedGlobs(workspace)).toEqual([]);
});
