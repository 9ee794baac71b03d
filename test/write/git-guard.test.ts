import { chmodSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/shared/errors.ts";
import { dirtyFiles } from "../../src/write/git-guard.ts";
import { findInterruptedWrite } from "../../src/write/recover-interrupted-write.ts";
import { writeChanges } from "../../src/write/write-changes.ts";
import { commitAll, git, initRepository } from "../helpers/git.ts";
import { type TempProject, tempProject } from "../helpers/temp-project.ts";

const repository = (files: Record<string, string> = { "a.ts": "a\n", "b.ts": "b\n" }): TempProject => {
  const project = tempProject(files);
  initRepository(project.root);
  return project;
};
const write = (project: TempProject, allowDirty = false, file = "a.ts", root = project.root) =>
  writeChanges({ root, changes: [{ file, before: "a\n", after: "A\n" }], creates: [], allowDirty });

describe("a clean tree", () => {
  it("is written, and git shows only that", async () => {
    const project = repository();
    await write(project);
    expect(git(project.root, "status", "--porcelain")).toBe(" M a.ts\n");
    expect(findInterruptedWrite(project.root)).toBeNull();
  });
  it("may have a detached HEAD, or be a linked work tree or a subfolder", async () => {
    const project = repository({ "sub/a.ts": "a\n" });
    git(project.root, "worktree", "add", "--quiet", "--detach", project.path("../wt-of-test") + process.pid);
    const linked = `${project.path("../wt-of-test")}${process.pid}`;
    try {
      expect(dirtyFiles(linked)).toEqual({ kind: "clean", files: [] });
      await writeChanges({
        root: `${linked}/sub`,
        changes: [{ file: "a.ts", before: "a\n", after: "A\n" }],
        creates: [],
        allowDirty: false,
      });
      expect(dirtyFiles(linked)).toEqual({ kind: "dirty", files: ["sub/a.ts"] });
      expect(dirtyFiles(`${linked}/sub`)).toEqual({ kind: "dirty", files: ["a.ts"] });
    } finally {
      rmSync(linked, { recursive: true });
    }
  });
  it("is clean below the root although another folder is not", async () => {
    const project = repository({ "one/a.ts": "a\n", "two/b.ts": "b\n" });
    project.write("two/b.ts", "changed\n");
    await write(project, false, "a.ts", project.path("one"));
    expect(project.read("one/a.ts")).toBe("A\n");
  });
});

describe("a file of the run's own", () => {
  const own = ["decisions.json"];
  const request = {
    changes: [{ file: "a.ts", before: "a\n", after: "A\n" }],
    creates: [],
    allowDirty: false,
  };
  it("may be uncommitted", async () => {
    const project = repository();
    project.write("decisions.json", "{}\n");
    await writeChanges({ root: project.root, ...request, own });
    expect(git(project.root, "status", "--porcelain")).toBe(" M a.ts\n?? decisions.json\n");
  });
  it("excuses no other file, and no file that is to be written", async () => {
    const project = repository();
    project.write("decisions.json", "{}\n");
    project.write("b.ts", "changed\n");
    await expect(writeChanges({ root: project.root, ...request, own })).rejects.toThrow(
      "has uncommitted changes: b.ts.",
    );
  });
});

describe("a tree that is not clean", () => {
  const cases: [string, (project: TempProject) => void, string, string[]][] = [
    ["modified", (project) => project.write("b.ts", "x\n"), "dirty", ["b.ts"]],
    ["untracked", (project) => project.write("new\nline.ts", "x\n"), "dirty", ["new\nline.ts"]],
    ["deleted", (project) => rmSync(project.path("b.ts")), "dirty", ["b.ts"]],
    [
      "staged",
      (project) => {
        project.write("b.ts", "x\n");
        git(project.root, "add", "b.ts");
      },
      "dirty",
      ["b.ts"],
    ],
    ["renamed", (project) => void git(project.root, "mv", "b.ts", "c.ts"), "dirty", ["b.ts", "c.ts"]],
    ["in a merge", (project) => conflict(project, "merge"), "merge-in-progress", ["b.ts"]],
    ["in a rebase", (project) => conflict(project, "rebase"), "rebase-in-progress", ["b.ts"]],
    ["in a cherry-pick", (project) => conflict(project, "cherry-pick"), "cherry-pick-in-progress", ["b.ts"]],
  ];
  it.each(cases)("%s is refused by name, and --allow-dirty overrides", async (_name, change, kind, files) => {
    const project = repository();
    change(project);
    expect(dirtyFiles(project.root)).toEqual({ kind, files });
    await expect(write(project)).rejects.toThrow(kind === "dirty" ? files[0] : /is in progress/);
    expect(project.read("a.ts")).toBe("a\n");
    await write(project, true);
    expect(project.read("a.ts")).toBe("A\n");
  });
  it("names ten files and counts the rest", async () => {
    const project = repository();
    for (let at = 10; at < 25; at += 1) project.write(`x${at}.ts`, "");
    await expect(write(project)).rejects.toThrow(/changes: (?:x\d\d\.ts, ){9}x19\.ts and 5 more\./);
  });
});

describe("a tree that git cannot bring back", () => {
  it("is no repository: needs the flag", async () => {
    const project = tempProject({ "a.ts": "a\n" });
    expect(dirtyFiles(project.root)).toEqual({ kind: "not-a-repo", files: [] });
    await expect(write(project)).rejects.toThrow(/not in a git repository/);
    expect(project.read("a.ts")).toBe("a\n");
    expect((await write(project, true)).written).toEqual(["a.ts"]);
  });
  it("has no commit yet: what is staged counts as not committed", () => {
    const project = tempProject({ "a.ts": "a\n" });
    git(project.root, "init", "--quiet");
    expect(dirtyFiles(project.root)).toEqual({ kind: "dirty", files: ["a.ts"] });
  });
  it("ignores the file that would be written", async () => {
    const project = repository({ ".gitignore": "dist/\n", "dist/a.ts": "a\n", "b.ts": "b\n" });
    expect(dirtyFiles(project.root).kind).toBe("clean");
    await expect(write(project, false, "dist/a.ts")).rejects.toThrow(
      /does not track what would be written: dist\/a\.ts/,
    );
    await expect(write(project, false, "a.ts", project.path("dist"))).rejects.toThrow(UserError);
    expect(project.read("dist/a.ts")).toBe("a\n");
  });
  it("has it in a submodule", async () => {
    const inner = repository();
    const project = repository({ "b.ts": "b\n" });
    git(project.root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.root, "sub");
    commitAll(project.root, "submodule");
    await expect(write(project, false, "sub/a.ts")).rejects.toThrow(
      /does not track what would be written: sub\/a\.ts/,
    );
  });
  it("has a broken repository", () => {
    const project = repository();
    project.write(".git/HEAD", "ref: refs/heads/main\n");
    project.write(".git/index", "nonsense");
    expect(dirtyFiles(project.root).kind).toBe("git-failed");
  });
});

describe("git itself", () => {
  it("runs neither fsmonitor nor hooks of the tree", async () => {
    const project = repository();
    const canary = project.path(".git/canary");
    git(project.root, "config", "core.fsmonitor", `touch ${canary}; :`);
    mkdirSync(project.path(".git/hooks"), { recursive: true });
    for (const hook of ["post-index-change", "fsmonitor-watchman"]) {
      project.write(`.git/hooks/${hook}`, `#!/bin/sh\ntouch ${canary}\n`);
      chmodSync(project.path(`.git/hooks/${hook}`), 0o755);
    }
    git(project.root, "status");
    expect(existsSync(canary)).toBe(true);
    rmSync(canary);
    await write(project);
    expect(existsSync(canary)).toBe(false);
  });
});

function conflict(project: TempProject, command: "merge" | "rebase" | "cherry-pick"): void {
  git(project.root, "checkout", "--quiet", "-b", "side");
  project.write("b.ts", "side\n");
  commitAll(project.root, "side");
  git(project.root, "checkout", "--quiet", "main");
  project.write("b.ts", "main\n");
  commitAll(project.root, "main");
  expect(() => git(project.root, command, "side")).toThrow();
}
