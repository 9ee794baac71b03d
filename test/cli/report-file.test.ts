import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkReportFiles, writeReportFile } from "../../src/cli/report-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "rewire-report-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});
const at = (name: string) => path.join(folder, name);

describe("checkReportFiles", () => {
  it("accepts new files, old reports and devices", async () => {
    await writeFile(at("old.json"), "{}");
    await expect(
      checkReportFiles([at("new/deep/run.json"), at("old.json"), at("new.ts"), "/dev/null"]),
    ).resolves.toBeUndefined();
  });

  it.each(["a.ts", "b.tsx", "c.mjs", "d.CJS"])("refuses to overwrite the source file %s", async (name) => {
    await writeFile(at(name), "export {};");
    await expect(checkReportFiles([at(name)])).rejects.toThrow(
      /is a source file, so no report is written over it/,
    );
  });

  it("sees a source file behind a symbolic link", async () => {
    await writeFile(at("a.ts"), "export {};");
    await symlink(at("a.ts"), at("run.json"));
    await expect(checkReportFiles([at("run.json")])).rejects.toThrow(/is a source file/);
  });

  it("refuses folders, inputs of the run, .git, and the same file twice", async () => {
    await mkdir(at("sub"));
    await mkdir(at(".git"));
    await writeFile(at("config.json"), "{}");
    await expect(checkReportFiles([at("sub")])).rejects.toThrow(/is a folder/);
    await expect(checkReportFiles([at("config.json")], [at("config.json")])).rejects.toThrow(
      /is an input of this run/,
    );
    await expect(checkReportFiles([at(".git/HEAD")])).rejects.toThrow(/inside a \.git folder/);
    await expect(checkReportFiles([at("x.json"), at("sub/../x.json")])).rejects.toThrow(
      /Two formats cannot share/,
    );
  });
});

describe("writeReportFile", () => {
  it("makes folders, replaces an old report, and leaves nothing beside it", async () => {
    await writeReportFile(at("deep/run.json"), "one");
    await writeReportFile(at("deep/run.json"), "two");
    expect(await readFile(at("deep/run.json"), "utf8")).toBe("two");
    expect(await readdir(at("deep"))).toEqual(["run.json"]);
  });

  it("writes through a link to the file behind it", async () => {
    await writeFile(at("real.json"), "old");
    await symlink(at("real.json"), at("link.json"));
    await writeReportFile(at("link.json"), "new");
    expect(await readFile(at("real.json"), "utf8")).toBe("new");
  });

  it("writes into a pipe, and does not put a file in its place", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    const read = readFile(at("pipe"), "utf8");
    await writeReportFile(at("pipe"), "text");
    expect(await read).toBe("text");
    expect((await stat(at("pipe"))).isFIFO()).toBe(true);
  });

  it("says in a sentence what cannot be written", async () => {
    await writeFile(at("file"), "");
    await expect(writeReportFile(at("file/run.json"), "x")).rejects.toThrow(
      /The report cannot be written to .*run\.json \(E/,
    );
  });

  it("leaves the old report and no rest behind when the folder is read-only", async (context) => {
    if (process.getuid?.() === 0) context.skip();
    await mkdir(at("ro"));
    await writeFile(at("ro/run.json"), "old");
    await chmod(at("ro"), 0o500);
    await expect(writeReportFile(at("ro/run.json"), "new")).rejects.toThrow(/cannot be written/);
    await chmod(at("ro"), 0o700);
    expect(await readdir(at("ro"))).toEqual(["run.json"]);
  });
});
