import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import type { CliContext } from "../../src/cli/context.ts";
import { run } from "../../src/cli/program.ts";
import type { CheckOptions, MigrateOptions, Stages } from "../../src/cli/stages.ts";
import { REASONS } from "../../src/plan/reasons.ts";
import type { RunResult } from "../../src/report/run-result.ts";

/** A saved run of the shelf. */
export function shelf(name: string): RunResult {
  return JSON.parse(
    readFileSync(new URL(`../../fixtures/run-results/${name}.json`, import.meta.url), "utf8"),
  );
}

/** The same run with another exit code. */
export function withExitCode(result: RunResult, exitCode: 0 | 1 | 2 | 3): RunResult {
  return { ...result, summary: { ...result.summary, exitCode } };
}

export interface FakeRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** options of each call of the pipeline */
  readonly migrations: readonly MigrateOptions[];
  readonly checks: readonly CheckOptions[];
}

export interface FakeOptions {
  readonly result?: RunResult;
  readonly stages?: Partial<Stages>;
  readonly env?: Readonly<Record<string, string>>;
  /** lines typed at a terminal; without them stdin is no terminal */
  readonly typed?: readonly string[];
  readonly tty?: boolean;
}

/** Runs a command line in this process, with a pipeline that gives back a ready result. */
export async function runWithFakes(args: readonly string[], options: FakeOptions = {}): Promise<FakeRun> {
  const out = collector(options.tty === true);
  const err = collector(options.tty === true || options.typed !== undefined);
  const migrations: MigrateOptions[] = [];
  const checks: CheckOptions[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: options.typed !== undefined });
  stdin.end((options.typed ?? []).map((line) => `${line}\n`).join(""));
  const context: CliContext = {
    stdout: out.stream,
    stderr: err.stream,
    stdin,
    env: options.env ?? {},
    today: "2026-06-15",
    stages: {
      runMigrate: async (given) => {
        migrations.push(given);
        return { result: options.result ?? shelf("migrate-typical") };
      },
      runCheck: async (given) => {
        checks.push(given);
        return { result: options.result ?? shelf("check-one-of-each-severity") };
      },
      listRules: async () => [
        {
          id: "no-legacy-call",
          severity: "error",
          fixable: true,
          docs: { what: "A legacy call is left.", why: "It kills nothing.", fix: "Run migrate." },
        },
      ],
      listReasons: async () => REASONS,
      addRegistry: async () => ({ path: "src/agents/session-run-registry.ts", status: "written" }),
      verifyRegistry: async () => ({ ok: true, lines: ["A01 pass"] }),
      plantedViolationFound: async () => true,
      ...options.stages,
    },
  };
  const code = await run(args, context);
  return { code, stdout: out.text(), stderr: err.text(), migrations, checks };
}

function collector(isTTY: boolean) {
  const chunks: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 });
  stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  return { stream, text: () => chunks.join("") };
}
