import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addRegistry } from "../../src/cli/add-registry.ts";
import type { AddRegistryOptions } from "../../src/cli/stages.ts";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import { classifyRegistryFile, registrySource } from "../../src/registry/registry-source.ts";
import { makeStamp } from "../../src/registry/registry-stamp.ts";
import { shelf } from "./fake-context.ts";

const PLACE = "src/agents/session-run-registry.ts";
let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "rewire-add-"));
  execFileSync("git", ["init", "-q"], { cwd: root });
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});
const onDisk = (file: string) => readFile(path.join(root, file), "utf8");
const put = async (file: string, text: string) => {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
};
const add = (
  options: Partial<AddRegistryOptions> = {},
  registry: { path: string; exists: boolean } | null = { path: PLACE, exists: false },
) =>
  addRegistry({ root, config: DEFAULT_CONFIG, dryRun: false, force: false, ...options }, async (given) => {
    expect(given.write).toBe(false);
    return { result: { ...shelf("migrate-typical"), registry } };
  });

describe("addRegistry", () => {
  it("writes it where the plan expects it, in the language of the place", async () => {
    expect(await add()).toEqual({ path: PLACE, status: "written" });
    expect(await onDisk(PLACE)).toBe(registrySource("ts"));
    expect(await add({}, { path: "dist/agents/session-run-registry.js", exists: false })).toMatchObject({
      status: "written",
    });
    expect(await onDisk("dist/agents/session-run-registry.js")).toBe(registrySource("js"));
  });

  it("does nothing the second time, also after a formatter", async () => {
    await add();
    expect(await add()).toEqual({ path: PLACE, status: "same" });
    await put(PLACE, registrySource("ts").replaceAll("\n", "\r\n"));
    expect(await add()).toEqual({ path: PLACE, status: "same" });
    expect(await onDisk(PLACE)).toContain("\r\n");
  });

  it("writes nothing in a dry run", async () => {
    expect(await add({ dryRun: true })).toEqual({ path: PLACE, status: "dry-run" });
    await expect(onDisk(PLACE)).rejects.toThrow("ENOENT");
  });

  it("replaces an edited copy or another registry only with force", async () => {
    for (const [text, message] of [
      ["export {};\n", /is not from rewire-abort/],
      [`${registrySource("ts")}export const mine = 1;\n`, /was edited/],
    ] as const) {
      await put(PLACE, text);
      await expect(add()).rejects.toThrow(message);
      expect(await onDisk(PLACE)).toBe(text);
    }
    expect(await add({ force: true })).toEqual({ path: PLACE, status: "updated" });
    expect(await onDisk(PLACE)).toBe(registrySource("ts"));
  });

  it("updates an untouched copy of an earlier version, in a clean tree only", async () => {
    const stamp = /\/\/ rewire-abort-registry: .*\n/;
    const other = registrySource("ts").replace("SETTLE_MS = 1_000", "SETTLE_MS = 900").replace(stamp, "");
    const older = other.replace("\n\n", `\n${makeStamp(other, "0.0.9")}\n\n`);
    expect(classifyRegistryFile(older)).toBe("older-version");
    await put(PLACE, older);
    await expect(add()).rejects.toThrow(/uncommitted changes/);
    expect(await onDisk(PLACE)).toBe(older);
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: root });
    git("add", ".");
    git("commit", "-qm", "older");
    expect(await add({ dryRun: true })).toEqual({ path: PLACE, status: "dry-run" });
    expect(await onDisk(PLACE)).toBe(older);
    expect(await add()).toEqual({ path: PLACE, status: "updated" });
    expect(await onDisk(PLACE)).toBe(registrySource("ts"));
  });

  it("takes the place from imports that are written already, when no call is left to plan", async () => {
    await put(
      "src/gateway/sessions.ts",
      'import { killSessionRun } from "../agents/session-run-registry.js";\n',
    );
    expect(await add({}, null)).toEqual({ path: PLACE, status: "written" });
    expect(await add({}, null)).toEqual({ path: PLACE, status: "same" });
  });

  it("asks for a place where no call says one, and takes it", async () => {
    await put("src/a.ts", "export const a = 1;\n");
    await expect(add({}, null)).rejects.toThrow(/its place is not known/);
    expect(await add({ path: "lib/registry.mjs" }, null)).toEqual({
      path: "lib/registry.mjs",
      status: "written",
    });
  });

  it.each([
    "lib/registry.txt",
    "lib/registry.cjs",
    "lib/registry.cts",
    "lib/registry.d.ts",
    "lib/registry.tsx",
  ])("%s is no place for it", async (file) => {
    await expect(add({ path: file }, null)).rejects.toThrow(/is no place for the registry/);
  });

  it("refuses to write an ES module where .js is CommonJS, and says which name works", async () => {
    await put("package.json", '{ "type": "commonjs" }\n');
    await put("packages/esm/package.json", '{ "type": "module" }\n');
    await expect(add({ path: "lib/registry.js" }, null)).rejects.toThrow(/would be CommonJS/);
    for (const file of ["lib/registry.mjs", "lib/registry.ts", "packages/esm/registry.js"])
      expect(await add({ path: file }, null)).toEqual({ path: file, status: "written" });
  });

  it("never writes through a symbolic link, not even by force", async () => {
    const outside = await mkdtemp(path.join(tmpdir(), "rewire-outside-"));
    try {
      await writeFile(path.join(outside, "theirs.ts"), "export {};\n");
      await mkdir(path.join(root, "src"));
      await symlink(path.join(outside, "theirs.ts"), path.join(root, "src/there.ts"));
      await symlink(path.join(outside, "nowhere.ts"), path.join(root, "src/dangling.ts"));
      await symlink(outside, path.join(root, "linked"));
      for (const file of ["src/there.ts", "src/dangling.ts", "linked/registry.ts"])
        for (const force of [false, true])
          await expect(add({ path: file, force }, null)).rejects.toThrow(file);
      expect(await readdir(outside)).toEqual(["theirs.ts"]);
      expect(await readFile(path.join(outside, "theirs.ts"), "utf8")).toBe("export {};\n");
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });
});
