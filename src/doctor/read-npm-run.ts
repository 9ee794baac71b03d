import type { RepoFiles } from "./repo-files.ts";

/** One npm script that a command runs. */
export interface NpmScript {
  readonly name: string;
  readonly script: string;
}

const MANAGERS = new Set(["npm", "pnpm", "yarn", "bun"]);
const ALIASES: Readonly<Record<string, string>> = { t: "test", tst: "test" };
/** options that move the run into another package, whose scripts are not those of the root */
const ELSEWHERE =
  /^(?:-w|--workspace|--workspaces|-C|--prefix|--cwd|--dir|--filter|-F|-r|--recursive)(?:=|$)/;

/** The npm scripts of the root that a command runs, with `pre` and `post`; empty when it runs none. */
export async function readNpmRun(words: readonly string[], files: RepoFiles): Promise<NpmScript[]> {
  const names = scriptNames(words);
  if (names.length === 0) return [];
  const scripts = await readScripts(files);
  const wanted = names.flatMap((name) =>
    name.endsWith("*")
      ? Object.keys(scripts).filter((other) => other.startsWith(name.slice(0, -1)))
      : [`pre${name}`, name, `post${name}`],
  );
  return [...new Set(wanted)].flatMap((name) =>
    Object.hasOwn(scripts, name) ? [{ name, script: scripts[name]! }] : [],
  );
}

function scriptNames(words: readonly string[]): string[] {
  const [head, ...rest] = words;
  if (head === undefined) return [];
  if (["run-s", "run-p", "npm-run-all", "npm-run-all2"].includes(head))
    return rest.filter((word) => !word.startsWith("-"));
  if (head === "concurrently")
    return rest.filter((word) => /^(npm|pnpm|yarn|bun):/.test(word)).map((word) => word.replace(/^\w+:/, ""));
  if (head === "node") {
    const at = rest.indexOf("--run");
    return at >= 0 && rest[at + 1] !== undefined ? [rest[at + 1]!] : [];
  }
  if (!MANAGERS.has(head) || rest.some((word) => ELSEWHERE.test(word))) return [];
  const plain = rest.filter((word) => !word.startsWith("-"));
  const [first, second] = plain;
  if (first === "run" || first === "run-script") return second === undefined ? [] : [second];
  if (first === undefined) return [];
  // `npm NAME` is only for the built-in ones; the others take any script.
  if (head === "npm")
    return ["test", "t", "tst", "start", "stop"].includes(first) ? [ALIASES[first] ?? first] : [];
  return [first];
}

async function readScripts(files: RepoFiles): Promise<Readonly<Record<string, string>>> {
  const text = await files.read("package.json");
  if (text === undefined) return {};
  try {
    const { scripts } = JSON.parse(text) as { scripts?: unknown };
    if (typeof scripts !== "object" || scripts === null) return {};
    return Object.fromEntries(
      Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return {};
  }
}
