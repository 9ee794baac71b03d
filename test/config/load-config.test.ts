import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import { loadConfig } from "../../src/config/load-config.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "rewire-config-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("loadConfig", () => {
  it("uses the defaults where the root has no file", async () => {
    expect(await loadConfig({ root })).toEqual(DEFAULT_CONFIG);
  });

  it("finds rewire-abort.json in the root, and only there", async () => {
    await mkdir(path.join(root, "sub"));
    await writeFile(path.join(root, "rewire-abort.json"), '{"exclude": ["a/**"]}');
    expect((await loadConfig({ root })).exclude).toEqual(["a/**"]);
    expect((await loadConfig({ root: path.join(root, "sub") })).exclude).toEqual([]);
  });

  it("prefers the named file", async () => {
    await writeFile(path.join(root, "rewire-abort.json"), '{"exclude": ["a/**"]}');
    await writeFile(path.join(root, "other.json"), '{"exclude": ["b/**"]}');
    expect((await loadConfig({ root, file: path.join(root, "other.json") })).exclude).toEqual(["b/**"]);
  });

  it("refuses a named file that is missing, a folder in its place, and bytes that are no UTF-8", async () => {
    await expect(loadConfig({ root, file: path.join(root, "none.json") })).rejects.toThrow(
      /none\.json cannot be read: there is no such file\.$/,
    );
    await mkdir(path.join(root, "rewire-abort.json"));
    await expect(loadConfig({ root })).rejects.toThrow("rewire-abort.json cannot be read: it is a folder.");
    const latin1 = path.join(root, "latin1.json");
    await writeFile(latin1, Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]));
    await expect(loadConfig({ root, file: latin1 })).rejects.toThrow(/is not UTF-8\.$/);
  });
});
