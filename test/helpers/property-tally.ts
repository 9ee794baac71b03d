import type { Reporter, TestModule } from "vitest/node";

/** What a run of the property over many programs has seen. */
export interface PropertyTally {
  programs: number;
  calls: number;
  refused: number;
  changed: number;
  observed: number;
}

declare module "vitest" {
  interface TaskMeta {
    tally?: PropertyTally;
  }
}

export function describeTally({ programs, calls, refused, changed, observed }: PropertyTally): string {
  const percent = ((100 * refused) / Math.max(1, calls)).toFixed(1);
  return (
    `${programs} programs, ${calls} calls, ${percent} % refused, ` +
    `${changed} programs changed, ${observed} of them seen stopping a session`
  );
}

/** Prints the sum of what several processes, each with a seed of its own, have seen. */
export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const sum: PropertyTally = { programs: 0, calls: 0, refused: 0, changed: 0, observed: 0 };
    for (const module of modules)
      for (const test of module.children.allTests()) {
        const { tally } = test.meta();
        for (const name of Object.keys(sum) as (keyof PropertyTally)[]) sum[name] += tally?.[name] ?? 0;
      }
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === "passed" && test.meta().tally).length;
    const wrong =
      passed > 0 && passed === tests.length
        ? "0 wrong keys"
        : `only ${passed} of ${tests.length} processes came to their end: nothing is shown`;
    console.log(`in all: ${describeTally(sum)}; ${wrong}`);
  }
}
