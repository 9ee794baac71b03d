import { spawnSync } from "node:child_process";

/** How a git call ended. Only `ok` answers may be trusted; the others say why there is none. */
export type GitAnswer =
  | { readonly kind: "ok"; readonly stdout: Buffer; readonly stderr: string }
  | { readonly kind: "failed"; readonly stderr: string }
  | { readonly kind: "no-git" };

// A scanned tree may be hostile: an embedded bare repository or a planted .git/config can name programs
// (fsmonitor, hooks, transports for lazy fetches). Each of these switches one such door off.
const SAFE_FLAGS = [
  "--no-pager",
  "--literal-pathspecs",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "safe.bareRepository=explicit",
  "-c",
  "core.hooksPath=/dev/null",
] as const;

// Set when git itself runs us (in a hook): they would point every call at that repository instead of the root's.
const REPOSITORY_VARIABLES = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_COMMON_DIR",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_NAMESPACE",
  "GIT_PREFIX",
  "GIT_EXTERNAL_DIFF",
  "GIT_LITERAL_PATHSPECS",
  "GIT_GLOB_PATHSPECS",
  "GIT_NOGLOB_PATHSPECS",
  "GIT_ICASE_PATHSPECS",
] as const;

/**
 * Runs git with a fixed argument list and no way into foreign programs: no fsmonitor, no hooks, no network,
 * no prompt, no optional locks, stdin closed.
 *
 * @param cwd  folder to run in
 * @param args subcommand and its arguments; names from a repository go after `--` or over `-z`, never as options
 */
export function runGit(cwd: string, args: readonly string[]): GitAnswer {
  const run = spawnSync("git", [...SAFE_FLAGS, ...args], {
    cwd,
    env: safeEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1024 * 1024 * 1024,
    windowsHide: true,
    shell: false,
  });
  if (run.error !== undefined) {
    const code = (run.error as NodeJS.ErrnoException).code;
    return code === "ENOENT" || code === "EACCES"
      ? { kind: "no-git" }
      : { kind: "failed", stderr: run.error.message };
  }
  const stderr = run.stderr.toString("utf8");
  return run.status === 0 ? { kind: "ok", stdout: run.stdout, stderr } : { kind: "failed", stderr };
}

/** Splits the output of a `-z` command into its names. */
export function splitNames(stdout: Buffer): string[] {
  const names = stdout.toString("utf8").split("\0");
  if (names.at(-1) === "") names.pop();
  return names;
}

function safeEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  for (const name of REPOSITORY_VARIABLES) delete environment[name];
  return {
    ...environment,
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_LAZY_FETCH: "1",
    // an allow list without any real transport: older git has no GIT_NO_LAZY_FETCH
    GIT_ALLOW_PROTOCOL: "none",
  };
}
