import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findRegistryPlace } from "../../src/cli/find-registry-place.ts";
import type { Config } from "../../src/config/config.ts";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "rewire-place-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function placeFor(files: Record<string, string>, config: Partial<Config> = {}) {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  return findRegistryPlace(root, { ...DEFAULT_CONFIG, ...config });
}
const takes = (specifier: string) => `import { killSessionRun } from ${JSON.stringify(specifier)};\n`;

it.each([
  [
    "TypeScript with .js specifiers",
    "src/a/b.ts",
    "../agents/session-run-registry.js",
    "src/agents/session-run-registry.ts",
  ],
  [
    "TypeScript with .ts specifiers",
    "src/a/b.ts",
    "../agents/session-run-registry.ts",
    "src/agents/session-run-registry.ts",
  ],
  ["TypeScript without extensions", "src/a/b.tsx", "./session-run-registry", "src/a/session-run-registry.ts"],
  ["TypeScript modules", "src/a/b.mts", "./session-run-registry.mjs", "src/a/session-run-registry.mts"],
  ["JavaScript", "dist/a/b.js", "../agents/session-run-registry.js", "dist/agents/session-run-registry.js"],
  ["JavaScript modules", "lib/b.mjs", "./session-run-registry.mjs", "lib/session-run-registry.mjs"],
])("%s", async (_, file, specifier, place) => {
  expect(await placeFor({ [file]: takes(specifier) })).toBe(place);
});

it("a dynamic import names the place as well", async () => {
  expect(
    await placeFor({ "src/a.ts": 'const it = await import("./agents/session-run-registry.js");\n' }),
  ).toBe("src/agents/session-run-registry.ts");
});

it.each([
  ["a path alias", takes("@/agents/session-run-registry.js")],
  ["a package", takes("rewire-abort/session-run-registry")],
  ["a name that only ends like it", takes("./agents/my-session-run-registry.js")],
  ["a name that only begins like it", takes("./agents/session-run-registry-events.js")],
  ["a mock", 'vi.mock("./agents/session-run-registry.js");\n'],
  ["a place outside the root", takes("../../session-run-registry.js")],
  ["another module", takes("./agents/runs.js")],
])("%s names no place", async (_, text) => {
  expect(await placeFor({ "src/a.ts": text })).toBeUndefined();
});

it("the place with most imports, then the first by name", async () => {
  const files = {
    "src/a.ts": takes("./z/session-run-registry.js"),
    "src/b.ts": takes("./z/session-run-registry.js"),
    "src/c.ts": takes("./m/session-run-registry.js"),
  };
  expect(await placeFor(files)).toBe("src/z/session-run-registry.ts");
  expect(await placeFor({ ...files, "src/b.ts": takes("./m/session-run-registry.js"), "src/c.ts": "" })).toBe(
    "src/m/session-run-registry.ts",
  );
});

it("the module name and the excluded files of the config count", async () => {
  const files = { "src/a.ts": takes("./runs/live-runs.js"), "old/a.ts": takes("./session-run-registry.js") };
  const config = { migration: { registryModule: "live-runs" } };
  expect(await placeFor(files, config)).toBe("src/runs/live-runs.ts");
  expect(await placeFor(files)).toBe("old/session-run-registry.ts");
  expect(await placeFor(files, { exclude: ["old/**"] })).toBeUndefined();
});
