// npm run demo: the whole story on the bundled example, in a temp folder, with every step checked.
// Exits 1 at the first step that does not behave as it says, and then keeps the folder to look at.
// Usage: node test/scripts/demo.mjs [EXAMPLE] [--full]
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repo = fileURLToPath(new URL("../..", import.meta.url));
const options = process.argv.slice(2);
const full = options.includes("--full");
const example = path.resolve(
  options.find((option) => option !== "--full") ?? path.join(repo, "fixtures/projects/gateway"),
);
const folder = mkdtempSync(path.join(tmpdir(), "rewire-abort-demo-"));
const project = path.join(folder, "example-gateway");
const registry = "src/agents/session-run-registry.ts";
const shown = ["src/auto-reply/reply/abort.ts", "src/gateway/server-methods/sessions.ts"];
let step = 0;
let said = ""; // what the tool said last on stderr

class DemoFailure extends Error {}

try {
  main();
} catch (error) {
  if (!(error instanceof DemoFailure)) throw error;
  print(`\nFAILED  ${error.message}\n${said}The folder is kept: ${folder}`);
  process.exitCode = 1;
}

function main() {
  title(`The example: a gateway in the middle of the migration, copied to ${project}`);
  cpSync(example, project, { recursive: true });
  symlinkSync(path.join(repo, "node_modules"), path.join(project, "node_modules"), "dir");
  writeFileSync(path.join(project, ".gitignore"), "node_modules\ndist\nstate\n");
  git("init", "--quiet");
  commit("a gateway whose abort paths are dead");

  title("The gate says what is dead");
  const before = tool("check");
  show(firstFindings(before.text, 2), before);
  expect(before.code === 1, `check exits 1 before the migration (it was ${before.code})`);
  const calls = expectedCalls();
  const unseen = calls.filter((call) => !before.run.findings.some((found) => samePlace(found, call)));
  expect(
    unseen.length === 0,
    `check names each of the ${calls.length} dead calls${unseen.length === 0 ? "" : `, but not ${where(unseen)}`}`,
  );

  title("The registry that the runner already registers with, and nobody has added");
  const added = tool("registry add", { json: false });
  show(added.text);
  expect(added.code === 0 && existsSync(path.join(project, registry)), `registry add writes ${registry}`);
  commit("add the session-run registry");

  title("What the gateway does today: /stop is answered, and the process lives");
  const dead = runGateway();
  expect(dead.abort?.aborted === false && dead.closing?.stillRunning === true, "nothing stops it yet");

  title("The plan: each call, its key, the proof, the diff. Nothing is written");
  const plan = tool("migrate");
  show(sectionsOf(plan.text, shown), plan);
  expect(plan.code === 0, `migrate exits 0 (it was ${plan.code})`);
  expect(git("status", "--porcelain") === "", "a plan leaves the tree as it was");

  title("The same plan, written");
  const written = tool("migrate --write");
  expect(written.code === 0 && written.run.written === true, "migrate --write verifies, then writes");
  print(git("diff", "--stat").trimEnd());
  expect(git("diff", "--name-only") !== "", "files have changed");
  commit("migrate the abort paths");
  const again = tool("migrate");
  expect(again.run.changes.length === 0, "a second run plans no edit");

  title("What is left for a person, and what a person decides");
  const left = tool("check");
  for (const found of left.run.findings.filter((finding) => finding.severity === "error")) {
    print(`  ${found.file}:${found.line}  ${found.rule}`);
  }
  expect(left.code === 1, "check still fails: what was not proven was not touched");
  for (const edit of readJson("by-hand.json")) byHand(edit);
  commit("decide what the tool left");

  title("The gate, again");
  const after = tool("check");
  show(after.text.trimEnd().split("\n").slice(-6).join("\n"), after);
  expect(after.code === 0, `check exits 0 after it (it was ${after.code})`);

  title("The proof: the same gateway, a real child process, the same /stop");
  const alive = runGateway();
  expect(alive.abort?.aborted === true, "/stop says that it aborted a run");
  expect(alive.closing?.stillRunning === false, "and the process has ended before the answer");
  expect(alive.ended?.signal === "SIGTERM", "ended by the kill, not by the demo");
  expect(!isAlive(alive.started?.pid), `process ${alive.started?.pid} is gone`);

  print(`
What to look at in ${project}
  git log -p                        each step is a commit
  ${shown[0]}     key ?? targetKey, not the raw key; the wait after the kill
  ${shown[1]}  the guard has moved from the id to the key
  src/agents/live-model-switch.ts   the call that had no key: refused, then decided by hand
  npx rewire-abort explain no-key-in-scope
Full outputs: ${folder}${path.sep}*.txt; or run npm run demo -- --full
Remove it with: rm -r ${folder}
`);
}

/** Runs the tool on the project, as a user does; its JSON goes to a file beside the text. */
function tool(command, { json = true } = {}) {
  const name = `${String(step).padStart(2, "0")}-${command.replaceAll(/\W+/g, "-")}`;
  const file = path.join(folder, `${name}.json`);
  const args = [
    ...command.split(" "),
    "--no-color",
    ...(json ? [`--format=json=${file}`, "--format=terminal"] : []),
  ];
  print(`$ npx rewire-abort ${command}`);
  const { status, signal, stdout, stderr } = node([path.join(repo, "dist/cli/main.js"), ...args]);
  writeFileSync(path.join(folder, `${name}.txt`), stdout + stderr);
  said = stderr;
  if (signal) fail(`rewire-abort ${command} was ended by ${signal}`);
  if (json && !existsSync(file)) fail(`rewire-abort ${command} gave no result:\n${stdout}`);
  return { code: status, text: stdout, run: json ? JSON.parse(readFileSync(file, "utf8")) : {}, name };
}

/** Compiles the project and runs its own main: one session with a real process, one /stop. */
function runGateway() {
  const compiled = node([path.join(repo, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json"]);
  expect(compiled.status === 0, `the project compiles\n${compiled.stdout}`);
  print('$ echo "/stop" | node dist/main.js');
  const { stdout, stderr } = node(["dist/main.js", "agent:main:Desk"], "/stop\n");
  print(stdout.trimEnd() + stderr);
  const events = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return Object.fromEntries(events.map((event) => [event.event, event]));
}

function node(args, input = "") {
  const env = { ...process.env, NO_COLOR: "1", GATEWAY_STATE_DIR: path.join(project, "state") };
  return spawnSync(process.execPath, args, { cwd: project, env, input, encoding: "utf8", timeout: 120_000 });
}

function git(...args) {
  const identity = [
    "-c",
    "user.name=demo",
    "-c",
    "user.email=demo@example.invalid",
    "-c",
    "commit.gpgsign=false",
  ];
  const { status, stdout, stderr } = spawnSync("git", [...identity, ...args], {
    cwd: project,
    encoding: "utf8",
  });
  if (status !== 0) fail(`git ${args.join(" ")}: ${stderr ?? "git could not be started"}`);
  return stdout;
}

function commit(message) {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", message);
}

function byHand({ file, find, replace, why }) {
  const text = readFileSync(path.join(project, file), "utf8");
  expect(text.split(find).length === 2, `by hand, ${file}: ${why}`);
  writeFileSync(
    path.join(project, file),
    text.replace(find, () => replace),
  );
}

/** The calls that a reader of the example found dead. */
function expectedCalls() {
  return readJson("expected-sites.json");
}

function samePlace(found, call) {
  return found.file === call.file && found.line <= call.line && call.line <= (found.endLine ?? found.line);
}

function readJson(file) {
  return JSON.parse(readFileSync(path.join(project, file), "utf8"));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function where(sites) {
  return sites.map((site) => `${site.file}:${site.line}`).join(", ") || "none";
}

function firstFindings(text, count) {
  return text
    .split(/\n\n/)
    .slice(0, count)
    .concat(text.trimEnd().split("\n").slice(-6).join("\n"))
    .join("\n\n");
}

/** The parts of a terminal report about some files, and its closing lines; all of it when they are not there. */
function sectionsOf(text, files) {
  const sections = text.split(/\n(?=\S+\.ts {2}\d)/);
  const picked = sections.filter((section) => files.some((file) => section.startsWith(`${file}  `)));
  return picked.length === files.length
    ? [...picked, text.trimEnd().split("\n").slice(-8).join("\n")].join("\n")
    : text;
}

function show(text, run) {
  print(run && full ? run.text : text);
  if (run && !full) print(`… all of it: ${path.join(folder, run.name)}.txt`);
}

function title(text) {
  step += 1;
  print(`\n=== ${step}. ${text}`);
}

function expect(holds, claim) {
  if (!holds) fail(claim);
  print(`ok  ${claim.split("\n")[0]}`);
}

function fail(message) {
  throw new DemoFailure(message);
}

function print(text) {
  process.stdout.write(`${text}\n`);
}
