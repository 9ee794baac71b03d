import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, utimesSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hostKey, ownIdentity } from "../../src/write/process-identity.ts";
import { LockedError, takeLock } from "../../src/write/write-lock.ts";
import { tempProject } from "../helpers/temp-project.ts";

const claim = (pid: number, started: string, host = hostKey()) => `lock~${host}~${pid}~${started}~00ff`;

describe("takeLock", () => {
  it("is held by one at a time and names the holder", async () => {
    const { root } = tempProject();
    const release = await takeLock(root);
    const error = await takeLock(root).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LockedError);
    expect((error as LockedError).message).toBe(
      `Locked by process ${process.pid}: another run is writing here.`,
    );
    release();
    const again = await takeLock(root);
    again();
    expect(readdirSync(root)).toEqual([]);
  });
  it("takes over from a process that is gone", async () => {
    const gone = Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }).trim());
    const project = tempProject({ [claim(gone, "1")]: "" });
    (await takeLock(project.root))();
    expect(project.list()).toEqual([]);
  });
  it("takes over where a later process has the number, not where it is the same one", async ({ skip }) => {
    const { pid, started } = ownIdentity();
    if (started === "0") skip("this system does not tell start times");
    const reused = tempProject({ [claim(pid, `${Number(started) - 1}`)]: "" });
    (await takeLock(reused.root))();
    expect(reused.list()).toEqual([]);
    const same = tempProject({ [claim(pid, started)]: "" });
    await expect(takeLock(same.root)).rejects.toBeInstanceOf(LockedError);
    expect(same.list()).toEqual([claim(pid, started)]);
  });
  it("waits for a process on another host until its claim is old", async () => {
    const name = claim(1, "1", "anotherhost");
    const project = tempProject({ [name]: "" });
    await expect(takeLock(project.root)).rejects.toBeInstanceOf(LockedError);
    const past = new Date(Date.now() - 11 * 60 * 1000);
    utimesSync(project.path(name), past, past);
    (await takeLock(project.root))();
    expect(project.list()).toEqual([]);
  });
  it("does not mind other files", async () => {
    const project = tempProject({ "lock~x": "", "journal~1.json": "{}", "lock~h~1~1~zz": "" });
    (await takeLock(project.root))();
    expect(project.list()).toHaveLength(3);
  });
  it("knows its own start time on Linux", ({ skip }) => {
    if (process.platform !== "linux") skip("only there");
    expect(readFileSync("/proc/self/stat", "utf8")).toContain(` ${ownIdentity().started} `);
  });
});
