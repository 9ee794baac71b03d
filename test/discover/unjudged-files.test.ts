import { describe, expect, it } from "vitest";
import { discover } from "../../src/discover/discover.ts";
import { tellUnjudged } from "../../src/discover/unjudged-files.ts";
import type { DiscoverOptions } from "../../src/discover/workspace.ts";
import { tempProject } from "../helpers/temp-project.ts";

const CALL = "stopRun(key);\n";
const LONG = "// comment\n".repeat(2_000);

function told(files: Readonly<Record<string, string>>, more: Partial<DiscoverOptions> = {}): string[] {
  const { root } = tempProject({ "src/a.ts": "export {};\n", ...files });
  const options = { maxFileBytes: 20_000, words: /stopRun|aborted/, names: /stopRun/, ...more };
  return tellUnjudged(discover({ root, ...options }));
}

describe("skipped files that hold a name of the run", () => {
  it.each([
    ["a bundle", "bundle.js", LONG + CALL, "too-large"],
    ["a file that is named as minified", "lib.min.js", CALL, "minified"],
    ["a file with a minifier's lines", "line.js", `${"x".repeat(20_000)} ${CALL}`, "minified"],
    ["generated code", "made.ts", `// @generated\n${CALL}`, "generated"],
  ])("are told: %s", (_, file, text, reason) => {
    expect(told({ [file]: text }, { maxFileBytes: 20_500 })).toEqual([
      `1 skipped file names functions of the old engine or the registry, and was not judged: ${file} (${reason}). Check the sources that it was made of; an --exclude glob says that this is known.`,
    ]);
  });

  it("are counted where there are many", () => {
    const files = Object.fromEntries(["e", "b", "d", "a", "c"].map((name) => [`${name}.min.js`, CALL]));
    expect(told(files)).toEqual([
      expect.stringMatching(
        /^5 skipped files name .* were not judged: a\.min\.js \(minified\), b\.min\.js \(minified\), c\.min\.js \(minified\) and 2 more\./,
      ),
    ]);
  });

  it.each([
    ["no name", { "bundle.js": LONG, "lib.min.js": "x\n", "made.ts": "// @generated\nx\n" }, {}],
    ["only another word of the prefilter", { "bundle.js": `${LONG}const aborted = false;\n` }, {}],
    ["a name, and are excluded", { "bundle.js": LONG + CALL }, { exclude: ["bundle.js"] }],
    ["a name in a declaration", { "types.d.ts": CALL }, {}],
  ])("are not told with %s", (_, files, more) => {
    expect(told(files as Record<string, string>, more)).toEqual([]);
  });
});
