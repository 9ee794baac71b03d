import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { discover } from "../../src/discover/discover.ts";
import { KeptBytes } from "../../src/discover/keep-bytes.ts";
import { openWorkspace } from "../../src/discover/open-workspace.ts";
import type { DiscoverOptions, Workspace } from "../../src/discover/workspace.ts";
import { NothingScannedError, UserError } from "../../src/shared/errors.ts";
import { commitAll, git, initRepository } from "../helpers/git.ts";
import { type TempProject, tempProject } from "../helpers/temp-project.ts";

const CALL = "stopRun(id);\n";
const run = (project: TempProject, options: Partial<DiscoverOptions> = {}): Workspace =>
  discover({ root: project.root, words: /stopRun/, ...options });
const tally = (workspace: Workspace) => ({
  discovered: workspace.discovered,
  scanned: workspace.scanned,
  skipped: workspace.skipped.map(({ file, reason }) => `${file}: ${reason}`),
  failed: workspace.failed.map(({ file, message }) => `${file}: ${message}`),
});
const initRepositoryOf = (project: TempProject, file: string): void => {
  git(project.root, "init", "--quiet");
  git(project.root, "add", file);
};
const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return "did not throw";
};

describe("the root", () => {
  it("that does not exist is nothing scanned, with its name", () => {
    const project = tempProject();
    const act = () => discover({ root: project.path("missing"), words: /x/ });
    expect(act).toThrow(NothingScannedError);
    expect(act).toThrow(/missing does not exist/);
  });
  it("that is a file is a usage error, not an empty scan", () => {
    const project = tempProject({ "a.ts": CALL });
    const act = () => discover({ root: project.path("a.ts"), words: /x/ });
    expect(act).toThrow(/is not a folder/);
    expect(act).not.toThrow(NothingScannedError);
  });
  it("is given as its real path when it is a link", () => {
    const project = tempProject({ "real/a.ts": CALL });
    symlinkSync("real", project.path("link"));
    const workspace = discover({ root: project.path("link"), words: /stopRun/ });
    expect(workspace.root).toBe(project.path("real"));
    expect(workspace.scanned).toEqual(["a.ts"]);
  });
});

describe("listing", () => {
  const files = {
    ".gitignore": "*.log.ts\n/cache/\n",
    "src/a.ts": CALL,
    "src/b.tsx": "",
    "src/c.mts": "",
    "src/d.cts": "",
    "src/e.js": "",
    "src/f.mjs": "",
    "src/g.cjs": "",
    "src/readme.md": CALL,
    "src/data.json": "{}",
    "src/h.jsx": "",
    "src/page.vue": CALL,
    "src/x.log.ts": CALL,
    "cache/y.ts": CALL,
    "node_modules/dep/index.js": CALL,
    "packages/p/node_modules/dep/index.js": CALL,
    "src/node_modules_like/z.ts": CALL,
  };
  const expected = [
    "a.ts",
    "b.tsx",
    "c.mts",
    "d.cts",
    "e.js",
    "f.mjs",
    "g.cjs",
    "h.jsx",
    "node_modules_like/z.ts",
  ].map((name) => `src/${name}`);

  it("by git takes tracked and untracked files that are not ignored", () => {
    const project = tempProject(files);
    initRepository(project.root);
    project.write("src/new.ts", CALL);
    const workspace = run(project);
    expect(workspace.listedBy).toBe("git");
    expect(tally(workspace)).toEqual({
      discovered: 10,
      scanned: [...expected, "src/new.ts"].sort(),
      skipped: [],
      failed: [],
    });
    expect(workspace.hits.map(({ path }) => path)).toEqual([
      "src/a.ts",
      "src/new.ts",
      "src/node_modules_like/z.ts",
    ]);
  });
  it("by walk gives the same files", () => {
    const workspace = run(tempProject(files));
    expect(workspace.listedBy).toBe("walk");
    expect(tally(workspace)).toEqual({ discovered: 9, scanned: expected, skipped: [], failed: [] });
  });
  it("by walk lets a deeper .gitignore take a file back in, and a folder stay out", () => {
    const project = tempProject({
      ".gitignore": "*.gen.ts\nsecret/\n",
      "a.gen.ts": CALL,
      "keep/.gitignore": "!*.gen.ts\n",
      "keep/b.gen.ts": CALL,
      "secret/.gitignore": "!*\n",
      "secret/c.ts": CALL,
      "d.ts": CALL,
    });
    const walked = run(project);
    initRepository(project.root);
    expect(walked.scanned).toEqual(["d.ts", "keep/b.gen.ts"]);
    expect(run(project).scanned).toEqual(walked.scanned);
  });
  it("below a subfolder of a repository stays below it", () => {
    const project = tempProject({ "a/x.ts": CALL, "b/y.ts": CALL });
    initRepository(project.root);
    expect(discover({ root: project.path("a"), words: /stopRun/ }).scanned).toEqual(["x.ts"]);
  });
  it("walks a root that its repository ignores", () => {
    const project = tempProject({ ".gitignore": ".cache/\n", "a.ts": CALL, ".cache/pkg/dist/b.js": CALL });
    initRepository(project.root);
    const workspace = discover({ root: project.path(".cache/pkg"), words: /stopRun/ });
    expect([workspace.listedBy, workspace.scanned]).toEqual(["walk", ["dist/b.js"]]);
  });
  it("leaves out what git tracks but is deleted", () => {
    const project = tempProject({ "a.ts": CALL, "b.ts": CALL });
    initRepository(project.root);
    rmSync(project.path("b.ts"));
    expect(tally(run(project))).toEqual({ discovered: 1, scanned: ["a.ts"], skipped: [], failed: [] });
  });
  it("names a file once in the middle of a merge", () => {
    const project = tempProject({ "a.ts": "one\n", "b.ts": CALL });
    initRepository(project.root);
    git(project.root, "checkout", "--quiet", "-b", "side");
    project.write("a.ts", "two\n");
    commitAll(project.root, "side");
    git(project.root, "checkout", "--quiet", "main");
    project.write("a.ts", "three\n");
    commitAll(project.root, "main");
    expect(() => git(project.root, "merge", "side")).toThrow();
    expect(run(project).scanned).toEqual(["a.ts", "b.ts"]);
  });
  it("walks when git is missing", () => {
    const project = tempProject({ "a.ts": CALL });
    initRepository(project.root);
    const path = process.env["PATH"];
    process.env["PATH"] = project.path("nowhere");
    try {
      expect(run(project).listedBy).toBe("walk");
    } finally {
      process.env["PATH"] = path;
    }
  });
  it("walks when the repository is broken", () => {
    const project = tempProject({ "a.ts": CALL, ".git/HEAD": "nonsense\n" });
    expect([run(project).listedBy, run(project).scanned]).toEqual(["walk", ["a.ts"]]);
  });
  it("is not misled by the variables git sets in its hooks", () => {
    const other = tempProject({ "other.ts": CALL });
    initRepository(other.root);
    const project = tempProject({ "src/a.ts": CALL, "dist/a.js": CALL });
    initRepository(project.root);
    // seen through the other index, the built folder would look untracked and be skipped
    process.env["GIT_DIR"] = other.path(".git");
    process.env["GIT_INDEX_FILE"] = other.path(".git/index");
    try {
      expect([run(project).listedBy, run(project).scanned]).toEqual(["git", ["dist/a.js", "src/a.ts"]]);
    } finally {
      delete process.env["GIT_DIR"];
      delete process.env["GIT_INDEX_FILE"];
    }
  });
  it("takes odd names as names", () => {
    const names = [
      "--upload-pack=x.ts",
      "-c.ts",
      "a\nb.ts",
      "::error::x.ts",
      "ä.ts",
      "a b.ts",
      "[x].ts",
      "a\\b.ts",
    ];
    const project = tempProject(Object.fromEntries(names.map((name) => [name, CALL])));
    const walked = run(project).scanned;
    initRepository(project.root);
    expect(walked).toEqual([...names].sort());
    expect(run(project).scanned).toEqual(walked);
  });
  it("ends on folder links that lead in a circle, and follows none", () => {
    const project = tempProject({ "a/b/c.ts": CALL });
    symlinkSync("..", project.path("a/b/up"));
    symlinkSync("loop", project.path("loop"));
    expect(run(project).scanned).toEqual(["a/b/c.ts"]);
  });
  it("survives a .gitignore made to be slow", () => {
    const project = tempProject({
      ".gitignore": `${"*a".repeat(30)}b\n${"x".repeat(100_000)}\n*.skip.ts\n`,
      [`${"a".repeat(200)}.ts`]: CALL,
      "b.skip.ts": CALL,
    });
    expect(run(project).scanned).toEqual([`${"a".repeat(200)}.ts`]);
  });
});

describe("places that are hard to reach", () => {
  it("a path longer than the system takes is reported, not passed over", () => {
    const project = tempProject({ "a.ts": CALL });
    const deep = `cd "${project.root}"; for i in $(seq 20); do n=$(printf 'd%.0s' $(seq 250)); mkdir $n; cd $n; done; echo x > b.ts`;
    execFileSync("bash", ["-c", deep]);
    try {
      const walked = tally(run(project));
      expect(walked.scanned).toEqual(["a.ts"]);
      expect(walked.failed).toEqual([
        expect.stringMatching(/^d+\/.*: the folder cannot be read \(ENAMETOOLONG\)$/),
      ]);
      initRepositoryOf(project, "a.ts");
      expect(tally(run(project)).failed).toEqual(walked.failed);
    } finally {
      execFileSync("rm", ["-rf", project.root]);
    }
  });
  it("an include does not lead through a link", () => {
    const outside = tempProject({ "dist/secret.js": CALL });
    const project = tempProject({ "a.ts": CALL });
    symlinkSync(outside.root, project.path("link"));
    expect(() => run(project, { include: ["link/dist/**"] })).toThrow(NothingScannedError);
  });
});

describe("hostile repositories", () => {
  it("run nothing: fsmonitor of an embedded bare repository", () => {
    const project = tempProject({ "pr/a.ts": CALL });
    initRepository(project.root);
    const canary = project.path("canary");
    const pull = project.path("pr");
    git(pull, "init", "--quiet", "--bare", ".");
    git(pull, "--git-dir=.", "config", "core.bare", "false");
    git(pull, "--git-dir=.", "config", "core.worktree", ".");
    git(pull, "--git-dir=.", "config", "core.fsmonitor", `touch ${canary}`);
    // the trap is armed: git itself would fall into it
    execFileSync("git", ["-c", "safe.bareRepository=all", "status"], { cwd: pull, stdio: "ignore" });
    expect(project.list()).toContain("canary");
    rmSync(canary);
    expect(discover({ root: pull, words: /stopRun/ }).scanned).toEqual(["a.ts"]);
    expect(project.list()).not.toContain("canary");
  });
  it("run nothing: fsmonitor and hooks of a .git folder that came with the tree", () => {
    const project = tempProject({ "a.ts": CALL });
    initRepository(project.root);
    git(project.root, "config", "core.fsmonitor", `touch ${project.path("canary")}`);
    git(project.root, "config", "core.hooksPath", project.root);
    project.write("post-index-change", `#!/bin/sh\ntouch ${project.path("canary")}\n`);
    chmodSync(project.path("post-index-change"), 0o755);
    expect(run(project).listedBy).toBe("git");
    expect(project.list()).not.toContain("canary");
  });
});

describe("skipping with a reason", () => {
  it("counts every kind, and keeps its near miss", () => {
    const project = tempProject({
      "types.d.ts": CALL,
      "types.d.mts": CALL,
      "types.d.cts": CALL,
      "theme.d.css.ts": CALL,
      "old.ts": CALL,
      "returns.ts": `${CALL}${"ok();\r".repeat(4_000)}`,
      "lib.min.js": CALL,
      "admin.js": CALL,
      "line.js": `${CALL}var a="${"x".repeat(60_000)}";`,
      "long-line.ts": `${CALL}${"ok();\n".repeat(400)}var a="${"x".repeat(60_000)}";`,
      "short-line.js": `${CALL}var a="${"x".repeat(9_000)}";`,
      "made.ts": `#!/usr/bin/env node\n/**\n * @generated by a tool\n */\n${CALL}`,
      "made-with-bom.ts": `\ufeff// @generated\n${CALL}`,
      "speaks-of-it.ts": `export const mark = "@generated";\n// @generated\n${CALL}`,
      "not-quite.ts": `// @generatedBy hand, see @generated-docs\n${CALL}`,
      "big.ts": `${CALL}${"// comment\n".repeat(1_000)}`,
      "limit.ts": `${CALL}${"x".repeat(10_000 - CALL.length)}`,
    });
    symlinkSync("old.ts", project.path("link.ts"));
    symlinkSync("/etc/hostname", project.path("outside.ts"));
    symlinkSync("nothing", project.path("dangling.ts"));
    mkdirSync(project.path("folder.ts"));
    execFileSync("mkfifo", [project.path("pipe.ts")]);
    const workspace = run(project, { maxFileBytes: 62_500 });
    expect(tally(workspace)).toEqual({
      discovered: 21,
      scanned: [
        "admin.js",
        "big.ts",
        "limit.ts",
        "not-quite.ts",
        "old.ts",
        "returns.ts",
        "short-line.js",
        "speaks-of-it.ts",
      ]
        .concat("long-line.ts")
        .sort(),
      skipped: [
        "dangling.ts: symlink",
        "lib.min.js: minified",
        "line.js: minified",
        "link.ts: symlink",
        "made-with-bom.ts: generated",
        "made.ts: generated",
        "outside.ts: symlink",
        "pipe.ts: not-a-regular-file",
        "theme.d.css.ts: declaration-file",
        "types.d.cts: declaration-file",
        "types.d.mts: declaration-file",
        "types.d.ts: declaration-file",
      ],
      failed: [],
    });
    expect(run(project, { maxFileBytes: 10_000 }).scanned).toContain("limit.ts");
  });
  it("passes over no TypeScript that holds one of the names, however large or long its lines are", () => {
    const long = `${"x".repeat(20_000)} `;
    const project = tempProject({
      "big.js": `${CALL}${"// comment\n".repeat(2_000)}`,
      "big.ts": "// comment\n".repeat(2_000),
      "big-with-word.ts": `${"// comment\n".repeat(2_000)}const aborted = false;\n`,
      "big-with-name.ts": `${"// comment\n".repeat(2_000)}${CALL}`,
      "long.tsx": long,
      "long-with-name.tsx": long + CALL,
    });
    const options = { maxFileBytes: 20_500, words: /stopRun|aborted/, names: /stopRun/ };
    const { skipped } = tally(run(project, options));
    expect(skipped).toEqual([
      "big-with-word.ts: too-large",
      "big.js: too-large",
      "big.ts: too-large",
      "long.tsx: minified",
    ]);
    const { failed } = run(project, options);
    expect(failed.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      expect.stringMatching(/^big-with-name\.ts: it is larger than 20500 bytes/),
      expect.stringMatching(/^long-with-name\.tsx: its lines are as long/),
    ]);
  });
  it("does not follow an index entry through a folder that became a link", () => {
    const outside = tempProject({ "a.ts": CALL });
    const project = tempProject({ "src/a.ts": CALL, "lib/b.ts": CALL, "moved/c.ts": CALL });
    initRepository(project.root);
    renameSync(project.path("src"), project.path("was-src"));
    symlinkSync(outside.root, project.path("src"));
    renameSync(project.path("lib"), project.path("was-lib"));
    symlinkSync("was-lib", project.path("lib"));
    const { skipped, scanned } = tally(run(project));
    expect(skipped).toEqual(["lib/b.ts: symlink", "src/a.ts: outside-root"]);
    expect(scanned).toEqual(["moved/c.ts", "was-lib/b.ts", "was-src/a.ts"]);
  });
  it("is not taken in by a sibling whose name begins like the root", () => {
    const parent = tempProject({ "root/src/a.ts": CALL, "root-evil/a.ts": CALL });
    initRepository(parent.path("root"));
    rmSync(parent.path("root/src"), { recursive: true });
    symlinkSync(parent.path("root-evil"), parent.path("root/src"));
    parent.write("root/b.ts", CALL);
    const workspace = discover({ root: parent.path("root"), words: /stopRun/ });
    expect(tally(workspace)).toMatchObject({ scanned: ["b.ts"], skipped: ["src/a.ts: outside-root"] });
  });
});

describe("build output", () => {
  const repository = {
    "package.json": "{}",
    "src/a.ts": CALL,
    "dist/a.js": CALL,
    "packages/p/build/b.js": CALL,
  };
  it("is skipped where its sources are, at any depth", () => {
    const project = tempProject({
      ...repository,
      "packages/p/package.json": "{}",
      "packages/p/src/b.ts": CALL,
    });
    expect(tally(run(project))).toMatchObject({
      scanned: ["packages/p/src/b.ts", "src/a.ts"],
      skipped: ["dist/a.js: build-output", "packages/p/build/b.js: build-output"],
    });
  });
  it("is scanned when it is the root", () => {
    const project = tempProject(repository);
    expect(discover({ root: project.path("dist"), words: /stopRun/ }).scanned).toEqual(["a.js"]);
  });
  it("is scanned when an include names it, even if git ignores it", () => {
    const project = tempProject({ ...repository, ".gitignore": "dist/\n" });
    expect(run(project, { include: ["dist/**"] }).scanned).toEqual(["dist/a.js"]);
    expect(run(project, { include: ["{dist,src}"] }).scanned).toEqual(["dist/a.js", "src/a.ts"]);
    initRepository(project.root);
    expect(run(project, { include: ["dist"] }).scanned).toEqual(["dist/a.js"]);
  });
  it("stays skipped when an include only happens to match it", () => {
    const { scanned, skipped } = tally(run(tempProject(repository), { include: ["**/a.*"] }));
    expect(scanned).toEqual(["src/a.ts"]);
    expect(skipped).toContain("dist/a.js: build-output");
  });
  it("is scanned where git tracks it", () => {
    const project = tempProject(repository);
    initRepository(project.root);
    project.write("dist/untracked.js", CALL);
    expect(tally(run(project))).toMatchObject({
      scanned: ["dist/a.js", "packages/p/build/b.js", "src/a.ts"],
      skipped: ["dist/untracked.js: build-output"],
    });
  });
  it("is scanned where it is what the package consists of", () => {
    const chunks = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`dist/chunk-${at}.js`, CALL]));
    const release = {
      "package.json": "{}",
      "cli.mjs": CALL,
      "extensions/x/package.json": "{}",
      "extensions/x/src/x.ts": CALL,
      "extensions/y/y.ts": CALL,
    };
    expect(run(tempProject({ ...release, ...chunks })).scanned).toHaveLength(63);
    // a development tree of the same size has a source folder beside it
    expect(run(tempProject({ ...release, ...chunks, "src/x.ts": CALL })).scanned).toHaveLength(4);
  });
  it("is no name for a folder of sources", () => {
    const project = tempProject({ "package.json": "{}", "src/a.ts": CALL, "scripts/build/gen.ts": CALL });
    expect(run(project).scanned).toEqual(["scripts/build/gen.ts", "src/a.ts"]);
    project.write("src/distance/out.ts", CALL);
    expect(run(project).scanned).toContain("src/distance/out.ts");
  });
});

describe("bytes", () => {
  it("that are no text fail with a sentence where they hold a word, and only there", () => {
    const utf16 = Buffer.from(CALL, "utf16le");
    const project = tempProject({
      "bom.ts": `\ufeff${CALL}`,
      "crlf.ts": "stopRun(a);\r\nx();\r\n",
      "latin1.ts": Buffer.from(`// caf\xe9\n${CALL}`, "latin1"),
      "latin1-quiet.ts": Buffer.from("// caf\xe9\n", "latin1"),
      "nul.ts": `${CALL}\0`,
      "overlong.ts": Buffer.concat([Buffer.from(CALL), Buffer.from([0xc0, 0xaf])]),
      "utf16.ts": utf16,
      "utf16-bom.ts": Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
      "utf16-be.ts": Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
      "utf16-quiet.ts": Buffer.from("other\n", "utf16le"),
      "escape.ts": 'stopRun("\\ud800");\n',
    });
    const workspace = run(project);
    expect(tally(workspace)).toEqual({
      discovered: 11,
      scanned: ["bom.ts", "crlf.ts", "escape.ts", "latin1-quiet.ts", "utf16-quiet.ts"],
      skipped: [],
      failed: [
        "latin1.ts: it is not valid UTF-8",
        "nul.ts: it holds NUL bytes (UTF-16, or not a text file)",
        "overlong.ts: it is not valid UTF-8",
        "utf16-be.ts: it is UTF-16, not UTF-8",
        "utf16-bom.ts: it is UTF-16, not UTF-8",
        "utf16.ts: it is UTF-16, not UTF-8",
      ],
    });
    for (const { path, text } of workspace.hits) expect(Buffer.from(text)).toEqual(project.bytes(path));
    expect(workspace.hits.map(({ path }) => path)).toEqual(["bom.ts", "crlf.ts", "escape.ts"]);
  });
  it("of a merge conflict fail; a row of equal signs does not", () => {
    const project = tempProject({
      "conflict.ts": `x();\n<<<<<<< HEAD\n${CALL}=======\ny();\n>>>>>>> side\n`,
      "crlf.ts": `<<<<<<< HEAD\r\n${CALL}=======\r\n>>>>>>> side\r\n`,
      "heading.ts": `// Title\n/*\n=======\n*/\n${CALL}`,
      "text.ts": `const s = "<<<<<<< a\\n=======\\n>>>>>>> b";\n${CALL}`,
    });
    expect(tally(run(project))).toMatchObject({
      scanned: ["heading.ts", "text.ts"],
      failed: [
        "conflict.ts: it holds merge conflict markers (line 2)",
        "crlf.ts: it holds merge conflict markers (line 1)",
      ],
    });
  });
  it("of a name that is no UTF-8 are reported", () => {
    const project = tempProject({ "a.ts": CALL });
    execFileSync("bash", ["-c", `printf 'stopRun' > $'${project.root}/caf\\xe9.ts'`]);
    const walked = tally(run(project));
    initRepository(project.root);
    expect(walked.failed).toEqual(["caf\ufffd.ts: its name is not valid UTF-8"]);
    expect(tally(run(project))).toEqual(walked);
  });
  it("that all fail are a result, not an empty scan", () => {
    const workspace = run(tempProject({ "a.ts": `${CALL}\0` }));
    expect(tally(workspace)).toMatchObject({
      discovered: 1,
      scanned: [],
      failed: [expect.stringContaining("NUL")],
    });
  });
  it("that cannot be read are reported, and unreadable folders too", ({ skip }) => {
    const project = tempProject({ "a.ts": CALL, "b.ts": CALL, "closed/c.ts": CALL });
    if (process.getuid?.() === 0) skip("root reads everything");
    chmodSync(project.path("b.ts"), 0);
    chmodSync(project.path("closed"), 0);
    const { failed } = tally(run(project));
    chmodSync(project.path("closed"), 0o755);
    expect(failed).toEqual([
      "b.ts: it cannot be read (EACCES)",
      "closed: the folder cannot be read (EACCES)",
    ]);
  });
});

describe("globs", () => {
  const files = { "src/a.ts": CALL, "src/deep/b.test.ts": CALL, "lib/c.js": CALL, "src/.hidden/d.ts": CALL };
  it.each([
    [["src"], ["src/.hidden/d.ts", "src/a.ts", "src/deep/b.test.ts"]],
    [["./src/"], ["src/.hidden/d.ts", "src/a.ts", "src/deep/b.test.ts"]],
    [["src/*.ts"], ["src/a.ts"]],
    [["**/*.ts"], ["src/.hidden/d.ts", "src/a.ts", "src/deep/b.test.ts"]],
    [["**"], ["lib/c.js", "src/.hidden/d.ts", "src/a.ts", "src/deep/b.test.ts"]],
    [["{src/deep,lib}/**"], ["lib/c.js", "src/deep/b.test.ts"]],
    [
      ["src/?.ts", "lib/[a-c].js"],
      ["lib/c.js", "src/a.ts"],
    ],
    [["src/**/b.test.ts"], ["src/deep/b.test.ts"]],
    [["src/**/a.ts"], ["src/a.ts"]],
  ])("include %j", (include, scanned) => {
    const workspace = run(tempProject(files), { include });
    expect(workspace.scanned).toEqual(scanned);
    expect(workspace.skipped.every(({ reason }) => reason === "excluded")).toBe(true);
    expect(workspace.discovered).toBe(4);
  });
  it("exclude takes away, and may match nothing", () => {
    const exclude = ["**/*.test.ts", "nothing/**"];
    expect(tally(run(tempProject(files), { exclude }))).toMatchObject({
      discovered: 4,
      skipped: ["src/deep/b.test.ts: excluded"],
    });
  });
  it("an include that matches nothing is nothing scanned, even beside one that does", () => {
    const act = () => run(tempProject(files), { include: ["src", "sorc/**"] });
    expect(act).toThrow(NothingScannedError);
    expect(act).toThrow(/"sorc\/\*\*" matches no source file/);
  });
  it.each(["../x", "/etc/**", "a/../../b", "!src", "", "{a,b", "C:/x"])(
    "%j is refused with a sentence",
    (glob) => {
      const act = () => run(tempProject(files), { include: [glob] });
      expect(act).toThrow(UserError);
      expect(act).not.toThrow(NothingScannedError);
    },
  );
});

describe("nothing to scan", () => {
  it.each<[string, Record<string, string>, Partial<DiscoverOptions>, RegExp]>([
    ["an empty folder", {}, {}, /holds no source file/],
    ["no source files", { "a.md": CALL }, {}, /holds no source file/],
    ["all ignored", { ".gitignore": "*\n", "a.ts": CALL }, {}, /holds no source file/],
    ["only node_modules", { "node_modules/a/index.js": CALL }, {}, /holds no source file/],
    ["all excluded", { "a.ts": CALL }, { exclude: ["**"] }, /1 source file, all skipped \(1 excluded\)/],
    ["only skipped", { "a.d.ts": CALL, "b.min.js": CALL }, {}, /\(1 declaration-file, 1 minified\)/],
  ])("%s says so", (_name, files, options, cause) => {
    const project = tempProject(files);
    const act = () => run(project, options);
    expect(act).toThrow(NothingScannedError);
    expect(messageOf(act)).toMatch(cause);
    initRepository(project.root);
    expect(act).toThrow(NothingScannedError);
  });
});

describe("a tree too large to keep in memory", () => {
  it("is read again by need, with the same answers", () => {
    const project = tempProject({ "a.ts": CALL, "b.ts": "other ä" });
    const kept = new KeptBytes(0);
    const lent = kept.read("a.ts", project.path("a.ts"), CALL.length);
    expect([lent?.toString(), kept.get("a.ts")]).toEqual([CALL, undefined]);
    const workspace = openWorkspace({ ...run(project), kept });
    expect(workspace.filesContaining("ther ä")).toEqual(["b.ts"]);
    expect(workspace.read("b.ts")).toBe("other ä");
  });
  it("notices a file that grew or shrank meanwhile", () => {
    const project = tempProject({ "a.ts": CALL });
    const kept = new KeptBytes();
    expect(kept.read("a.ts", project.path("a.ts"), 3)).toBeNull();
    expect(kept.read("a.ts", project.path("a.ts"), 300)?.toString()).toBe(CALL);
  });
});

describe("the workspace", () => {
  const files = {
    "a.ts": CALL,
    "b.ts": "other ä\n",
    "c.ts": Buffer.from("// \xe9 other\n", "latin1"),
    "d.d.ts": "other",
  };
  it("answers for scanned files only", () => {
    const workspace = run(tempProject(files));
    expect([
      workspace.has("a.ts"),
      workspace.has("b.ts"),
      workspace.has("d.d.ts"),
      workspace.has("./a.ts"),
    ]).toEqual([true, true, false, false]);
    expect(workspace.read("b.ts")).toBe("other ä\n");
    expect(() => workspace.read("d.d.ts")).toThrow(/not one of the scanned files/);
    expect(() => workspace.read("../a.ts")).toThrow(UserError);
    expect(() => workspace.read("c.ts")).toThrow(/not valid UTF-8/);
  });
  it("finds files by an exact string, as they were when scanned", () => {
    const project = tempProject(files);
    const workspace = run(project);
    project.write("a.ts", "other\n");
    expect(workspace.filesContaining("other")).toEqual(["b.ts", "c.ts"]);
    expect(workspace.filesContaining("ä")).toEqual(["b.ts"]);
    expect(workspace.filesContaining("Other")).toEqual([]);
    expect(workspace.read("a.ts")).toBe(CALL);
  });
  it("finds words by alternatives, patterns and flags, in every file anew", () => {
    const project = tempProject({ "a.ts": "one two", "b.ts": "xtwox", "c.ts": "TWO" });
    const hits = (words: RegExp) => run(project, { words }).hits.map(({ path }) => path);
    expect(hits(/one|two/)).toEqual(["a.ts", "b.ts"]);
    expect(hits(/\btwo\b/g)).toEqual(["a.ts"]);
    expect(hits(/two/gy)).toEqual(["a.ts", "b.ts"]);
    expect(hits(/two/i)).toEqual(["a.ts", "b.ts", "c.ts"]);
    expect(hits(/a1|a2|a3|a4|a5|a6|one/)).toEqual(["a.ts"]);
  });
  it("counts bytes and tells progress up to the end", () => {
    const project = tempProject({ "a.ts": "ä", "b.ts": "123" });
    const calls: number[][] = [];
    const workspace = run(project, { onProgress: (...call) => calls.push(call) });
    expect(workspace.bytes).toBe(5);
    expect(calls.at(-1)).toEqual([2, 2]);
  });
  it("is the same on every run", () => {
    const project = tempProject({ ...files, "z/a.ts": CALL, "Z/a.ts": CALL });
    const plain = (workspace: Workspace) => JSON.stringify(workspace);
    expect(plain(run(project))).toBe(plain(run(project)));
    expect(run(project).scanned).toEqual(["Z/a.ts", "a.ts", "b.ts", "c.ts", "z/a.ts"]);
    expect(join(run(project).root, "a.ts")).toBe(project.path("a.ts"));
  });
});
