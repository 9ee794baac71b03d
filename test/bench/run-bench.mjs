// npm run bench [-- FOLDER ...]: check beside ast-grep, migrate beside a plain rename by jscodeshift, whole processes,
// in turns, over the same files. Without folders: the package of openclaw@2026.3.7. Exits 1 when a target is missed.
// The rename is the plain one of the guides: jscodeshift parses every file for it, and so does ast-grep for its pattern.
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const repo = fileURLToPath(new URL("../..", import.meta.url));
const cache = path.join(repo, ".cache/bench");
const main = path.join(repo, "dist/cli/main.js");
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
/** `ratio`: at most so many times as long as the other tool; `megabytes`: peak memory of the process. */
const TARGETS = {
  check: { beside: "ast-grep", ratio: 0.5, megabytes: 600 },
  migrate: { beside: "jscodeshift", ratio: 0.8, megabytes: 500 },
  "migrate --verify-types": { beside: "jscodeshift", ratio: 2.5, megabytes: 1000 },
};
const AST_GREP = "@ast-grep/cli@0.51.1";
const temp = mkdtempSync(path.join(tmpdir(), "rewire-abort-bench-"));
let missed = 0;

try {
  const folders = process.argv.slice(2);
  const astGrep = installAstGrep();
  for (const folder of folders.length > 0 ? folders : [fetchPackage("openclaw", "2026.3.7")]) {
    await measureTree(path.resolve(folder), astGrep);
  }
} finally {
  rmSync(temp, { recursive: true, force: true });
}
process.exitCode = missed > 0 ? 1 : 0;

async function measureTree(root, astGrep) {
  const files = await listFiles(root);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  print(
    `\n${root}\n  ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, ${ROUNDS} rounds, best of each; ast-grep and jscodeshift parse every file`,
  );
  const list = path.join(temp, "files.txt");
  writeFileSync(list, `${files.join("\n")}\n`);
  const jscodeshift = path.join(repo, "node_modules/jscodeshift/bin/jscodeshift.js");
  const rename = path.join(repo, "test/bench/rename-plainly.cjs");
  const runs = {
    check: () => tool("check", root, [0, 1]),
    "ast-grep": () =>
      timed(astGrep, ["run", "-p", "abortEmbeddedPiRun($$$A)", "--json=stream", ...files], [0, 1]),
    migrate: () => tool("migrate", root, [0]),
    "migrate --verify-types": () => tool("migrate", root, [0], "--verify-types"),
    jscodeshift: () =>
      timed(
        process.execPath,
        [jscodeshift, "-t", rename, "--parser=ts", "--dry", "--silent", "--stdin"],
        [0],
        {
          input: readFileSync(list),
        },
      ),
  };
  const best = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(runs)) {
      const { seconds, megabytes = 0 } = run();
      const before = best[name] ?? { seconds: Number.POSITIVE_INFINITY, megabytes: 0 };
      best[name] = {
        seconds: Math.min(before.seconds, seconds),
        megabytes: Math.max(before.megabytes, megabytes),
      };
    }
  }
  for (const [name, target] of Object.entries(TARGETS)) compare(name, target, best);
}

function compare(name, { beside, ratio, megabytes }, best) {
  const measured = best[name].seconds / best[beside].seconds;
  verdict(
    `${name} ${best[name].seconds.toFixed(2)} s : ${beside} ${best[beside].seconds.toFixed(2)} s = ${measured.toFixed(2)}`,
    measured <= ratio,
    ratio,
  );
  verdict(
    `${name}: peak memory ${best[name].megabytes.toFixed(0)} MB`,
    best[name].megabytes <= megabytes,
    `${megabytes} MB`,
  );
}

function verdict(text, holds, target) {
  if (!holds) missed += 1;
  print(`  ${holds ? "ok    " : "MISSED"} ${text} (at most ${target})`);
}

/** The files that the tool scans: the others get the same ones. */
async function listFiles(root) {
  const load = (file) => import(pathToFileURL(path.join(repo, "dist/src", file)).href);
  const { discover, checkWords, piToSessionRun } = await load("index.js");
  const workspace = discover({ root, words: checkWords(piToSessionRun) });
  return workspace.scanned.map((file) => path.join(workspace.root, file));
}

function tool(command, root, codes, ...options) {
  const memory = path.join(temp, "memory");
  const hook = pathToFileURL(path.join(repo, "test/bench/tell-memory.mjs")).href;
  const { seconds } = timed(
    process.execPath,
    ["--import", hook, main, command, root, ...options, "--quiet", "--format", "json"],
    codes,
    {
      env: { ...process.env, BENCH_MEMORY: memory },
    },
  );
  return { seconds, megabytes: Number(readFileSync(memory, "utf8")) / 1024 };
}

function timed(command, args, codes, options = {}) {
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(command, args, {
    maxBuffer: 1 << 30,
    stdio: ["pipe", "pipe", "pipe"],
    ...options,
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (error || !codes.includes(status)) throw error ?? new Error(`${command} exited ${status}: ${stderr}`);
  return { seconds };
}

/** The binary of the platform, from npm, without running an install script. */
function installAstGrep() {
  const folder = fill("ast-grep", (staged) => {
    writeFileSync(path.join(staged, "package.json"), "{}");
    npm(staged, "install", "--ignore-scripts", "--no-audit", "--no-fund", AST_GREP);
  });
  const scope = path.join(folder, "node_modules/@ast-grep");
  const platform = readdirSync(scope).find((name) => name !== "cli");
  const binary = ["ast-grep", "ast-grep.exe"]
    .map((name) => path.join(scope, platform, name))
    .find((file) => existsSync(file));
  if (!binary) throw new Error(`${AST_GREP} has no binary for this platform`);
  return binary;
}

function fetchPackage(name, version) {
  return fill(`${name}-${version}`, (staged) => {
    npm(staged, "pack", `${name}@${version}`, "--ignore-scripts", "--pack-destination", staged);
    execFileSync("tar", ["-xzf", `${name}-${version}.tgz`, "--strip-components=1"], { cwd: staged });
    rmSync(path.join(staged, `${name}-${version}.tgz`));
  });
}

function fill(name, work) {
  const folder = path.join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const staged = mkdtempSync(path.join(cache, "staged-"));
  work(staged);
  renameSync(staged, folder);
  return folder;
}

function npm(cwd, ...args) {
  execFileSync("npm", [...args, "--loglevel=error"], {
    cwd,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
}

function print(text) {
  process.stdout.write(`${text}\n`);
}
