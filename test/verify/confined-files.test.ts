import { symlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfinedFiles } from "../../src/verify/confined-files.ts";
import { tempProject } from "../helpers/temp-project.ts";

describe("files as the compiler sees them", () => {
  it("are those of the folder, under a made-up root, with links that stay inside", () => {
    const project = tempProject({ "a/b.ts": "b", "store/p/index.d.ts": "p" });
    symlinkSync("../store/p", project.path("a/p"));
    symlinkSync("b.ts", project.path("a/c.ts"));
    const files = new ConfinedFiles(project.root);
    expect(files.read("/workspace/a/b.ts")).toBe("b");
    expect(files.read("/workspace/a/c.ts")).toBe("b");
    expect(files.read("/workspace/store/../a/./b.ts")).toBe("b");
    expect(files.read("/workspace/a/p/index.d.ts")).toBe("p");
    expect(files.realName("/workspace/a/p/index.d.ts")).toBe("/workspace/store/p/index.d.ts");
    expect(files.realName("/workspace/a/p")).toBe("/workspace/store/p");
    expect(files.folders("/workspace")).toEqual(["a", "store"]);
    expect(files.isFolder("/workspace/a/b.ts")).toBe(false);
    expect(files.isFile("/workspace/a")).toBe(false);
  });

  it("end at the folder: `..`, absolute paths, look-alike roots and links outside do not exist", () => {
    const outside = tempProject({ "secret.ts": "secret" });
    const project = tempProject({ "a/b.ts": "b" });
    symlinkSync(outside.root, project.path("out"));
    symlinkSync(outside.path("secret.ts"), project.path("secret.ts"));
    symlinkSync("nowhere", project.path("dangling.ts"));
    symlinkSync("loop", project.path("loop"));
    const files = new ConfinedFiles(project.root);
    const name = outside.root.split("/").pop();
    for (const path of [
      "/workspace/out/secret.ts",
      "/workspace/secret.ts",
      "/workspace/dangling.ts",
      "/workspace/loop/secret.ts",
      `/workspace/../${name}/secret.ts`,
      `/workspace/a/../../${name}/secret.ts`,
      outside.path("secret.ts"),
      project.path("a/b.ts"),
      "/workspace-evil/a/b.ts",
      "workspace/a/b.ts",
      "a/b.ts",
      "/etc/hostname",
    ]) {
      expect(files.isFile(path), path).toBe(false);
      expect(files.read(path), path).toBeUndefined();
      expect(files.isFolder(path.replace(/\/[^/]*$/, "")) && !path.startsWith("/workspace/"), path).toBe(
        false,
      );
    }
    expect(files.folders("/workspace/out")).toEqual([]);
    expect(files.isFolder("/")).toBe(false);
  });

  it("that are no text, or larger than any source, have no text", () => {
    const project = tempProject({
      "bytes.ts": Buffer.from([0x61, 0xff, 0x62]),
      "large.ts": Buffer.alloc(8 * 1024 * 1024 + 1, "a"),
      "fits.ts": Buffer.alloc(8 * 1024 * 1024, "a"),
    });
    const files = new ConfinedFiles(project.root);
    expect(files.read("/workspace/bytes.ts")).toBeUndefined();
    expect(files.read("/workspace/large.ts")).toBeUndefined();
    expect(files.read("/workspace/fits.ts")).toHaveLength(8 * 1024 * 1024);
  });
});
