import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { loadTransforms } from "../../src/apply/load-transforms.ts";
import { singleFileSteps } from "../../src/apply/single-file.ts";
import type { RunResult } from "../../src/report/run-result.ts";
import { applyEdits, type Edit } from "../../src/shared/location.ts";

const repo = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "rewire-abort-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd = folder): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1" };
    execFile(command, [...args], { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? (typeof error.code === "number" ? error.code : -1) : 0, stdout, stderr }),
    );
  });
}

/** Packs what the last build made, and installs it into an empty project. @returns why that could not be done */
async function installPackage(): Promise<string | null> {
  const packed = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], repo);
  if (packed.code !== 0) throw new Error(packed.stderr);
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1", "--loglevel=error"];
  const installed = await run("npm", ["install", ...quiet, path.join(folder, filename)]);
  if (installed.code === 0) return null;
  if (/\b(E404|ETARGET|ERESOLVE|EBADENGINE)\b/.test(installed.stderr)) throw new Error(installed.stderr);
  return `the npm registry cannot be reached: ${installed.stderr.split("\n")[0]}`;
}

const unreachable = await installPackage();

// One function for each kind of edit: a call, its guard, its wait, its leftovers, its import.
const BODY = `
  const entry = store[childKey];
  const sessionId = entry?.sessionId;
  const aborted = sessionId ? abortEmbeddedPiRun(sessionId) : false;
  return aborted;
}

export async function tryFastAbortFromMessage(params) {
  const { entry, key } = resolveSessionEntryForKey(params.store, params.targetKey);
  const sessionId = entry?.sessionId;
  const aborted = sessionId ? abortEmbeddedPiRun(sessionId) : false;
  clearSessionQueues([key ?? params.targetKey, sessionId]);
  return { aborted };
}
`;
const IMPORT = 'import { abortEmbeddedPiRun } from "../agents/pi-embedded.js";\n';
const SOURCES: Readonly<Record<string, string>> = {
  "src/stop.ts": `${IMPORT}
type Store = Record<string, { sessionId: string }>;
export function stop(store: Store, childKey: string): boolean {${BODY.replaceAll("(params)", "(params: any)")}`,
  "src/stop.js": `${IMPORT}\nexport function stop(store, childKey) {${BODY}`.replaceAll("\n", "\r\n"),
};

describe.skipIf(unreachable)(
  `the installed package${unreachable ? ` (skipped: ${unreachable})` : ""}`,
  () => {
    it("answers npx rewire-abort --help", async () => {
      const help = await run("npx", ["--no-install", "rewire-abort", "--help"]);
      expect(help).toMatchObject({ code: 0, stderr: "" });
      expect(help.stdout).toContain("migrate");
    });

    it("gives its entry points by name, with types, and nothing else", async () => {
      const script = `
      const names = ["rewire-abort", "rewire-abort/registry", "rewire-abort/registry/conformance",
        "rewire-abort/transforms/rewire-run-calls"];
      for (const name of names) console.log(name, Object.keys(await import(name)).length > 0);
      await import("rewire-abort/dist/src/cli/program.js").catch((error) => console.log(error.code));`;
      const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script]);
      expect(stdout.trim().split("\n")).toEqual([
        "rewire-abort true",
        "rewire-abort/registry true",
        "rewire-abort/registry/conformance true",
        "rewire-abort/transforms/rewire-run-calls true",
        "ERR_PACKAGE_PATH_NOT_EXPORTED",
      ]);
    });

    it("has what its commands read: the registry's source and the rules' examples", async () => {
      const project = path.join(folder, "with-registry");
      mkdirSync(path.join(project, "src"), { recursive: true });
      const added = await run("npx", [
        "rewire-abort",
        "registry",
        "add",
        "--path",
        "src/registry.ts",
        project,
      ]);
      expect(added).toMatchObject({ code: 0, stderr: "" });
      expect(readFileSync(path.join(project, "src/registry.ts"), "utf8")).toContain(
        "export function killSessionRun(",
      );
      const explained = await run("npx", ["rewire-abort", "explain", "foreign-key"]);
      expect(explained).toMatchObject({ code: 0, stderr: "" });
    });

    it("carries no tests, no caches and no sources of its own beside the registry", async () => {
      const listed = await run("npm", ["pack", "--ignore-scripts", "--dry-run", "--json"], repo);
      const [{ files }] = JSON.parse(listed.stdout) as [{ files: { path: string }[] }];
      const paths = files.map((file) => file.path);
      expect(paths).toEqual(
        expect.arrayContaining(["LICENSE", "README.md", "CHANGELOG.md", "dist/cli/main.js"]),
      );
      const strays = paths.filter((file) =>
        /^(test|scripts|transforms|\.c)|^src\/(?!registry\/session-run)/.test(file),
      );
      expect(strays).toEqual([]);
    });

    describe("through jscodeshift, as README.md writes it", async () => {
      const transforms = await loadTransforms();
      const readme = readFileSync(path.join(repo, "README.md"), "utf8");
      const command = /^npx (jscodeshift -t \S+\/)rewire-run-calls(\.js .*)$/m.exec(readme)!;

      for (const [file, source] of Object.entries(SOURCES)) {
        const steps = singleFileSteps(file, source);
        it.each(transforms)(`${file}: $transformId makes its own edits and no other`, async (transform) => {
          writeSource(file, source);
          const args = `${command[1]}${transform.transformId}${command[2]}`.split(" ");
          const ran = await run("npx", args);
          expect(ran.stdout).toContain("0 errors");
          expect(readSource(file)).toBe(applyEdits(source, transform.editsOf(source, file, steps)));
        });

        it(`${file}: together they make what migrate makes, byte for byte`, async () => {
          const all = transforms.flatMap((transform) => transform.editsOf(source, file, steps));
          expect(await migrateAlone(file, source)).toBe(applyEdits(source, distinct(all)));
          expect(all.length).toBeGreaterThan(4);
        });
      }
    });
  },
);

function writeSource(file: string, source: string): void {
  rmSync(path.join(folder, "src"), { recursive: true, force: true });
  mkdirSync(path.join(folder, "src"));
  writeFileSync(path.join(folder, file), source);
}

function readSource(file: string): string {
  return readFileSync(path.join(folder, file), "utf8");
}

/** What migrate --write makes of a project of one file. */
async function migrateAlone(file: string, source: string): Promise<string> {
  writeSource(file, source);
  const project = path.join(folder, "alone");
  rmSync(project, { recursive: true, force: true });
  cpSync(path.join(folder, "src"), path.join(project, "src"), { recursive: true });
  const flags = ["--write", "--allow-dirty", "--no-verify-types", "--quiet", "--format", "json"];
  const { stdout, stderr } = await run("npx", ["rewire-abort", "migrate", project, ...flags]);
  expect((JSON.parse(stdout || stderr) as RunResult).written).toBe(true);
  return readFileSync(path.join(project, file), "utf8");
}

function distinct(edits: readonly Edit[]): Edit[] {
  const byPlace = new Map(edits.map((edit) => [`${edit.start}-${edit.end}-${edit.text}`, edit]));
  return [...byPlace.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}
