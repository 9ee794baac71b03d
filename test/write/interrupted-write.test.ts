import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findInterruptedWrite, recoverInterruptedWrite } from "../../src/write/recover-interrupted-write.ts";
import { writeChanges } from "../../src/write/write-changes.ts";
import { WriteRefusedError } from "../../src/write/write-errors.ts";
import type { WriteRequest } from "../../src/write/write-request.ts";
import { createProject, removeFolder, type TempProject, tempProject } from "../helpers/temp-project.ts";
import { compileWriter } from "./compile-writer.ts";
import { type DriverRun, runDriver, runInPairs } from "./run-driver.ts";

/** random moments at which a process is killed from outside; more for a longer run */
const RANDOM_KILLS = Number(process.env["REWIRE_ABORT_KILLS"] ?? 12);

const FILES = ["a.ts", "b.ts", "sub/c.ts", "sub/d.ts"];
const OLD = Object.fromEntries(FILES.map((file) => [file, `// old ${file}\n`]));
const NEW: Record<string, string> = Object.fromEntries(
  FILES.map((file) => [file, `// new ${file} ${"x".repeat(999)}\n`]),
);
const CREATED = { "made/deep/e.ts": "// made\n" };

let compiled: string;
let driver: string;
beforeAll(() => {
  compiled = realpathSync(mkdtempSync(join(tmpdir(), "rewire-abort-driver-")));
  driver = compileWriter(compiled);
});
afterAll(() => removeFolder(compiled));

const requestFor = (project: TempProject): WriteRequest => ({
  root: project.path("tree"),
  changes: FILES.map((file) => ({ file, before: OLD[file]!, after: NEW[file]! })),
  creates: Object.entries(CREATED).map(([file, text]) => ({ file, text })),
  allowDirty: true,
  journal: project.path("state"),
});
const createTree = () => createProject(Object.fromEntries(FILES.map((file) => [`tree/${file}`, OLD[file]!])));
const contentOf = (project: TempProject): Record<string, string> =>
  Object.fromEntries(
    project
      .list()
      .filter((file) => file.startsWith("tree/"))
      .map((file) => [file.slice(5), project.read(file)]),
  );
const withoutTemps = (content: Record<string, string>) =>
  Object.fromEntries(Object.entries(content).filter(([file]) => !file.includes(".rewire-abort~")));

/** Each file is wholly old or wholly new, and nothing but our temp files was added. */
function expectNoTornFile(project: TempProject, what: string): { news: number; olds: number } {
  const content = withoutTemps(contentOf(project));
  let news = 0;
  for (const [file, text] of Object.entries({ ...NEW, ...CREATED })) {
    const actual = content[file];
    expect([OLD[file], text], `${file}, ${what}`).toContain(actual);
    if (actual === text) news += 1;
    delete content[file];
  }
  expect(content, what).toEqual({});
  return { news, olds: FILES.length + 1 - news };
}

/** What the next run does about a killed one: name it, bring it to one side, leave no trace. */
async function expectRecovery(project: TempProject, how: "rollback" | "resume", what: string): Promise<void> {
  const { news, olds } = expectNoTornFile(project, what);
  const request = requestFor(project);
  const options = { journal: request.journal! };
  const found = findInterruptedWrite(request.root, options);
  if (news > 0 && olds > 0) {
    expect(found?.files.filter(({ state }) => state === "new").length, what).toBe(news);
    expect(found?.files.filter(({ state }) => state === "old").length, what).toBe(olds);
    await expect(writeChanges({ ...request, allowDirty: false }), what).rejects.toThrow(
      /interrupted\. New: .+\. Old: /,
    );
    await recoverInterruptedWrite(request.root, how, options);
    expect(contentOf(project), what).toEqual(how === "rollback" ? OLD : { ...NEW, ...CREATED });
  } else {
    expect(found, what).toBeNull();
    expect(await recoverInterruptedWrite(request.root, how, options), what).toBeNull();
    const isOld = olds > 0;
    if (isOld) await writeChanges(request);
    else
      await writeChanges({
        ...request,
        changes: [{ file: "a.ts", before: NEW["a.ts"]!, after: "again" }],
        creates: [],
      });
    expect(contentOf(project), what).toEqual({ ...NEW, ...CREATED, ...(isOld ? {} : { "a.ts": "again" }) });
  }
  expect(findInterruptedWrite(request.root, options), what).toBeNull();
  expect(execFileSync("ls", ["-A", request.journal!], { encoding: "utf8" }), what).toBe("");
}

describe("a killed write", () => {
  it("at every file system call leaves each file old or new, and is recovered", async () => {
    const calm = createTree();
    const { answer } = await runDriver(driver, { request: requestFor(calm) });
    expect(contentOf(calm)).toEqual({ ...NEW, ...CREATED });
    removeFolder(calm.root);
    const total = answer!.calls;
    expect(total).toBeGreaterThan(40);

    const seen = { half: 0, old: 0, complete: 0 };
    const jobs = Array.from({ length: total }, (_, index) => async () => {
      const project = createTree();
      const run = await runDriver(driver, { request: requestFor(project), at: index + 1 });
      expect(run.signal).toBe("SIGKILL");
      const { news, olds } = expectNoTornFile(project, `killed at call ${index + 1}`);
      seen[news === 0 ? "old" : olds === 0 ? "complete" : "half"] += 1;
      await expectRecovery(project, index % 2 === 0 ? "rollback" : "resume", `killed at call ${index + 1}`);
      removeFolder(project.root);
    });
    await runInPairs(jobs);
    // the sweep is worth something only when it met every stage
    expect(Object.values(seen).every((count) => count >= 3)).toBe(true);
  });

  it("at random moments leaves each file old or new, and is recovered", async () => {
    const jobs = Array.from({ length: RANDOM_KILLS }, (_, index) => async () => {
      const project = createTree();
      let isAimed = false;
      await runDriver(
        driver,
        { request: requestFor(project) },
        {
          watched: (child, output) => {
            if (isAimed || !output.includes("start")) return;
            isAimed = true;
            setTimeout(() => child.kill("SIGKILL"), (index * 7) % 40);
          },
        },
      );
      await expectRecovery(project, index % 2 === 0 ? "rollback" : "resume", `random kill ${index}`);
      removeFolder(project.root);
    });
    await runInPairs(jobs);
  }, 600_000);
});

describe("recovery", () => {
  const halfWritten = async (): Promise<TempProject> => {
    const project = createTree();
    await runDriver(driver, { request: requestFor(project), atRename: 3 });
    expect(expectNoTornFile(project, "killed before the third rename")).toEqual({ news: 3, olds: 2 });
    return project;
  };
  it("refuses when somebody changed a file since, and then writes nothing", async () => {
    const project = await halfWritten();
    project.write("tree/a.ts", "edited\n");
    const request = requestFor(project);
    const before = withoutTemps(contentOf(project));
    for (const how of ["rollback", "resume"] as const)
      await expect(
        recoverInterruptedWrite(request.root, how, { journal: request.journal! }),
      ).rejects.toBeInstanceOf(WriteRefusedError);
    expect(contentOf(project)).toEqual(before);
    removeFolder(project.root);
  });
  it("is not needed when the user goes on from the half-written tree", async () => {
    const project = await halfWritten();
    const request = requestFor(project);
    const now = contentOf(project);
    const changes = FILES.map((file) => ({ file, before: now[file]!, after: "third" }));
    await writeChanges({ ...request, changes, creates: [] });
    expect(FILES.map((file) => project.read(`tree/${file}`))).toEqual(FILES.map(() => "third"));
    expect(findInterruptedWrite(request.root, { journal: request.journal! })).toBeNull();
    removeFolder(project.root);
  });
  it("finds nothing in a tree that was never written, and survives a broken journal", async () => {
    const project = tempProject({
      "tree/a.ts": "a",
      "state/journal~0123456789abcdef.json": '{"version":1,"root":',
    });
    const options = { journal: project.path("state") };
    expect(findInterruptedWrite(project.path("tree"), options)).toBeNull();
    expect(await recoverInterruptedWrite(project.path("tree"), "resume", options)).toBeNull();
  });
  it("does not let a journal lead out of its root", async () => {
    const project = tempProject({ "tree/a.ts": "new", "evil.ts": "new", "tree/b.ts": "old" });
    const files = ["a.ts", "../evil.ts", "b.ts"].map((file) => ({ file, before: "old", after: "new" }));
    const journal = { version: 1, root: project.path("tree"), files, folders: [] };
    project.write("state/journal~0123456789abcdef.json", JSON.stringify(journal));
    expect(
      await recoverInterruptedWrite(journal.root, "rollback", { journal: project.path("state") }),
    ).toBeNull();
    expect(project.read("evil.ts")).toBe("new");
  });
});

describe("a signal", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s at any call ends with %i, names both sides and leaves no temp file",
    async (signal, code) => {
      const runs: DriverRun[] = [];
      const moments = [{ at: 1 }, { at: 9 }, { at: 20 }, ...[1, 2, 3, 4].map((atRename) => ({ atRename }))];
      const jobs = moments.map((moment) => async () => {
        const project = createTree();
        const run = await runDriver(driver, { request: requestFor(project), signal, ...moment });
        runs.push(run);
        const { news, olds } = expectNoTornFile(project, `${signal} at ${JSON.stringify(moment)}`);
        expect([run.code, run.answer?.error], JSON.stringify(run)).toEqual([code, "WriteInterruptedError"]);
        expect(run.answer?.outcome?.replaced.length).toBe(news);
        expect(run.answer?.outcome?.untouched.length).toBe(olds);
        expect(project.list().filter((file) => file.includes(".rewire-abort~"))).toEqual([]);
        if (news === 0) expect(contentOf(project)).toEqual(OLD);
        else if (olds > 0) {
          const { root, journal } = requestFor(project);
          await recoverInterruptedWrite(root, "rollback", { journal: journal! });
          expect(contentOf(project)).toEqual(OLD);
        }
        removeFolder(project.root);
      });
      await runInPairs(jobs);
      const sides = runs.map((run) => (run.answer?.outcome?.replaced.length === 0 ? "before" : "between"));
      expect(new Set(sides)).toEqual(new Set(["before", "between"]));
    },
  );
  it("a second one ends the process at once", async () => {
    const project = createTree();
    let sent = 0;
    const run = await runDriver(
      driver,
      { request: requestFor(project), held: true },
      {
        watched: (child, output) => {
          const held = output.split("held\n").length - 1;
          if (held > sent && sent < 2) {
            sent += 1;
            child.kill("SIGINT");
          }
        },
      },
    );
    expect([run.signal, run.code]).toEqual(["SIGINT", null]);
    await expectRecovery(project, "rollback", "second signal");
    removeFolder(project.root);
  });
});

describe("limits of the process", () => {
  it("a file size limit changes nothing", async () => {
    const project = createTree();
    const big = "x".repeat(100_000);
    const request = { ...requestFor(project), changes: [{ file: "a.ts", before: OLD["a.ts"]!, after: big }] };
    const run = await runDriver(driver, { request }, { wrap: ["bash", "-c", 'ulimit -f 8; exec "$@"', "-"] });
    expect([run.code, run.answer?.error], run.stderr).toEqual([2, "WriteFailedError"]);
    expect(run.answer?.message).toMatch(/EFBIG|only \d+ of/);
    expect(contentOf(project)).toEqual(OLD);
    removeFolder(project.root);
  });
  it("a folder that may not be written names the file and changes nothing", async ({ skip }) => {
    const isRoot = process.getuid?.() === 0;
    if (isRoot && !canRunAsNobody()) skip("root passes every check, and setpriv is missing");
    const project = createTree();
    if (isRoot) {
      execFileSync("chown", ["-R", "65534:65534", project.root]);
      chmodSync(compiled, 0o755);
    }
    chmodSync(project.path("tree/sub"), 0o555);
    const wrap = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
    const run = await runDriver(driver, { request: { ...requestFor(project), creates: [] } }, { wrap });
    chmodSync(project.path("tree/sub"), 0o755);
    expect([run.code, run.answer?.error], run.stderr).toEqual([2, "WriteFailedError"]);
    expect(run.answer?.message).toMatch(/^sub\/c\.ts could not be written: permission denied \(EACCES\)/);
    expect(contentOf(project)).toEqual(OLD);
    removeFolder(project.root);
  });
  it("a file of another user is refused", async ({ skip }) => {
    if (process.getuid?.() !== 0 || !canRunAsNobody()) skip("needs root and setpriv");
    const project = createTree();
    chmodSync(compiled, 0o755);
    chmodSync(project.root, 0o777);
    for (const folder of ["tree", "tree/sub"]) chmodSync(project.path(folder), 0o777);
    const wrap = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const run = await runDriver(driver, { request: requestFor(project) }, { wrap });
    expect([run.code, run.answer?.message], run.stderr).toEqual([
      2,
      "a.ts belongs to another user (and 3 more).",
    ]);
    expect(contentOf(project)).toEqual(OLD);
    removeFolder(project.root);
  });
});

describe("two runs at once", () => {
  it("never interleave: one writes all, the other says why it did not", async () => {
    const jobs = Array.from({ length: 4 }, () => async () => {
      const project = createTree();
      const runs = await Promise.all(
        [1, 2, 3].map(() => runDriver(driver, { request: requestFor(project) })),
      );
      expect(runs.filter(({ code }) => code === 0)).toHaveLength(1);
      for (const { code, answer, stderr } of runs) {
        expect(stderr).toBe("");
        if (code !== 0) expect(["LockedError", "WriteRefusedError"]).toContain(answer?.error);
      }
      expect(contentOf(project)).toEqual({ ...NEW, ...CREATED });
      removeFolder(project.root);
    });
    for (const job of jobs) await job();
  });
});

function canRunAsNobody(): boolean {
  try {
    execFileSync("setpriv", [
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      process.execPath,
      "--version",
    ]);
    return true;
  } catch {
    return false;
  }
}
