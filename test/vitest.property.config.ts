import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { TallyReporter } from "./helpers/property-tally.ts";

const PROGRAMS = Number(process.env.REWIRE_ABORT_PROGRAMS ?? 20_000);
const SEED = Number(process.env.REWIRE_ABORT_SEED ?? 20_261_123);
const PROCESSES = Math.max(1, Math.min(8, availableParallelism()));
const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The same property over many more programs than the ordinary run can afford: in one process for each core, each with
 * a seed of its own, and over the built package, since sources that are transformed while they run take twice as long.
 */
export default defineConfig({
  plugins: [
    {
      name: "built-sources",
      enforce: "pre",
      resolveId: (id, importer) => {
        if (!importer || !id.startsWith(".") || !importer.startsWith(path.join(root, "test"))) return null;
        const file = path.resolve(path.dirname(importer), id);
        if (!file.startsWith(path.join(root, "src"))) return null;
        return path.join(root, "dist", path.relative(root, file)).replace(/\.ts$/, ".js");
      },
    },
  ],
  test: {
    server: { deps: { external: [/\/dist\//] } },
    reporters: ["default", new TallyReporter()],
    maxWorkers: PROCESSES,
    projects: Array.from({ length: PROCESSES }, (_, at) => ({
      extends: true as const,
      test: {
        name: `seed ${SEED + at}`,
        root,
        include: ["test/keys-property.test.ts"],
        execArgv: ["--max-semi-space-size=64"],
        env: {
          REWIRE_ABORT_PROGRAMS: `${Math.floor(PROGRAMS / PROCESSES) + (at < PROGRAMS % PROCESSES ? 1 : 0)}`,
          REWIRE_ABORT_SEED: `${SEED + at}`,
        },
      },
    })),
  },
});
