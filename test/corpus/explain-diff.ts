import { execFileSync } from "node:child_process";

interface Hunk {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

const LEGACY =
  /\b(abortEmbeddedPiRun|waitForEmbeddedPiRunEnd|isEmbeddedPiRunActive|getActiveEmbeddedRunCount)\b/;
const REGISTRY = /\b(killSessionRun|waitForSessionRunEnd|isSessionRunActive|getActiveSessionRunCount)\b/;
const REGISTRY_MOCK = /\bvi\.(?:mock|importActual)\("[^"]*\/session-run-registry\.js"/;
const PUNCTUATION = /^[\s{}();,]*$/;

/** Changed lines that no migrated call, import, guard, or local left unused by them explains. */
export function unexplainedLines(before: string, after: string, afterText: string): string[] {
  const hunks = readHunks(before, after);
  const removed = hunks.flatMap((hunk) => hunk.removed);
  const gone = removed
    .flatMap(namesDeclaredIn)
    .filter((name) => !declares(afterText, name) || LEGACY.test(name));
  const added = hunks.flatMap((hunk) => hunk.added);
  return hunks.flatMap((hunk) => [
    ...hunk.removed
      .filter((line) => !isExplainedRemoval(line, hunk, gone) && !stands(rekeyed(line), added))
      .map((line) => `-${line}`),
    ...hunk.added
      .filter(
        (line) =>
          !isExplainedAddition(line, hunk) &&
          !REGISTRY_MOCK.test(line) &&
          !removed.some((other) => rekeyed(other) === line.trim()),
      )
      .map((line) => `+${line}`),
  ]);
}

/** The line of a mock's factory as it stands in the registry's mock: elsewhere, with the key in the id's place. */
function rekeyed(line: string): string {
  return line.replace(/\bsessionId\b/g, "sessionKey").trim();
}

function stands(line: string, lines: readonly string[]): boolean {
  return line !== "" && lines.some((other) => other.trim() === line);
}

function isExplainedRemoval(line: string, { removed }: Hunk, gone: readonly string[]): boolean {
  if (LEGACY.test(line) || PUNCTUATION.test(line)) return true;
  // A presence test that stands right above the call it guards.
  if (/^\s*if \(.*\) \{$/.test(line) && LEGACY.test(removed[removed.indexOf(line) + 1] ?? "")) return true;
  return gone.some((name) => new RegExp(`\\b${name}\\b`).test(line));
}

function isExplainedAddition(line: string, { removed, added }: Hunk): boolean {
  if (REGISTRY.test(line) || PUNCTUATION.test(line)) return true;
  const guard = /^\s*if \((.*)\) \{$/.exec(line);
  if (guard) return REGISTRY.test(added[added.indexOf(line) + 1] ?? "");
  // What other names of a shared import keep.
  const kept = namesImportedIn(line);
  return kept.length > 0 && kept.every((name) => removed.flatMap(namesImportedIn).includes(name));
}

function readHunks(before: string, after: string): Hunk[] {
  const hunks: { removed: string[]; added: string[] }[] = [];
  for (const line of diff(before, after).split("\n").slice(4)) {
    if (line.startsWith("@@")) hunks.push({ removed: [], added: [] });
    else if (line.startsWith("-")) hunks.at(-1)?.removed.push(line.slice(1));
    else if (line.startsWith("+")) hunks.at(-1)?.added.push(line.slice(1));
  }
  return hunks;
}

/** git's own diff, with a status of 1 where files differ. */
function diff(before: string, after: string): string {
  const args = ["diff", "--no-index", "--no-color", "--unified=0", before, after];
  try {
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { status, stdout } = error as { status?: number; stdout?: string };
    if (status === 1 && stdout) return stdout;
    throw error;
  }
}

function namesImportedIn(line: string): string[] {
  const list = /^\s*import \{(.*)\} from/.exec(line)?.[1] ?? "";
  return list.split(",").flatMap((name) => name.trim().split(" as ").at(-1) || []);
}

function namesDeclaredIn(line: string): string[] {
  return [...namesImportedIn(line), ...(/^\s*(?:const|let) (\w+) =/.exec(line)?.slice(1) ?? [])];
}

function declares(text: string, name: string): boolean {
  return text.split("\n").some((line) => namesImportedIn(line).includes(name));
}
