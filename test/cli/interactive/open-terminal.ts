import { spawn, spawnSync } from "node:child_process";
import { CLI_MAIN } from "../../helpers/run-cli.ts";

const COLUMNS = 90;

/** Why no pseudo-terminal can be opened here, or null. util-linux's script is on every Debian; macOS has another. */
export function missingTerminal(): string | null {
  if (process.platform !== "linux") return "util-linux's script is not of this system";
  return spawnSync("script", ["--version"]).status === 0 ? null : "there is no script command";
}

export interface TerminalSession {
  readonly code: number | null;
  /** everything that the terminal showed, the typed lines as it echoed them, without progress lines */
  readonly screen: string;
}

/**
 * Runs the built command line at a pseudo-terminal and types one line for each prompt. After the last line the end of
 * the input is typed.
 */
export function runAtTerminal(args: readonly string[], typed: readonly string[]): Promise<TerminalSession> {
  const quoted = [process.execPath, CLI_MAIN, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const command = `stty cols ${COLUMNS} rows 40; exec ${quoted.join(" ")}`;
  return new Promise((resolve, reject) => {
    const child = spawn("script", ["-qfec", command, "/dev/null"], {
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1", TERM: "xterm" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = [...typed];
    let raw = "";
    let read = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      raw += text;
      if (!raw.slice(read).endsWith(" > ")) return;
      read = raw.length;
      const next = lines.shift();
      child.stdin.write(next === undefined ? "\u0004" : `${next}\n`);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, screen: cleanScreen(raw) }));
  });
}

/** Line ends of a terminal are plain ones again; progress depends on the speed of the machine. */
function cleanScreen(raw: string): string {
  return raw
    .replaceAll(/\r\u001b\[K(?:(?:discover|analyze|plan|apply|verify|types) [^\r\n]*)?/g, "")
    .replaceAll("\r\n", "\n");
}
