#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import { loadStages } from "./load-stages.ts";
import { run } from "./program.ts";
import { GONE } from "./write-text.ts";

// Syntax trees are made fast and stay: the space for what is new goes to its full size at once, not in steps of two, each
// of which copies what it holds. Half the collections of a run on a large tree go, at the same limit of memory.
setFlagsFromString("--semi-space-growth-factor=16");

// A reader that goes away (`| head`) is no failure of the run.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (!GONE.has(error.code ?? "")) process.exitCode = 2;
  });
// While files are being written, the writer has its own watch and ends the run between two files.
process.on("SIGINT", () => process.listenerCount("SIGINT") === 1 && process.exit(130));

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  today: new Date().toISOString().slice(0, 10),
  stages: loadStages(),
});
