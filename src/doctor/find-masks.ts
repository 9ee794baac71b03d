import type { ShellCommand } from "./split-shell.ts";

/** How a script is run, as far as it decides which failing command fails it. */
export interface ShellMode {
  /** `set -e`: a failing command ends the script */
  readonly errexit: boolean;
  /** `set -o pipefail` */
  readonly pipefail: boolean;
}

/** Why a failure of this command does not fail its script. */
export function masksOf(command: ShellCommand, commands: readonly ShellCommand[], mode: ShellMode): string[] {
  const masks: string[] = [];
  const first = command.words[0] ?? "";
  const passed = passedOver(command, commands);
  if (["if", "elif", "while", "until"].includes(first))
    return [`it is the condition of "${first}", so its failure only chooses a branch`];
  if (passed !== undefined) return [passed];
  if (first === "!") return ["! turns its failure into success"];
  const later = commands.slice(command.index + 1);
  const list = later.filter((other) => other.list === command.list);
  const last = !later.some((other) => other.list !== command.list);
  if (command.next === "&") masks.push("& sends it to the background, where its exit code is lost");
  if (command.next === "|" && !mode.pipefail)
    masks.push("the pipe after it hides its exit code (no pipefail)");
  const fallback = fallbackAfter(command, list);
  if (fallback !== undefined && !failsToo(fallback))
    masks.push(`|| ${fallback[0]!.words.join(" ")} swallows its failure`);
  if (masks.length > 0) return masks;
  const next = later.find((other) => other.list !== command.list);
  if (next !== undefined && isSuccess(next.words) && next.line === command.line)
    return [`; ${next.words.join(" ")} after it makes the step succeed`];
  if (!last && mode.errexit && command.next === "&&")
    return [
      "set -e does not see the failure of a command before &&, and later commands decide the exit code",
    ];
  if (!last && !mode.errexit && !later.some((other) => handsStatusOn(other.words)))
    return ["later commands decide the exit code (no set -e)"];
  return [];
}

/** Why the command may never run, while the script goes on to a good end. */
function passedOver(command: ShellCommand, commands: readonly ShellCommand[]): string | undefined {
  const block = command.inside.find((name) => ["if", "while", "until", "case"].includes(name));
  if (block !== undefined) return `it stands in a "${block}", so it may be passed over`;
  const earlier = commands.slice(0, command.index);
  const before = earlier.at(-1);
  if (before?.list === command.list && before.next === "||")
    return `it runs only where ${before.words.join(" ")} fails`;
  const goesOn = commands.some((other) => other.index > command.index && other.list !== command.list);
  if (before?.list === command.list && before.next === "&&" && goesOn)
    return `where ${before.words.join(" ")} fails it is passed over, and later commands decide the exit code`;
  const isPlain = ({ index, inside }: ShellCommand): boolean =>
    inside.join() === command.inside.join() && !["&&", "||"].includes(commands[index - 1]?.next ?? "");
  if (earlier.some((other) => other.words[0] === "exit" && isPlain(other)))
    return "an exit before it ends the script";
  const trap = earlier.find(({ words }) => words[0] === "trap" && /\bexit\s+0\b/.test(words[1] ?? ""));
  return trap && `the trap before it (${trap.words[1]}) makes the script succeed`;
}

/** The commands after the first `||` of the list, if a failure reaches one. */
function fallbackAfter(command: ShellCommand, list: readonly ShellCommand[]): ShellCommand[] | undefined {
  if (command.next === "||") return list.length > 0 ? [...list] : undefined;
  const at = list.findIndex((other) => other.next === "||");
  return at < 0 || at + 1 >= list.length ? undefined : list.slice(at + 1);
}

function failsToo(fallback: readonly ShellCommand[]): boolean {
  return fallback.some(({ words }, index) => {
    if (words[0] === "false") return true;
    if (words[0] !== "exit" && words[0] !== "return") return false;
    return words[1] === undefined ? index === 0 : words[1] !== "0";
  });
}

function isSuccess(words: readonly string[]): boolean {
  return ["true", ":"].includes(words[0] ?? "") || (words[0] === "exit" && words[1] === "0");
}

function handsStatusOn(words: readonly string[]): boolean {
  return words[0] === "exit" && words[1] !== undefined && words[1].startsWith("$");
}
