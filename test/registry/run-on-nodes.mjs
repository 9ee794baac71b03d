// The registry's tests on each Node that is supported; npx fetches those that are not here.
//   node test/registry/run-on-nodes.mjs [MAJOR…]
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const majors = process.argv.length > 2 ? process.argv.slice(2) : ["20", "22", "24"];
const vitest = [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--config",
  "test/vitest.config.ts",
  "test/registry",
];

for (const major of majors) {
  const onNode = (args, stdio) =>
    spawnSync("npx", ["-y", "-p", `node@${major}`, "--", "node", ...args], {
      cwd: root,
      stdio,
      encoding: "utf8",
      shell: process.platform === "win32",
    });
  const version = onNode(["--version"], ["ignore", "pipe", "inherit"]).stdout?.trim() ?? "";
  console.log(`\nnode@${major} is ${version || "missing"}`);
  // Another Node in its place would prove nothing.
  if (!version.startsWith(`v${major}.`) || onNode(vitest, "inherit").status !== 0) {
    console.error(`The registry's tests did not pass on Node ${major}.`);
    process.exit(1);
  }
}
