import { symlinkSync, unlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findSkippedSince } from "../../src/check/skipped-since.ts";
import { discover } from "../../src/discover/discover.ts";
import { checkWords } from "../../src/migration/migration.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { UserError } from "../../src/shared/errors.ts";
import { commitAll, git, initRepository } from "../helpers/git.ts";
import { type TempProject, tempProject } from "../helpers/temp-project.ts";

const WORDS = checkWords(piToSessionRun);
const LIVE = `import { killSessionRun } from "./session-run-registry.js";
export const halt = (sessionKey: string) => killSessionRun(sessionKey);
`;
const PADDED = `export const halt = () => {};\n${"// nothing to see here\n".repeat(60_000)}`;
const ONE_LINE = `export const halt = () => {};${" ".repeat(20_000)}`;

function repository(): TempProject {
  const project = tempProject({
    "src/halt.ts": LIVE,
    "src/plain.ts": "export const a = 1;\n",
    "src/always.ts": `// @generated\n${LIVE}`,
    "src/other.ts": "export const b = 2;\n",
  });
  initRepository(project.root);
  return project;
}

function hidden(project: TempProject, exclude: readonly string[] = []): string[] {
  const workspace = discover({ root: project.root, words: WORDS, exclude });
  return findSkippedSince(workspace, ["HEAD", "HEAD"], WORDS).map(
    ({ file, message }) => `${file} ${/skipped \(([\w-]+)\)/.exec(message)?.[1]}`,
  );
}

describe("findSkippedSince", () => {
  it.each([
    ["too large", PADDED, "too-large"],
    ["minified", ONE_LINE, "minified"],
    ["marked as generated", `// @generated\n${LIVE}`, "generated"],
  ])("tells a file that became %s", (_, text, reason) => {
    const project = repository();
    project.write("src/halt.ts", text);
    expect(hidden(project)).toEqual([`src/halt.ts ${reason}`]);
  });

  it("tells a link in the place of a file, and a file that took the name of a declaration", () => {
    const project = repository();
    unlinkSync(project.path("src/halt.ts"));
    symlinkSync("plain.ts", project.path("src/halt.ts"));
    expect(hidden(project)).toEqual(["src/halt.ts symlink"]);
    git(project.root, "checkout", "-q", "--", "src/halt.ts");
    git(project.root, "tag", "base");
    git(project.root, "mv", "src/halt.ts", "src/halt.d.ts");
    commitAll(project.root, "rename");
    const workspace = discover({ root: project.root, words: WORDS });
    expect(findSkippedSince(workspace, ["base"], WORDS)).toMatchObject([
      { rule: "skipped-since", severity: "error", file: "src/halt.d.ts" },
    ]);
  });

  it("is silent about files without a name of interest, skipped ones that are what they were, new and excluded ones", () => {
    const project = repository();
    project.write("src/plain.ts", PADDED);
    project.write("src/new.ts", `// @generated\n${LIVE}`);
    expect(hidden(project)).toEqual([]);
    project.write("src/always.ts", `// @generated\n// again\n${LIVE}`);
    expect(hidden(project)).toEqual([]);
    project.write("src/halt.ts", PADDED);
    expect(hidden(project, ["src/halt.ts"])).toEqual([]);
  });

  it("refuses a revision that is not there", () => {
    const workspace = discover({ root: repository().root, words: WORDS });
    expect(() => findSkippedSince(workspace, ["no-such-ref"], WORDS)).toThrow(UserError);
  });
});
