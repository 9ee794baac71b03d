// The registry beside the baseline semantics, in one process and one run. Needs `npm run build`.
//   node test/bench/registry-bench.mjs
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const inRoot = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const ROUNDS = 5;

/**
 * @typedef {object} RegistryFigures
 * @property {string} name
 * @property {number} abortCycles  register + kill (an abort) + release, per second, best of the rounds
 * @property {number} signalCycles the same with a kill that signals a real process
 * @property {number} waitP50      milliseconds from the end of a run to the answer of its wait
 * @property {number} waitP99
 */

/**
 * Measures both, round by round in turn, so that a busy machine is busy for both.
 * @param {{ seconds?: number, waits?: number }} [options] seconds of cycles per registry and kind; waits per registry
 * @returns {Promise<{ reference: RegistryFigures, baseline: RegistryFigures, quicker: number, lines: string[] }>}
 *   `quicker`: how many times shorter the reference's median wait is
 */
export async function benchRegistry({ seconds = 1, waits = 400 } = {}) {
  const { prepareModule } = await import(
    pathToFileURL(inRoot("dist/src/registry/conformance/prepare-module.js")).href
  );
  const prepared = prepareModule(inRoot("fixtures/registry/baseline-registry.ts"));
  const child = spawn(process.execPath, [inRoot("fixtures/registry/children/ignores-sigterm.mjs")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    await once(child.stdout, "data");
    child.stdout.resume();
    const load = (file) => import(pathToFileURL(file).href);
    const contestants = [
      contestant("reference", await load(inRoot("dist/src/registry/session-run-registry.js"))),
      contestant("baseline", await load(prepared.entry)),
    ];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const each of contestants) {
        each.abortCycles.push(cycles(each.registry, {}, seconds / ROUNDS));
        each.signalCycles.push(cycles(each.registry, { pid: child.pid }, seconds / ROUNDS));
        each.latencies.push(...(await waitLatencies(each.registry, Math.ceil(waits / ROUNDS))));
      }
    }
    const [reference, baseline] = contestants.map(figures);
    const quicker = baseline.waitP50 / reference.waitP50;
    return { reference, baseline, quicker, lines: render(reference, baseline, quicker) };
  } finally {
    child.kill("SIGKILL");
    prepared.dispose();
  }
}

function contestant(name, registry) {
  return { name, registry, abortCycles: [], signalCycles: [], latencies: [] };
}

function cycles(registry, fields, seconds) {
  const sessionKey = "agent:main:main";
  const withController = fields.pid === undefined;
  const startedAt = performance.now();
  const until = startedAt + seconds * 1_000;
  let done = 0;
  let now = startedAt;
  while (now < until) {
    const handle = { startedAt: 0, sessionKey, agentId: "main", ...fields };
    if (withController) handle.abortController = new AbortController();
    const release = registry.registerSessionRun(sessionKey, handle);
    if (!registry.killSessionRun(sessionKey)) throw new Error("nothing was dispatched");
    if (release) release();
    else registry.unregisterSessionRun(sessionKey);
    done += 1;
    now = performance.now();
  }
  return (done * 1_000) / (now - startedAt);
}

/** Runs that end at times that no poll knows of, some at once: from the end to the answer. */
async function waitLatencies(registry, count) {
  const one = async (index) => {
    const sessionKey = `agent:main:run-${index}`;
    const handle = { startedAt: 0, sessionKey, agentId: "main" };
    registry.registerSessionRun(sessionKey, handle);
    const waiting = registry.waitForSessionRunEnd(sessionKey, 10_000);
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 150));
    const endedAt = performance.now();
    registry.unregisterSessionRun(sessionKey);
    if (!(await waiting)) throw new Error("the end was not seen");
    return performance.now() - endedAt;
  };
  const latencies = [];
  for (let from = 0; from < count; from += 20)
    latencies.push(
      ...(await Promise.all(Array.from({ length: Math.min(20, count - from) }, (_, i) => one(i)))),
    );
  return latencies;
}

function figures({ name, abortCycles, signalCycles, latencies }) {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share) => sorted[Math.ceil(sorted.length * share) - 1];
  return {
    name,
    abortCycles: Math.round(Math.max(...abortCycles)),
    signalCycles: Math.round(Math.max(...signalCycles)),
    waitP50: at(0.5),
    waitP99: at(0.99),
  };
}

function render(reference, baseline, quicker) {
  const line = (title, unit, value) =>
    `${title.padEnd(38)}${unit.padEnd(8)}${value(reference).padStart(12)}${value(baseline).padStart(12)}`;
  const whole = (number) => number.toLocaleString("en-US");
  return [
    `${"registry".padEnd(46)}${"reference".padStart(12)}${"baseline".padStart(12)}`,
    line("register + kill by abort + release", "per s", (it) => whole(it.abortCycles)),
    line("register + kill by signal + release", "per s", (it) => whole(it.signalCycles)),
    line("wait, from the end to the answer, p50", "ms", (it) => it.waitP50.toFixed(3)),
    line("wait, from the end to the answer, p99", "ms", (it) => it.waitP99.toFixed(3)),
    `the reference answers ${whole(Math.round(quicker))} times quicker at p50 (at least 20 are promised)`,
  ];
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { lines, quicker } = await benchRegistry();
  console.log(lines.join("\n"));
  process.exitCode = quicker >= 20 ? 0 : 1;
}
