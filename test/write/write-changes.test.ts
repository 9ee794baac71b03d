import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { realFileSystem, type WriteFileSystem } from "../../src/write/file-system.ts";
import { makeTempName } from "../../src/write/temp-names.ts";
import { writeChanges } from "../../src/write/write-changes.ts";
import { WriteFailedError, WriteRefusedError } from "../../src/write/write-errors.ts";
import type { WriteRequest, WriteResult } from "../../src/write/write-request.ts";
import { type TempProject, tempProject } from "../helpers/temp-project.ts";

type Changes = Record<string, readonly [string, string]>;

const requestOf = (
  project: TempProject,
  changes: Changes,
  creates: Record<string, string> = {},
): WriteRequest => ({
  root: project.root,
  changes: Object.entries(changes).map(([file, [before, after]]) => ({ file, before, after })),
  creates: Object.entries(creates).map(([file, text]) => ({ file, text })),
  allowDirty: true,
  journal: `${project.root}-state`,
});
const write = (
  project: TempProject,
  changes: Changes,
  creates: Record<string, string> = {},
  fs?: Partial<WriteFileSystem>,
): Promise<WriteResult> => {
  onTestFinished(() => rmSync(`${project.root}-state`, { recursive: true, force: true }));
  return writeChanges(requestOf(project, changes, creates), { ...realFileSystem, ...fs });
};
const refusals = async (act: Promise<unknown>): Promise<string[]> => {
  const error = await act.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WriteRefusedError);
  return (error as WriteRefusedError).refusals.map(({ file, why }) => `${file} ${why}`);
};
const failure = async (act: Promise<unknown>): Promise<WriteFailedError> => {
  const error = await act.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WriteFailedError);
  return error as WriteFailedError;
};
const failing = (code: string): Error => Object.assign(new Error(code), { code });
const AB: Changes = { "a.ts": ["a\n", "A\n"], "b.ts": ["b\n", "B\n"] };
const ab = () => tempProject({ "a.ts": "a\n", "b.ts": "b\n", "other.ts": "o\n" });

describe("writing", () => {
  it("replaces and creates, and leaves nothing else behind", async () => {
    const project = ab();
    const result = await write(project, { ...AB, "other.ts": ["o\n", "o\n"] }, { "new/deep/c.ts": "c" });
    expect(result).toEqual({ written: ["a.ts", "b.ts"], created: ["new/deep/c.ts"], swept: [] });
    expect(project.list()).toEqual(["a.ts", "b.ts", "new/deep/c.ts", "other.ts"]);
    expect([project.read("a.ts"), project.read("b.ts"), project.read("new/deep/c.ts")]).toEqual([
      "A\n",
      "B\n",
      "c",
    ]);
    expect(execFileSync("ls", ["-A", `${project.root}-state`], { encoding: "utf8" })).toBe("");
  });
  it("keeps bytes that only look like white space", async () => {
    const texts = [
      "\ufeffx\r\ny\n",
      "#!/usr/bin/env node\r\r\n",
      "no end",
      "\ufeff#!/bin/sh\n",
      "s = '\u2028';\n\n\n",
    ];
    const project = tempProject(Object.fromEntries(texts.map((text, at) => [`${at}.ts`, text])));
    await write(
      project,
      Object.fromEntries(texts.map((text, at) => [`${at}.ts`, [text, `${text}z`] as const])),
    );
    for (const [at, text] of texts.entries())
      expect(project.bytes(`${at}.ts`)).toEqual(Buffer.from(`${text}z`));
  });
  it("of the same text again touches nothing", async () => {
    const project = ab();
    await write(project, AB);
    const { mtimeNs, ino } = statSync(project.path("a.ts"), { bigint: true });
    expect(await write(project, { "a.ts": ["A\n", "A\n"] })).toEqual({ written: [], created: [], swept: [] });
    expect(statSync(project.path("a.ts"), { bigint: true })).toMatchObject({ mtimeNs, ino });
    expect(await refusals(write(project, AB))).toEqual([
      "a.ts changed since the plan",
      "b.ts changed since the plan",
    ]);
  });
  it.each([0o755, 0o600, 0o640, 0o664])("keeps mode %o under a tight umask", async (mode) => {
    const project = ab();
    chmodSync(project.path("a.ts"), mode);
    const umask = process.umask(0o077);
    try {
      await write(project, AB);
    } finally {
      process.umask(umask);
    }
    expect(statSync(project.path("a.ts")).mode & 0o7777).toBe(mode);
  });
  it("is not diverted by a link planted at a name that looks like a temp file", async () => {
    const project = ab();
    const outside = tempProject({ "x.ts": "x" });
    const planted = `.rewire-abort~host~1~1~${"0".repeat(24)}.tmp`;
    symlinkSync(outside.path("x.ts"), project.path(planted));
    await write(project, AB);
    expect(outside.read("x.ts")).toBe("x");
    expect(readlinkSync(project.path(planted))).toBe(outside.path("x.ts"));
  });
});

describe("refusing", () => {
  it("refuses everything when one file changed since the plan, to the byte", async () => {
    const project = ab();
    project.write("b.ts", "b\r\n");
    expect(await refusals(write(project, AB))).toEqual(["b.ts changed since the plan"]);
    expect([project.read("a.ts"), project.list()]).toEqual(["a\n", ["a.ts", "b.ts", "other.ts"]]);
  });
  it("refuses links of every kind, and leaves them links", async () => {
    const outside = tempProject({ "x.ts": "x", "sub/y.ts": "y" });
    const project = tempProject({ "a.ts": "a", "in/y.ts": "y", "hard.ts": "h" });
    symlinkSync("a.ts", project.path("inside.ts"));
    symlinkSync(outside.path("x.ts"), project.path("outside.ts"));
    symlinkSync("nothing", project.path("dangling.ts"));
    symlinkSync("loop.ts", project.path("loop.ts"));
    symlinkSync(outside.path("sub"), project.path("out"));
    symlinkSync("in", project.path("through"));
    linkSync(project.path("hard.ts"), outside.path("hard.ts"));
    const changes: Changes = {
      "inside.ts": ["a", "A"],
      "outside.ts": ["x", "X"],
      "dangling.ts": ["", "X"],
      "loop.ts": ["", "X"],
      "out/y.ts": ["y", "Y"],
      "through/y.ts": ["y", "Y"],
      "hard.ts": ["h", "H"],
      "in/y.ts": ["y", "Y"],
    };
    const before = [project.list(), outside.list()];
    expect(
      await refusals(write(project, changes, { "out/new.ts": "n", "through/new.ts": "n", "a.ts/b.ts": "n" })),
    ).toEqual([
      "a.ts/b.ts lies below something that is no folder",
      "dangling.ts is a symbolic link",
      "hard.ts has other hard links, which replacing it would cut off",
      "inside.ts is a symbolic link",
      "loop.ts is a symbolic link",
      "out/new.ts lies outside the root, behind a symbolic link",
      "out/y.ts lies outside the root, behind a symbolic link",
      "outside.ts is a symbolic link",
      "through/new.ts lies behind a symbolic link",
      "through/y.ts lies behind a symbolic link",
    ]);
    expect([project.list(), outside.list()]).toEqual(before);
    expect(outside.read("x.ts") + outside.read("sub/y.ts") + project.read("in/y.ts")).toBe("xyy");
  });
  it("refuses what is no ordinary writable file", async () => {
    const project = tempProject({ "read-only.ts": "r", "there.ts": "t", "fine.ts": "f" });
    chmodSync(project.path("read-only.ts"), 0o444);
    mkdirSync(project.path("folder.ts"));
    execFileSync("mkfifo", [project.path("pipe.ts")]);
    const changes: Changes = {
      "read-only.ts": ["r", "R"],
      "folder.ts": ["", "F"],
      "pipe.ts": ["", "P"],
      "gone.ts": ["g", "G"],
      "fine.ts": ["f", "broken \ud800"],
    };
    expect(await refusals(write(project, changes, { "there.ts": "again" }))).toEqual([
      "fine.ts would get text that UTF-8 cannot hold",
      "folder.ts is not a regular file",
      "gone.ts is gone since the plan",
      "pipe.ts is not a regular file",
      "read-only.ts is read-only",
      "there.ts exists already",
    ]);
    expect(project.read("read-only.ts") + project.read("there.ts") + project.read("fine.ts")).toBe("rtf");
  });
  it("refuses bad names before it looks at them", async () => {
    const parent = tempProject({ "root/a.ts": "a", "root-evil/a.ts": "e", "root/.git/config": "c" });
    const project = { ...parent, root: parent.path("root") };
    const names = [
      "../root-evil/a.ts",
      "a/../../root-evil/a.ts",
      parent.path("root-evil/a.ts"),
      "C:\\x.ts",
      "\\\\srv\\x",
      "a/..\\..\\x",
      "x\0.ts",
      "",
      "./a.ts",
      "a//b.ts",
    ];
    const bad = await refusals(
      write(project, Object.fromEntries(names.map((name) => [name, ["e", "E"] as const]))),
    );
    expect(bad).toHaveLength(names.length);
    expect(bad.every((why) => /leaves the root|is no file name|is not a plain relative path/.test(why))).toBe(
      true,
    );
    expect(
      await refusals(
        write(
          project,
          { ".git/config": ["c", "C"] },
          { ".GIT/hooks/x": "x", "node_modules/x.js": "x", "..%2fx": "x" },
        ),
      ),
    ).toEqual([
      ".GIT/hooks/x lies in a folder that is never written",
      ".git/config lies in a folder that is never written",
      "node_modules/x.js lies in a folder that is never written",
    ]);
    expect(parent.read("root-evil/a.ts")).toBe("e");
  });
  it("takes near misses of bad names", async () => {
    const project = tempProject({ "..a.ts": "a", ".github/b.ts": "b", "a..b/c.ts": "c" });
    const changes: Changes = { "..a.ts": ["a", "A"], ".github/b.ts": ["b", "B"], "a..b/c.ts": ["c", "C"] };
    expect((await write(project, changes)).written).toEqual(["..a.ts", ".github/b.ts", "a..b/c.ts"]);
  });
  it("refuses a file that is named twice", async () => {
    const project = ab();
    const request = { ...requestOf(project, AB, { "a.ts": "x" }), journal: project.path(".git/state") };
    const twice = { ...request, changes: [...request.changes, request.changes[0]!], creates: [] };
    expect(await refusals(writeChanges(twice))).toEqual(["a.ts is named twice"]);
    expect(await refusals(writeChanges(request))).toEqual(["a.ts exists already"]);
  });
});

describe("faults", () => {
  it("disk full on a small file system: nothing changes, no temp file stays", async ({ skip }) => {
    const project = tempProject();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", project.root], { stdio: "ignore" });
    } catch {
      skip("mounting is not allowed here");
    }
    onTestFinished(() => void execFileSync("umount", [project.root]));
    const text = (at: number) => `${at}`.repeat(8_000);
    for (let at = 0; at < 5; at += 1) project.write(`${at}.ts`, text(at));
    const changes = Object.fromEntries(
      [0, 1, 2, 3, 4].map((at) => [`${at}.ts`, [text(at), `${text(at)}+`] as const]),
    );
    const error = await failure(write(project, changes));
    expect(error.message).toMatch(/^\d\.ts could not be written: (no space left|only \d+ of)/);
    expect(error.outcome.replaced).toEqual([]);
    expect(project.list()).toEqual(["0.ts", "1.ts", "2.ts", "3.ts", "4.ts"]);
    for (let at = 0; at < 5; at += 1) expect(project.read(`${at}.ts`)).toBe(text(at));
  });
  it("short writes are continued", async () => {
    const project = ab();
    const long = "ä".repeat(5_000);
    await write(
      project,
      { "a.ts": ["a\n", long] },
      {},
      {
        writeSync: (descriptor, bytes, offset, length) =>
          realFileSystem.writeSync(descriptor, bytes, offset, Math.ceil(length / 2)),
      },
    );
    expect(project.read("a.ts")).toBe(long);
  });
  it.each([
    ["a write that takes nothing", { writeSync: () => 0 }, /only 0 of 2 bytes/],
    [
      "a size that does not match",
      { writeSync: (_d: number, _b: Uint8Array, _o: number, length: number) => length },
      /only 0 of 2 bytes arrived/,
    ],
    [
      "a failing fsync",
      {
        fsyncSync: () => {
          throw failing("EIO");
        },
      },
      /device reported an error \(EIO\)/,
    ],
    [
      "a failing fchmod",
      {
        fchmodSync: () => {
          throw failing("EPERM");
        },
      },
      /EPERM/,
    ],
    [
      "a read-only file system",
      {
        openSync: () => {
          throw failing("EROFS");
        },
      },
      /read-only \(EROFS\)/,
    ],
  ])("%s: nothing changes", async (_name, fs, why) => {
    const project = ab();
    const error = await failure(write(project, AB, { "new/c.ts": "c" }, fs as Partial<WriteFileSystem>));
    expect(error.message).toMatch(why);
    expect(error.message).toMatch(/^a\.ts/);
    expect(project.list()).toEqual(["a.ts", "b.ts", "other.ts"]);
    expect(project.read("a.ts") + project.read("b.ts")).toBe("a\nb\n");
    expect(() => statSync(project.path("new"))).toThrow();
    // and the next run is free to go on
    expect((await write(project, AB)).written).toEqual(["a.ts", "b.ts"]);
  });
  it("disk full at file 7 of 10: none of 10 is changed", async () => {
    const names = Array.from({ length: 10 }, (_, at) => `${at}.ts`);
    const project = tempProject(Object.fromEntries(names.map((name) => [name, "old"])));
    let opened = 0;
    const error = await failure(
      write(
        project,
        Object.fromEntries(names.map((name) => [name, ["old", "new"] as const])),
        {},
        {
          openSync: (...values) => {
            opened += 1;
            if (opened === 7) throw failing("ENOSPC");
            return realFileSystem.openSync(...values);
          },
        },
      ),
    );
    expect(error.message).toMatch(/^6\.ts .*no space left on the device \(ENOSPC\)/);
    expect(names.map((name) => project.read(name))).toEqual(names.map(() => "old"));
    expect(project.list()).toEqual(names);
  });
  it("a rename that keeps failing half-way is taken back, a created file too", async () => {
    const project = ab();
    const error = await failure(
      write(
        project,
        AB,
        { "a-new/c.ts": "c" },
        {
          renameSync: (from, to) => {
            if (String(to).endsWith("b.ts")) throw failing("EPERM");
            realFileSystem.renameSync(from, to);
          },
        },
      ),
    );
    expect(error).toMatchObject({
      file: "b.ts",
      outcome: { replaced: [], untouched: ["a-new/c.ts", "a.ts", "b.ts"] },
    });
    expect(project.list()).toEqual(["a.ts", "b.ts", "other.ts"]);
    expect(project.read("a.ts") + project.read("b.ts")).toBe("a\nb\n");
    expect(() => statSync(project.path("a-new"))).toThrow();
  });
  it("a file that an editor holds for a moment is tried again", async () => {
    const project = ab();
    let held = 2;
    await write(
      project,
      AB,
      {},
      {
        renameSync: (from, to) => {
          held -= 1;
          if (held >= 0) throw failing("EBUSY");
          realFileSystem.renameSync(from, to);
        },
      },
    );
    expect(project.read("a.ts") + project.read("b.ts")).toBe("A\nB\n");
  });
  it("when taking back fails too, it says which file is new and which is old", async () => {
    const project = ab();
    const error = await failure(
      write(
        project,
        AB,
        {},
        {
          renameSync: (from, to) => {
            if (project.read("a.ts") === "A\n") throw failing("EIO");
            realFileSystem.renameSync(from, to);
          },
        },
      ),
    );
    expect(error.outcome).toEqual({ replaced: ["a.ts"], untouched: ["b.ts"] });
    expect([project.read("a.ts"), project.read("b.ts")]).toEqual(["A\n", "b\n"]);
  });
  it("a file edited between the two phases keeps its edit, and the others go back", async () => {
    const project = ab();
    let renames = 0;
    const error = await failure(
      write(
        project,
        AB,
        {},
        {
          renameSync: (from, to) => {
            realFileSystem.renameSync(from, to);
            renames += 1;
            if (renames === 1) project.write("b.ts", "edited\n");
          },
        },
      ),
    );
    expect(error.message).toMatch(/b\.ts could not be written: it changed/);
    expect([project.read("a.ts"), project.read("b.ts"), project.list()]).toEqual([
      "a\n",
      "edited\n",
      ["a.ts", "b.ts", "other.ts"],
    ]);
  });
  it("a folder swapped for a link between the two phases is not followed", async () => {
    const outside = tempProject({ "b.ts": "b" });
    const project = tempProject({ "a.ts": "a", "sub/b.ts": "b" });
    await failure(
      write(
        project,
        { "a.ts": ["a", "A"], "sub/b.ts": ["b", "B"] },
        {},
        {
          renameSync: (from, to) => {
            realFileSystem.renameSync(from, to);
            if (lstatSync(project.path("sub")).isSymbolicLink()) return;
            renameSync(project.path("sub"), project.path("was"));
            symlinkSync(outside.root, project.path("sub"));
          },
        },
      ),
    );
    expect([outside.read("b.ts"), outside.list(), project.read("a.ts")]).toEqual(["b", ["b.ts"], "a"]);
    unlinkSync(project.path("sub"));
  });
  it("a file that appears where one should be created is not replaced", async () => {
    const project = ab();
    const error = await failure(
      write(
        project,
        AB,
        { "c.ts": "ours" },
        {
          linkSync: (from, to) => {
            writeFileSync(to, "theirs");
            realFileSystem.linkSync(from, to);
          },
        },
      ),
    );
    expect(error.message).toMatch(/c\.ts .*exists already/);
    expect([project.read("c.ts"), project.read("a.ts"), project.list().length]).toEqual(["theirs", "a\n", 4]);
  });
  it("creates where links are not supported", async () => {
    const project = ab();
    const noLinks = {
      linkSync: () => {
        throw failing("EPERM");
      },
    };
    await write(project, {}, { "c.ts": "c" }, noLinks);
    expect(project.read("c.ts")).toBe("c");
    expect(lstatSync(project.path("c.ts")).nlink).toBe(1);
  });
});

describe("leftovers", () => {
  it("of dead processes are swept, and nothing else is", async () => {
    const project = ab();
    const own = makeTempName();
    const random = "a".repeat(24);
    const dead = own.replace(/~\d+~\d+~/, `~${spawnedAndGone()}~1~`);
    const reused = own.replace(/~(\d+)~\d+~/, "~$1~1~");
    const kept = [
      own,
      `.rewire-abort~another-host~${1}~1~${random}.tmp`.replace("another-host", "anotherhost"),
      ".rewire-abort-notes.tmp",
      `${dead}.bak`,
      `x${dead}`,
    ];
    for (const name of [dead, reused, ...kept]) project.write(name, "temp");
    mkdirSync(project.path(own.replace(/~\d+~\d+~[0-9a-f]+/, `~${spawnedAndGone()}~1~${random}`)));
    const { swept } = await write(project, AB);
    expect(swept).toEqual([dead, reused].sort());
    expect(project.list()).toEqual([...kept, "a.ts", "b.ts", "other.ts"].sort());
  });
});

function spawnedAndGone(): number {
  return Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }).trim());
}
