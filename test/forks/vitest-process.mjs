// A child of run-suite.mjs: one warm vitest for many runs, without a word of configuration in the fork.
//
// Asked over IPC { file, gone }, it runs the test file and answers { passed, failed, skipped, calls }.
// The calls of the registry are watched in memory, so that the files on disk stay what migrate wrote: each tells that
// it was reached, and the one that is deleted answers what a stub would. `calls` are those that a file's tests reached:
// no other test can notice that one is gone.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [tree, config, scratch] = process.argv.slice(2);
const calls = JSON.parse(readFileSync(path.join(scratch, "calls.json"), "utf8"));
const reached = path.join(scratch, `reached-${process.pid}.txt`);
const deleted = path.join(scratch, `deleted-${process.pid}.txt`);
const from = createRequire(path.join(tree, "package.json"));
const { createVitest } = await import(
  pathToFileURL(path.join(path.dirname(from.resolve("vitest/package.json")), "dist/node.js")).href
);
const vitest = await createVitest(
  "test",
  { root: tree, config: path.join(tree, config), watch: false, reporters: [{}] },
  { plugins: [{ name: "watch-calls", enforce: "pre", transform: watchCalls }] },
);
await vitest.standalone?.();

process.on("message", async ({ file, gone }) => {
  try {
    writeFileSync(deleted, gone ?? "");
    process.send({ outcome: await run(file) });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
process.on("disconnect", async () => {
  await vitest.close();
  for (const file of [reached, deleted]) rmSync(file, { force: true });
  process.exit(0);
});
process.send({ ready: true });

async function run(file) {
  writeFileSync(reached, "");
  const all = await vitest.globTestSpecifications([path.join(tree, file)]);
  const own = all.filter(({ moduleId }) => path.relative(tree, moduleId) === file);
  const { testModules } = await vitest.runTestSpecifications(own);
  // It tells of all that it ever ran.
  const tests = testModules
    .filter(({ moduleId }) => path.relative(tree, moduleId) === file)
    .flatMap((module) => [...module.children.allTests()]);
  const named = (state) => tests.filter((test) => test.result().state === state).map((test) => test.fullName);
  return {
    passed: named("passed"),
    failed: named("failed"),
    skipped: named("skipped"),
    calls: [...new Set(readFileSync(reached, "utf8").split("\n").filter(Boolean))].sort(),
  };
}

/** `killSessionRun(key)` → `(watched("id") ? false : killSessionRun(key))`, on one line as before. */
function watchCalls(code, id) {
  const own = calls.filter(({ file }) => path.join(tree, file) === id);
  if (own.length === 0) return undefined;
  let text = code;
  for (const call of own.sort((a, b) => b.start - a.start))
    text = `${text.slice(0, call.start)}(__watched("${call.id}") ? ${call.stub} : ${text.slice(call.start, call.end)})${text.slice(call.end)}`;
  const watch = `const __fs = process.getBuiltinModule("node:fs");
const __watched = (id) => { __fs.appendFileSync(${JSON.stringify(reached)}, id + "\\n"); return __fs.readFileSync(${JSON.stringify(deleted)}, "utf8") === id; };
`;
  return { code: watch + text, map: null };
}
