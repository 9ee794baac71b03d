import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { discover } from "../../src/discover/discover.ts";
import type { Workspace } from "../../src/discover/workspace.ts";
import { tempProject } from "../helpers/temp-project.ts";

// The built one: from TypeScript there is no thread.
const built: typeof import("../../src/discover/start-discovery.ts") = await import(
  new URL("../../dist/src/discover/start-discovery.js", import.meta.url).href
);
const WORDS = /stopRun/;
const makeProject = () =>
  tempProject({
    "src/b.ts": "stopRun(b);\n",
    "src/a.ts": "\uFEFFstopRun('é');\r\n",
    "src/plain.ts": "export const needle = 'ü';\n",
    "src/broken.ts": "stopRun(\n<<<<<<< a\n=======\n>>>>>>> b\n);\n",
    "src/types.d.ts": "declare const x: 1;\n",
  });
const plain = ({ root, listedBy, discovered, scanned, hits, skipped, failed, bytes }: Workspace) => ({
  ...{ root, listedBy, discovered, scanned, hits, skipped, failed, bytes },
});
const threads = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === "MessagePort").length;

describe("a discovery in a thread of its own", () => {
  it("finds what discover finds, tells each hit once and in order, and keeps the bytes", async () => {
    const project = makeProject();
    const before = threads();
    const there = discover({ root: project.root, words: WORDS });
    const told: string[] = [];
    const progress: number[] = [];
    const options = {
      root: project.root,
      words: WORDS,
      onProgress: (done: number) => void progress.push(done),
    };
    const here = await built.startDiscovery(options).finish(({ path }) => told.push(path));
    expect(plain(here)).toEqual(plain(there));
    expect(told).toEqual(["src/a.ts", "src/b.ts"]);
    expect(progress.at(-1)).toBe(there.scanned.length + there.failed.length + there.skipped.length);
    expect(here.has("src/plain.ts")).toBe(true);
    // What was scanned is what is read later, whatever became of the file.
    const text = here.read("src/plain.ts");
    writeFileSync(project.path("src/plain.ts"), "changed\n");
    expect(text).toBe("export const needle = 'ü';\n");
    expect(here.read("src/plain.ts")).toBe(text);
    expect(here.filesContaining("needle")).toEqual(["src/plain.ts"]);
    await expect.poll(threads).toBe(before);
  });

  it("tells the hits that were found before anybody asked", async () => {
    const project = makeProject();
    const discovery = built.startDiscovery({ root: project.root, words: WORDS });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const told: string[] = [];
    await discovery.finish(({ path }) => told.push(path));
    expect(told).toEqual(["src/a.ts", "src/b.ts"]);
  });

  it("comes to its end where nobody wants to be told of hits", async () => {
    const project = makeProject();
    const { hits } = await built.startDiscovery({ root: project.root, words: WORDS }).finish();
    expect(hits.map(({ path }) => path)).toEqual(["src/a.ts", "src/b.ts"]);
  });

  it.each([
    ["a root that does not exist", { root: "missing" }, "NothingScannedError"],
    ["a glob that matches nothing", { root: ".", include: ["lib/**"] }, "NothingScannedError"],
    ["a root that is a file", { root: "src/a.ts" }, "UserError"],
  ])("%s is refused in the same words", async (_, asked, name) => {
    const project = makeProject();
    const options = { ...asked, root: project.path(asked.root) };
    const [there, here] = await Promise.all(
      [
        async () => discover({ words: WORDS, ...options }),
        async () => built.startDiscovery({ words: WORDS, ...options }).finish(),
      ].map((act) =>
        act().then(
          () => null,
          ({ name, message, hint }) => ({ name, message, hint }),
        ),
      ),
    );
    expect(here).toEqual(there);
    expect(here).toMatchObject({ name });
  });
});
