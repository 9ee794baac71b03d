import { execFileSync } from "node:child_process";

/** Environment in which git sees no configuration of this machine. */
export const gitEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.invalid",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.invalid",
};

/** Runs git in a folder and returns its output. @throws when git fails */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", [...args], {
    cwd: folder,
    env: gitEnvironment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Makes a folder a repository on branch `main`, with everything in it committed. */
export function initRepository(folder: string): void {
  git(folder, "init", "--quiet", "--initial-branch=main");
  commitAll(folder, "start");
}

/** Commits everything that is not ignored. */
export function commitAll(folder: string, message: string): void {
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--allow-empty", "--no-verify", "--message", message);
}
