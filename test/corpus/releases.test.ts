import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunResult } from "../../src/report/run-result.ts";
import { type CliRun, runCli } from "../helpers/run-cli.ts";
import { unexplainedLines } from "./explain-diff.ts";
import { fetchRelease, type OracleRow, readOracle } from "./fetch-release.ts";
import { type FileState, findLegacyCalls, type LegacyCall, readTree } from "./read-tree.ts";

const RELEASES = [
  ["clawdbot", "2026.1.24"],
  ["openclaw", "2026.1.29"],
  ["openclaw", "2026.1.30"],
] as const;

interface JsonRun extends CliRun {
  readonly json: RunResult;
}

async function runJson(...args: string[]): Promise<JsonRun> {
  const run = await runCli([...args, "--quiet", "--format", "json"]);
  expect(run.stderr).toBe("");
  return { ...run, json: JSON.parse(run.stdout) as RunResult };
}

/** What the gate rightly says of a migrated release, and no rewiring of calls could mend. */
const BESIDE_THE_MIGRATION = new Set([
  // No release registers its runs with a registry that it has never seen.
  "registry-without-producer",
]);

const place = (site: { file: string; line: number }) => `${site.file}:${site.line}`;
const named = (site: LegacyCall) => `${place(site)} ${site.callee}`;

for (const [name, version] of RELEASES) {
  const release = await fetchRelease(name, version);
  const reachable = "folder" in release;
  const title = `${name}@${version}${reachable ? "" : ` (skipped: ${release.unreachable})`}`;

  describe.skipIf(!reachable)(title, () => {
    const source = reachable ? release.folder : "";
    let root = "";
    let rows: readonly OracleRow[] = [];
    let calls: LegacyCall[] = [];
    let treeBefore: Map<string, FileState>;
    let treeAfter: Map<string, FileState>;
    let gateBefore: JsonRun;
    let plan: JsonRun;
    let written: JsonRun;
    let gateAfter: JsonRun;
    let again: JsonRun;

    beforeAll(async () => {
      root = await mkdtemp(path.join(tmpdir(), "rewire-abort-corpus-"));
      for (const part of ["dist", "package.json"]) {
        cpSync(path.join(source, part), path.join(root, part), { recursive: true, preserveTimestamps: true });
      }
      rows = await readOracle(`${name}-${version}`);
      treeBefore = readTree(root);
      calls = findLegacyCalls(root, treeBefore.keys());
      gateBefore = await runJson("check", root);
      plan = await runJson("migrate", root);
      written = await runJson("migrate", root, "--write", "--allow-dirty");
      treeAfter = readTree(root);
      await runCli(["registry", "add", root]);
      again = await runJson("migrate", root);
      gateAfter = await runJson("check", root);
    });
    afterAll(() => rmSync(root, { recursive: true, force: true }));

    const changed = () =>
      [...treeAfter.keys()].filter((file) => treeAfter.get(file)?.sha !== treeBefore.get(file)?.sha);

    it("gives each call the key that a reader gave it, and none a wrong one", () => {
      const sites = plan.json.sites.filter((site) => site.kind === "call");
      const tally = { right: 0, refused: 0, wrong: 0 };
      for (const row of rows) {
        const site = sites.find((candidate) => named(candidate) === named(row));
        if (site?.decision !== "rewrite") tally.refused += 1;
        else if ([row.key, ...row.alternatives].includes(site.key)) tally.right += 1;
        else tally.wrong += 1;
        expect(row.traps, named(row)).not.toContain(site?.key);
      }
      expect(tally).toEqual({ right: rows.length, refused: 0, wrong: 0 });
      expect(rows.length).toBe(14);
    });

    it("accounts for every abort and wait outside the modules that define them", () => {
      const decided = plan.json.sites.filter((site) => site.kind === "call").map(named);
      expect(calls.length).toBeGreaterThanOrEqual(12);
      for (const call of calls) expect(decided).toContain(named(call));
      const stopOrWait = /^(abortEmbeddedPiRun|waitForEmbeddedPiRunEnd)$/;
      const known = plan.json.sites.filter((site) => site.kind === "call" && stopOrWait.test(site.callee));
      expect(known.map(named).sort()).toEqual(calls.map(named).sort());
      const { discovered, scanned, skipped, failed } = plan.json.files;
      expect(discovered).toBe(scanned + skipped.length + failed.length);
      expect(failed).toEqual([]);
    });

    it("fails the gate before the migration, and names each of those calls", () => {
      expect(gateBefore.code).toBe(1);
      const found = gateBefore.json.findings.filter((finding) => finding.severity === "error").map(place);
      for (const call of [...calls, ...rows]) expect(found).toContain(place(call));
    });

    it("writes what it planned, and no other file", () => {
      expect(plan.json.written).toBe(false);
      expect(written.json.written).toBe(true);
      expect(written.json.sites).toEqual(plan.json.sites);
      expect(changed().sort()).toEqual([...new Set(plan.json.changes.map((change) => change.file))].sort());
      expect([...treeAfter.keys()]).toEqual([...treeBefore.keys()]);
      for (const [file, state] of treeBefore) {
        if (!changed().includes(file)) expect(treeAfter.get(file), file).toEqual(state);
      }
    });

    it("changes no line that is not a migrated call, its guard, its import or a leftover of them", () => {
      expect(changed().length).toBeGreaterThan(5);
      const unexplained = changed().flatMap((file) => {
        const after = path.join(root, file);
        const lines = unexplainedLines(path.join(source, file), after, readFileSync(after, "utf8"));
        return lines.map((line) => `${file}: ${line}`);
      });
      expect(unexplained).toEqual([]);
    });

    it("leaves files that parse, with no name undefined and no local unused that was used before", () => {
      for (const file of changed()) {
        execFileSync(process.execPath, ["--check", path.join(root, file)]);
        const before = complaints(path.join(source, file));
        const after = complaints(path.join(root, file));
        expect(
          after.filter((text) => !before.includes(text)),
          file,
        ).toEqual([]);
      }
    });

    it("passes the gate apart from what was refused", () => {
      const refused = again.json.sites.filter((site) => site.decision !== "rewrite").map(place);
      const errors = gateAfter.json.findings.filter((finding) => finding.severity === "error");
      const legacy = gateAfter.json.findings.filter((finding) => finding.rule === "legacy-surface");
      for (const finding of [...errors, ...legacy]) {
        if (!BESIDE_THE_MIGRATION.has(finding.rule))
          expect(refused, finding.message).toContain(place(finding));
      }
      expect(gateAfter.code).toBe(errors.length > 0 ? 1 : 0);
      expect(legacy.length).toBeLessThan(gateBefore.json.findings.length);
    });

    it("plans nothing the second time", () => {
      expect(again.json.changes).toEqual([]);
      expect(again.json.sites.filter((site) => site.decision === "rewrite")).toEqual([]);
    });

    it("decides as it did when a person last looked", async () => {
      const lines = plan.json.sites.map((site) => {
        const what = site.argument === null ? site.callee : `${site.callee}(${site.argument})`;
        const outcome =
          site.decision === "rewrite" ? `→ ${site.key ?? site.replacement ?? ""}` : (site.reason ?? "");
        return `${place(site)} ${site.kind} ${what} ${site.decision} ${outcome}`.trimEnd();
      });
      await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`decisions/${name}-${version}.txt`);
    });
  });
}

/** What the compiler says of one file by itself about names: undefined ones and unused ones. */
function complaints(file: string): string[] {
  const options = {
    allowJs: true,
    checkJs: true,
    noResolve: true,
    noUnusedLocals: true,
    noLib: true,
    types: [],
  };
  const program = ts.createProgram([file], { ...options, target: ts.ScriptTarget.ESNext });
  const about = new Set([2304, 2448, 2451, 2552, 6133, 6192, 6198]);
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .filter((diagnostic) => about.has(diagnostic.code))
    .map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, " "));
}
