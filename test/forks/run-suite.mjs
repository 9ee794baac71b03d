// npm run test:forks:suite: a public fork's own tests, before the migration, after it, and with each call deleted.
//
// Usage: REWIRE_ABORT_FORKS=DIR node test/forks/run-suite.mjs [--delete]
//   --delete   then delete each migrated kill and wait in turn, and say which tests notice
// DIR holds a checkout named crocbot. It is copied, installed and changed in a folder of its own (REWIRE_ABORT_SUITE,
// else one below the system's temp folder), which is kept for the next run; nothing of it is kept here. What each test
// file said is kept there as well, under what it was said of, so that a run that was stopped goes on where it was.
import { fork, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const repo = fileURLToPath(new URL("../../", import.meta.url));
const cli = path.join(repo, "dist/cli/main.js");
const checkout = process.env.REWIRE_ABORT_FORKS && path.join(process.env.REWIRE_ABORT_FORKS, "crocbot");
if (!checkout || !existsSync(checkout)) {
  console.log("Skipped: REWIRE_ABORT_FORKS names no folder with a checkout named crocbot.");
  process.exit(0);
}
const work = process.env.REWIRE_ABORT_SUITE ?? path.join(os.tmpdir(), "rewire-abort-suite");
const tree = path.join(work, "crocbot");
const results = path.join(work, "results");
mkdirSync(results, { recursive: true });

const { suite, before, sites, changes } = await migrated();
const production = [...new Set(sites.map(({ file }) => file))].filter(
  (file) => !/test|mock|harness/.test(file),
);
const calls = production.flatMap(callsIn);
// What a test says holds for these bytes of production code and harnesses, and for its own.
const state = digest(
  changes
    .filter(({ file }) => !suite.includes(file))
    .map(({ file }) => [file, readFileSync(path.join(tree, file), "utf8")]),
);
const after = await run(`after-${state}`, suite, calls);
console.log(
  table([["suite", "files", "passed", "failed", "skipped"], row("before", before), row("after", after)]),
);
const worse = passedOnce(before).filter((name) => !passedOnce(after).includes(name));
for (const name of worse) console.log(`no longer passes: ${name}`);
process.exitCode = worse.length > 0 ? 1 : 0;

if (process.argv.includes("--delete")) {
  const rows = [["call", "deleted", "files that reach it", "tests that notice", "first of them"]];
  for (const call of calls) {
    // A test that never gets there cannot notice.
    const files = suite.filter((file) => after[file].calls.includes(call.id));
    const gone = await run(`without-${state}-${call.id}`, files, calls, call.id);
    const lost = files.flatMap((file) => missing(file, after[file], gone[file]));
    rows.push([
      `${call.file}:${call.line}`,
      call.name,
      String(files.length),
      String(lost.length),
      lost[0] ?? "–",
    ]);
    console.error(rows.at(-1).join("  "));
  }
  console.log(table(rows));
  const noticed = rows.slice(1).filter(([, , , lost]) => lost !== "0").length;
  console.log(`${noticed} of ${calls.length} deleted calls are noticed by at least one test.`);
}

/** The tree as this build of the tool leaves it, and what the tests said before; kept, since it takes a while. */
async function migrated() {
  const dist = path.join(repo, "dist");
  const tool = digest(
    readdirSync(dist, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8")),
  );
  const kept = path.join(results, "migrated.json");
  const known = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
  if (known.tool === tool) return known;
  rmSync(kept, { force: true });
  install();
  const dry = migrate();
  const suite = [...new Set(dry.changes.map(({ file }) => file))]
    .filter((file) => /\.test\.[cm]?[jt]sx?$/.test(file))
    .sort();
  const before = await run("before", suite, []);
  const { sites, changes, written } = migrate("--write", "--allow-dirty");
  if (!written) throw new Error("migrate wrote nothing");
  command(process.execPath, [cli, "registry", "add", tree, "--quiet"]);
  const outcome = { tool, suite, before, sites, changes };
  writeFileSync(kept, JSON.stringify(outcome));
  return outcome;
}

/** A fresh copy of the sources; the rest, and what is installed, is kept from the run before. */
function install() {
  if (existsSync(path.join(tree, "node_modules"))) {
    rmSync(path.join(tree, "src"), { recursive: true, force: true });
    cpSync(path.join(checkout, "src"), path.join(tree, "src"), { recursive: true });
    return;
  }
  rmSync(tree, { recursive: true, force: true });
  cpSync(checkout, tree, { recursive: true, filter: (from) => !/[/\\](?:\.git|node_modules)$/.test(from) });
  const manifest = path.join(tree, "package.json");
  const json = JSON.parse(readFileSync(manifest, "utf8"));
  json.overrides = { ...json.overrides, libsignal: "npm:libsignal-node@2.0.1" };
  writeFileSync(manifest, `${JSON.stringify(json, null, 2)}\n`);
  const flags = ["--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"];
  command("npm", ["install", ...flags], tree);
  command("npm", ["install", ...flags, "strip-ansi@7"], tree);
}

function migrate(...more) {
  const file = path.join(results, "migrate.json");
  command(process.execPath, [cli, "migrate", tree, "--quiet", "--format", `json=${file}`, ...more]);
  return JSON.parse(readFileSync(file, "utf8"));
}

/** What each test file says: { file: { passed, failed, skipped, calls } }; unit and end-to-end tests have configs of their own. */
async function run(label, files, watched, gone) {
  const kept = path.join(results, `${label}.json`);
  const known = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
  const e2e = (file) => file.includes(".e2e.");
  const named = (file) => `${file} ${digest(readFileSync(path.join(tree, file), "utf8"))}`;
  for (const [config, some] of [
    ["vitest.config.ts", files.filter((file) => !e2e(file))],
    ["vitest.e2e.config.ts", files.filter(e2e)],
  ]) {
    const open = some.filter((file) => known[named(file)] === undefined);
    if (open.length === 0) continue;
    writeFileSync(path.join(results, "calls.json"), JSON.stringify(watched));
    const vitest = await warm(config);
    for (const file of open) {
      known[named(file)] = await vitest.ask({ file, gone });
      writeFileSync(kept, JSON.stringify(known));
      console.error(`${label}  ${file}  ${known[named(file)].passed.length} passed`);
    }
    vitest.end();
  }
  return Object.fromEntries(files.map((file) => [file, known[named(file)]]));
}

/** A vitest that stays; see vitest-process.mjs. */
async function warm(config) {
  const child = fork(fileURLToPath(new URL("vitest-process.mjs", import.meta.url)), [tree, config, results], {
    cwd: tree,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  let ended;
  child.once("exit", (code) => ended?.(new Error(`vitest ended with ${code}`)));
  const answer = () =>
    new Promise((resolve, reject) => {
      ended = reject;
      child.once("message", ({ error, outcome }) => (error ? reject(new Error(error)) : resolve(outcome)));
    });
  await answer();
  return {
    ask(question) {
      child.send(question);
      return answer();
    },
    end: () => child.disconnect(),
  };
}

/** Calls of the registry's kill and wait in a migrated file, with what a stub would say in their place. */
function callsIn(file) {
  const text = readFileSync(path.join(tree, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const found = [];
  const visit = (node) => {
    const name = ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : "";
    if (name === "killSessionRun" || name === "waitForSessionRunEnd") {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({
        id: digest([file, text, String(node.getStart())]),
        file,
        line,
        name,
        start: node.getStart(),
        end: node.end,
        stub: name === "killSessionRun" ? "false" : "Promise.resolve(true)",
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function digest(value) {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}

function missing(file, before, after) {
  return before.passed.filter((test) => !after.passed.includes(test)).map((test) => `${file} > ${test}`);
}

function passedOnce(outcome) {
  return Object.entries(outcome).flatMap(([file, { passed }]) => passed.map((test) => `${file} > ${test}`));
}

function command(program, parameters, cwd) {
  const { status, error } = spawnSync(program, parameters, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${parameters[0]} … exited with ${status}`);
}

function row(label, outcome) {
  const all = Object.values(outcome);
  const count = (state) => String(all.reduce((sum, file) => sum + file[state].length, 0));
  return [label, String(all.length), count("passed"), count("failed"), count("skipped")];
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
