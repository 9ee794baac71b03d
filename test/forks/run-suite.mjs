// npm run test:forks:suite: a public fork's own tests, before the migration, after it, and with each call deleted.
//
// Usage: REWIRE_ABORT_FORKS=DIR node test/forks/run-suite.mjs [--delete] [--only PART ...]
//   --delete      then delete each migrated kill and wait in turn, and say which tests notice
//   --only PART   for --delete: only test files whose path holds PART (a lower bound, and much quicker)
// DIR holds a checkout named crocbot. It is copied, installed and changed in a folder of its own (REWIRE_ABORT_SUITE,
// else one below the system's temp folder), which is kept for the next run; nothing of it is kept here.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const repo = fileURLToPath(new URL("../../", import.meta.url));
const cli = path.join(repo, "dist/src/cli/main.js");
const args = process.argv.slice(2);
const checkout = process.env.REWIRE_ABORT_FORKS && path.join(process.env.REWIRE_ABORT_FORKS, "crocbot");
if (!checkout || !existsSync(checkout)) {
  console.log("Skipped: REWIRE_ABORT_FORKS names no folder with a checkout named crocbot.");
  process.exit(0);
}
const work = process.env.REWIRE_ABORT_SUITE ?? path.join(os.tmpdir(), "rewire-abort-suite");
const tree = path.join(work, "crocbot");
const results = path.join(work, "results");
mkdirSync(results, { recursive: true });
install();

const dry = migrate();
const suite = [...new Set([...dry.sites, ...dry.changes].map(({ file }) => file))]
  .filter((file) => /\.test\.[cm]?[jt]sx?$/.test(file))
  .filter((file) => existsSync(path.join(tree, file)))
  .sort();
const before = run("before", suite);
const { sites, written } = migrate("--write", "--allow-dirty");
if (!written) throw new Error("migrate wrote nothing");
command(process.execPath, [cli, "registry", "add", tree, "--quiet"]);
const after = run("after", suite);
console.log(
  table([["suite", "files", "passed", "failed", "skipped"], row("before", before), row("after", after)]),
);
const worse = [...before.passedTests].filter((name) => !after.passedTests.has(name));
for (const name of worse) console.log(`no longer passes: ${name}`);
process.exitCode = worse.length > 0 ? 1 : 0;

if (args.includes("--delete")) {
  const parts = args.filter((_, at) => args[at - 1] === "--only");
  const files = suite.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
  const asked = run("with all calls", files);
  const rows = [["call", "deleted", "tests that notice", "first of them"]];
  let noticed = 0;
  const production = [...new Set(sites.map(({ file }) => file))].filter(
    (file) => !/test|mock|harness/.test(file),
  );
  for (const file of production)
    for (const { start, end, text, line, name } of callsIn(file)) {
      const source = readFileSync(path.join(tree, file), "utf8");
      writeFileSync(path.join(tree, file), source.slice(0, start) + text + source.slice(end));
      try {
        const outcome = run("deleted", files);
        const lost = [...asked.passedTests].filter((test) => !outcome.passedTests.has(test));
        noticed += lost.length > 0 ? 1 : 0;
        rows.push([`${file}:${line}`, name, String(lost.length), lost[0] ?? "–"]);
        console.log(rows.at(-1).join("  "));
      } finally {
        writeFileSync(path.join(tree, file), source);
      }
    }
  console.log(table(rows));
  console.log(
    `${noticed} of ${rows.length - 1} deleted calls are noticed by at least one of ${files.length} test files.`,
  );
}

/** A fresh copy of the sources over what is installed. */
function install() {
  const fresh = !existsSync(path.join(tree, "node_modules"));
  rmSync(path.join(tree, "src"), { recursive: true, force: true });
  cpSync(checkout, tree, { recursive: true, filter: (from) => !/[/\\](?:\.git|node_modules)$/.test(from) });
  const manifest = path.join(tree, "package.json");
  const json = JSON.parse(readFileSync(manifest, "utf8"));
  json.overrides = { ...json.overrides, libsignal: "npm:libsignal-node@2.0.1" };
  writeFileSync(manifest, `${JSON.stringify(json, null, 2)}\n`);
  if (!fresh) return;
  command("npm", ["install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"], tree);
  command(
    "npm",
    ["install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "strip-ansi@7"],
    tree,
  );
}

function migrate(...more) {
  const file = path.join(results, "migrate.json");
  command(process.execPath, [cli, "migrate", tree, "--quiet", "--format", `json=${file}`, ...more]);
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Runs unit and end-to-end tests, each with its own config, and joins what they say. */
function run(label, files) {
  const joined = { files: files.length, passed: 0, failed: 0, skipped: 0, passedTests: new Set() };
  const e2e = files.filter((file) => file.includes(".e2e."));
  for (const [config, some] of [
    [[], files.filter((file) => !e2e.includes(file))],
    [["--config", "vitest.e2e.config.ts"], e2e],
  ]) {
    if (some.length === 0) continue;
    const output = path.join(results, `${label.replace(/\W+/g, "-")}.json`);
    rmSync(output, { force: true });
    spawnSync("npx", ["vitest", "run", ...config, ...some, "--reporter=json", `--outputFile=${output}`], {
      cwd: tree,
      stdio: "ignore",
    });
    const report = JSON.parse(readFileSync(output, "utf8"));
    joined.passed += report.numPassedTests;
    joined.failed += report.numFailedTests;
    joined.skipped += report.numPendingTests;
    for (const { name, assertionResults } of report.testResults)
      for (const { status, fullName } of assertionResults)
        if (status === "passed") joined.passedTests.add(`${path.relative(tree, name)} > ${fullName}`);
  }
  return joined;
}

/** Calls of the registry's kill and wait in a migrated file, with what stands there once they are deleted. */
function callsIn(file) {
  const text = readFileSync(path.join(tree, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const found = [];
  const visit = (node) => {
    const name = ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : "";
    if (name === "killSessionRun" || name === "waitForSessionRunEnd")
      found.push({
        start: node.getStart(),
        end: node.end,
        // What a stub would say: nothing was killed, everything has ended.
        text: name === "killSessionRun" ? "false" : "Promise.resolve(true)",
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        name,
      });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function command(program, parameters, cwd) {
  const { status, error } = spawnSync(program, parameters, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${parameters[0]} … exited with ${status}`);
}

function row(label, { files, passed, failed, skipped }) {
  return [label, files, passed, failed, skipped].map(String);
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  return rows
    .map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
