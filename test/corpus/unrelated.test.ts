import { cpSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { RunResult } from "../../src/report/run-result.ts";
import { runCli } from "../helpers/run-cli.ts";
import { fetchRelease } from "./fetch-release.ts";
import type { Fetched } from "../helpers/npm-cache.ts";

/** Well-known packages that publish their TypeScript sources and have nothing to do with the migration. */
const PROJECTS = [
  ["cloudflare", "7.3.0"],
  ["effect", "4.1.0"],
  ["openai", "6.49.0"],
  ["ox", "1.8.3"],
  ["rxjs", "7.8.2"],
  ["viem", "2.57.20"],
  ["zod", "4.6.7"],
] as const;
const LEAST_FILES = 5_000;

const fetched: (readonly [string, Fetched])[] = [];
for (const [name, version] of PROJECTS)
  fetched.push([`${name}@${version}`, await fetchRelease(name, version)]);
const missing = fetched.flatMap(([name, one]) =>
  "unreachable" in one ? [`${name}: ${one.unreachable}`] : [],
);

describe.skipIf(missing.length > 0)(
  `projects that the gate is not about${missing.length > 0 ? ` (skipped: ${missing[0]})` : ""}`,
  () => {
    const roots: string[] = [];
    const counts: Record<string, Record<string, number>> = {};
    afterAll(() => {
      for (const root of roots) rmSync(root, { recursive: true, force: true });
    });

    it.each(fetched)("finds nothing in %s", async (name, one) => {
      if (!("folder" in one)) throw new Error("unreachable packages are skipped above");
      const root = await mkdtemp(path.join(tmpdir(), "rewire-abort-unrelated-"));
      roots.push(root);
      cpSync(one.folder, root, { recursive: true });
      const run = await runCli(["check", root, "--quiet", "--format", "json"]);
      const { findings, files, rules } = JSON.parse(run.stdout) as RunResult;
      expect(findings).toEqual([]);
      expect(files.failed).toEqual([]);
      expect(run.code).toBe(0);
      expect(rules.length).toBeGreaterThan(10);
      counts[name] = { ...files.byExtension };
    });

    it("looked at thousands of TypeScript files", () => {
      console.table(counts);
      const typescript = Object.values(counts).reduce(
        (sum, files) =>
          sum + (files[".ts"] ?? 0) + (files[".tsx"] ?? 0) + (files[".mts"] ?? 0) + (files[".cts"] ?? 0),
        0,
      );
      expect(Object.keys(counts).length).toBe(PROJECTS.length);
      expect(typescript).toBeGreaterThanOrEqual(LEAST_FILES);
    });
  },
);
