import { Command, CommanderError, Option } from "commander";
import { findPackageRoot } from "../registry/package-root.ts";
import { listReporters } from "../report/load-reporters.ts";
import type { CheckFlags } from "./commands/check.ts";
import type { MigrateFlags } from "./commands/migrate.ts";
import type { VerifyFlags } from "./commands/registry-verify.ts";
import type { ReportFlags } from "./commands/report.ts";
import type { CliContext } from "./context.ts";
import { EXIT, EXIT_CODE_HELP, type ExitCode } from "./exit-codes.ts";
import { describeError } from "./print-error.ts";
import { writeText } from "./write-text.ts";

/** Runs one command line. @param args without node and script. @returns the exit code; never throws */
export async function run(args: readonly string[], context: CliContext): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    // commander has printed its own sentence; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.couldNotRun;
    const printed = describeError(error);
    await writeText(context.stderr, printed.text);
    return printed.exitCode;
  }
}

/** The command line as data. Each action loads its command when it runs, so that help costs nothing. */
export function createProgram(context: CliContext, exit: (code: ExitCode) => void): Command {
  const program = new Command("rewire-abort")
    .description(
      "Rewires abort paths to the session-run registry, proves each session key, and keeps them wired in CI.",
    )
    .version(findPackageRoot().version, "-V, --version", "print the version")
    .exitOverride()
    .showHelpAfterError("(rewire-abort COMMAND --help lists what there is)")
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      "after",
      `
Examples:
  rewire-abort migrate                     show the plan and its diff, write nothing
  rewire-abort migrate --write             apply it, after verification
  rewire-abort check                       the CI gate
  rewire-abort check --format sarif=abort.sarif --format github
${EXIT_CODE_HELP}`,
    );

  addScanOptions(program.command("migrate"))
    .argument("[root]", "root folder of the repository", ".")
    .description("show the plan and its diff; write only with --write")
    .option("--write", "apply the plan after verification (clean git tree, or --allow-dirty)")
    .option("--allow-dirty", "write although the git tree has uncommitted changes")
    .option("--interactive", "decide site by site; decisions are kept in the decisions file")
    .option("--decisions <file>", "replay decisions; with --interactive, the file they are kept in")
    .addOption(
      new Option("--min-confidence <level>", "least confidence that is rewritten: proven or likely")
        .choices(["proven", "likely"])
        .default("proven"),
    )
    .option("--history <ref>", "put back what abort paths lost since this revision, where each key is proved")
    .option("--no-settle", "leave out the settlement wait after a user-facing abort")
    .option("--mark", "write a marker comment with its reason code at sites left for a person")
    .option(
      "--verify-types",
      "compare the compiler's diagnostics before and after; new ones withdraw the cluster (default when it writes)",
    )
    .option("--no-verify-types", "write without asking the compiler; the report says so")
    .option("--fail-on-manual", "exit 1 when sites are left for a person")
    .addHelpText(
      "after",
      `
With DRY_RUN=true in the environment nothing is written, whatever the options say.

Examples:
  rewire-abort migrate ../fork --format html=plan.html
  rewire-abort migrate --write --mark
  rewire-abort migrate --interactive --write
  rewire-abort migrate --decisions rewire-abort-decisions.json --write
${EXIT_CODE_HELP}`,
    )
    .action(async (root: string, flags: MigrateFlags) => {
      const { migrate } = await import("./commands/migrate.ts");
      exit(await migrate(root, flags, context));
    });

  addScanOptions(program.command("check"))
    .argument("[root]", "root folder of the repository", ".")
    .description("the CI gate: find every dead or stubbed abort path")
    .option("--history <ref>", "compare with a revision in which the paths were alive")
    .option(
      "--policy-ref <ref>",
      "take config, ledger and suppressions from this revision, not from the work tree",
    )
    .option("--report-only", "findings do not fail the run, and the output says so")
    .addHelpText(
      "after",
      `
Examples:
  rewire-abort check --format sarif=abort.sarif
  rewire-abort check --history v2026.1.30 --policy-ref origin/main
  rewire-abort check --include "src/gateway/**" --report-only
${EXIT_CODE_HELP}`,
    )
    .action(async (root: string, flags: CheckFlags) => {
      const { check } = await import("./commands/check.ts");
      exit(await check(root, flags, context));
    });

  const registry = program.command("registry").description("the reference registry: add it, or verify one");
  registry
    .command("add")
    .argument("[root]", "root folder of the repository", ".")
    .description(
      "put the reference registry where the migration expects it, or update an unchanged copy of it",
    )
    .option("--path <file>", "where to put it, relative to the root, when no call says so")
    .option("--force", "replace a copy that was edited, or another registry")
    .option("--config <file>", "config file in place of rewire-abort.json in the root")
    .option("--quiet", "print nothing but errors")
    .option("--no-color", "no colours")
    .addHelpText("after", `\nExample:\n  rewire-abort registry add ../fork\n${EXIT_CODE_HELP}`)
    .action(
      async (root: string, flags: { config?: string; quiet?: boolean; force?: boolean; path?: string }) => {
        const { registryAdd } = await import("./commands/registry-add.ts");
        exit(await registryAdd(root, flags, context));
      },
    );
  registry
    .command("verify")
    .argument("<file>", "module that exports a session-run registry")
    .description("run the conformance suite, with real subprocesses, against any registry module")
    .option(
      "--format <name[=file]>",
      "terminal, json; repeatable, one of them on stdout, json also with =FILE",
      collect,
    )
    .option("--quiet", "print only the formats that were asked for; the exit code stays the same")
    .option("--no-color", "no colours")
    .addHelpText(
      "after",
      `
This loads and runs the module that you name. Exit 1 when it does not conform.

Example:
  rewire-abort registry verify dist/agents/session-run-registry.js
  rewire-abort registry verify src/agents/session-run-registry.ts --format json
${EXIT_CODE_HELP}`,
    )
    .action(async (file: string, flags: VerifyFlags) => {
      const { registryVerify } = await import("./commands/registry-verify.ts");
      exit(await registryVerify(file, flags, context));
    });

  addOutputOptions(program.command("report"))
    .argument("<run.json>", "a run saved with --format json=FILE")
    .description("render a saved run again, in any format, without the sources")
    .option(
      "--compare <old.json>",
      "say what got better or worse since an older run; exit 1 when something got worse",
    )
    .addHelpText(
      "after",
      `
Examples:
  rewire-abort report run.json --format html=report.html
  rewire-abort report --compare main.json branch.json --format markdown=comment.md
${EXIT_CODE_HELP}`,
    )
    .action(async (file: string, flags: ReportFlags) => {
      const { report } = await import("./commands/report.ts");
      exit(await report(file, flags, context));
    });

  program
    .command("explain")
    .argument("[rule|reason]", "a rule of check or a reason code of migrate; without one, all are listed")
    .description("what a rule or a reason means, why it matters, what to do")
    .option("--no-color", "no colours")
    .addHelpText("after", `\nExample:\n  rewire-abort explain rival-keys\n${EXIT_CODE_HELP}`)
    .action(async (name: string | undefined, flags: { color: boolean }) => {
      const { explain } = await import("./commands/explain.ts");
      exit(await explain(name, flags, context));
    });

  program
    .command("doctor")
    .argument("[root]", "root folder of the repository", ".")
    .description("is the gate wired into CI and blocking; does a planted violation get found")
    .option("--quiet", "print nothing but errors")
    .option("--no-color", "no colours")
    .addHelpText(
      "after",
      `
Reads .github/workflows and .gitlab-ci.yml; runs nothing of them. Exit 1 when the gate can be passed by.
${EXIT_CODE_HELP}`,
    )
    .action(async (root: string, flags: { quiet?: boolean; color: boolean }) => {
      const { doctor } = await import("./commands/doctor.ts");
      exit(await doctor(root, flags, context));
    });

  return program;
}

function addOutputOptions(command: Command): Command {
  return command
    .option(
      "--format <name[=file]>",
      `${listReporters().join(", ")}; repeatable, one of them on stdout, others with =FILE`,
      collect,
    )
    .option("--quiet", "print only the formats that were asked for; the exit code stays the same")
    .option("--no-color", "no colours (also NO_COLOR)");
}

function addScanOptions(command: Command): Command {
  return addOutputOptions(command)
    .option("--include <glob>", "scan only these files; repeatable, relative to the root", collect)
    .option("--exclude <glob>", "leave these files out; repeatable, relative to the root", collect)
    .option("--config <file>", "config file in place of rewire-abort.json in the root");
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
