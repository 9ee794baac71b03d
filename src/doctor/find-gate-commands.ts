import { masksOf, type ShellMode } from "./find-masks.ts";
import type { RepoFiles } from "./repo-files.ts";
import { readNpmRun } from "./read-npm-run.ts";
import { type ShellCommand, splitShell } from "./split-shell.ts";

/** One call of `rewire-abort check` that a script leads to. */
export interface GateCommand {
  /** 0-based line in the script that was asked about */
  readonly line: number;
  /** the way there: `npm script "lint"`, `scripts/ci.sh` */
  readonly via: readonly string[];
  /** why its failure does not fail the script, one sentence each */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

const MAX_DEPTH = 6;
const GATE = /(?:^|\/)rewire-abort(?:@[^\s/]+)?$|rewire-abort\/dist\/(?:src\/)?cli\/main\.js$/;

/** Finds the gate in a script, through npm scripts and shell files of the repository. */
export async function findGateCommands(
  script: string,
  mode: ShellMode,
  files: RepoFiles,
  depth = 0,
): Promise<GateCommand[]> {
  const commands = splitShell(script);
  const found: GateCommand[] = [];
  let { errexit, pipefail } = mode;
  for (const command of commands) {
    const words = stripPrefixes(command.words);
    if (words[0] === "set") [errexit, pipefail] = applySet(words, errexit, pipefail);
    const calls = await callsOf(words, files, depth);
    if (calls.length === 0) continue;
    const masks = masksInScript(command, commands, { errexit, pipefail });
    for (const call of calls)
      found.push({ ...call, line: command.line, problems: [...call.problems, ...masks] });
  }
  return found;
}

/** Masks of a command, and of the calls of the function that it stands in. */
function masksInScript(command: ShellCommand, commands: readonly ShellCommand[], mode: ShellMode): string[] {
  const home = command.inside.findLast((name) => name.startsWith("function "));
  if (home === undefined) return masksOf(command, commands, mode);
  const name = home.slice("function ".length);
  const body = commands
    .filter((other) => other.inside.includes(home))
    .map((other, index) => ({ ...other, index, of: other }));
  const own = masksOf(body.find(({ of }) => of === command)!, body, mode);
  const calls = commands.filter((other) => other.words[0] === name && !other.inside.includes(home));
  if (calls.length === 0) return [`it stands in the function ${name}, which nothing calls`];
  const ways = calls.map((call) => masksOf(call, commands, mode));
  return [...own, ...ways.sort((one, other) => one.length - other.length)[0]!];
}

type Call = Omit<GateCommand, "line">;

async function callsOf(words: readonly string[], files: RepoFiles, depth: number): Promise<Call[]> {
  const direct = directCall(words);
  if (direct) return [direct];
  if (depth >= MAX_DEPTH) return [];
  const calls: Call[] = [];
  for (const { name, script } of await readNpmRun(words, files)) {
    const inner = await findGateCommands(script, { errexit: false, pipefail: false }, files, depth + 1);
    const relaxed = words.includes("--report-only") ? [REPORT_ONLY] : [];
    for (const { via, problems, notes } of inner)
      calls.push({ via: [`npm script "${name}"`, ...via], problems: [...problems, ...relaxed], notes });
  }
  const file = shellFileOf(words);
  const text = file === undefined ? undefined : await files.read(file);
  if (file !== undefined && text !== undefined && !text.includes("\0")) {
    const errexit = /^#!.*\s-\w*e/.test(text) || words.includes("-e");
    for (const { via, problems, notes } of await findGateCommands(
      text,
      { errexit, pipefail: false },
      files,
      depth + 1,
    ))
      calls.push({ via: [file, ...via], problems, notes });
  }
  return calls;
}

const REPORT_ONLY = "--report-only lets findings pass";
const RUNNERS = new Set(["npx", "pnpx", "bunx", "npm", "pnpm", "yarn", "bun", "node", "deno", "corepack"]);

function directCall(words: readonly string[]): Call | undefined {
  const head = words[0];
  if (head === undefined || !(GATE.test(head) || RUNNERS.has(baseName(head)))) return undefined;
  for (let at = 0; at < words.length; at += 1) {
    if (!GATE.test(words[at]!)) continue;
    const rest = words.slice(at + 1);
    if (rest.find((word) => !word.startsWith("-")) !== "check") continue;
    if (rest.includes("--help") || rest.includes("-h")) continue;
    const partial = rest.find((word) => /^--(include|exclude)\b/.test(word));
    const variable = rest.find((word) => word.startsWith("$") && !word.startsWith("${{"));
    return {
      via: [],
      problems: rest.includes("--report-only") ? [REPORT_ONLY] : [],
      notes: [
        ...(partial === undefined ? [] : [`${partial} leaves a part of the repository out of the gate`]),
        ...(variable === undefined
          ? []
          : [`the value of ${variable} is not known here and may relax the gate`]),
      ],
    };
  }
  return undefined;
}

function shellFileOf(words: readonly string[]): string | undefined {
  const shell = ["bash", "sh", "dash", "zsh", "source", "."].includes(baseName(words[0] ?? ""));
  const file = shell ? words.slice(1).find((word) => !word.startsWith("-")) : words[0];
  if (file === undefined || file.startsWith("/") || !(shell || file.includes("/"))) return undefined;
  return file.replace(/^\.\//, "");
}

function applySet(words: readonly string[], errexit: boolean, pipefail: boolean): [boolean, boolean] {
  let e = errexit;
  let p = pipefail;
  words.forEach((word, index) => {
    if (/^-\w*e/.test(word) || (word === "errexit" && words[index - 1] === "-o")) e = true;
    if (/^\+\w*e/.test(word) || (word === "errexit" && words[index - 1] === "+o")) e = false;
    if (word === "pipefail") p = !(words[index - 1] ?? "").startsWith("+");
  });
  return [e, p];
}

const WRAPPERS = new Set([
  "env",
  "time",
  "exec",
  "sudo",
  "command",
  "nice",
  "nohup",
  "xvfb-run",
  "cross-env",
  "dotenv",
]);

/** Takes assignments and wrapping commands off, so that the program stands first. */
function stripPrefixes(words: readonly string[]): readonly string[] {
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at]!;
    if (
      /^[A-Za-z_]\w*=/.test(word) ||
      WRAPPERS.has(word) ||
      ["if", "elif", "while", "until", "!"].includes(word)
    )
      continue;
    if (word === "--" && at > 0) continue;
    if (word === "timeout") {
      while (/^(?:-.*|\d+(?:\.\d+)?[smhd]?)$/.test(words[at + 1] ?? "")) at += 1;
      continue;
    }
    break;
  }
  return words.slice(at);
}

function baseName(word: string): string {
  return word.slice(word.lastIndexOf("/") + 1);
}
