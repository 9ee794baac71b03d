import { readFileSync } from "node:fs";
import path from "node:path";
import type { CheckOptions } from "../cli/stages.ts";
import type { Config } from "../config/config.ts";
import { CONFIG_FILE, DEFAULT_CONFIG } from "../config/defaults.ts";
import { parseConfig } from "../config/load-config.ts";
import { runGit } from "../discover/run-git.ts";
import type { SourceFileText, Workspace } from "../discover/workspace.ts";
import { NothingScannedError, UserError } from "../shared/errors.ts";
import { renamesSince } from "./open-revision.ts";
import { type Ledger, parseLedger } from "./parse-ledger.ts";
import { readSuppressions } from "./read-suppressions.ts";
import { resolveCommit } from "./resolve-commit.ts";

const DIRECTIVE = /rewire-abort-ignore/g;

/** What decides which findings count: rule levels, floors, ledger and comments. */
export interface Policy {
  readonly config: Config;
  readonly ledger: Ledger | null;
  /** texts whose suppression comments count */
  excusing(files: readonly SourceFileText[]): SourceFileText[];
  readonly warnings: readonly string[];
}

/**
 * The policy of a run: the working tree's own, or with `--policy-ref` that of the base revision, so that a
 * pull request cannot relax the gate that judges it.
 * @throws UserError when the revision, its config or its ledger cannot be read
 */
export function readPolicy(root: string, options: CheckOptions): Policy {
  const ref = options.policyRef;
  if (ref === undefined)
    return {
      config: options.config,
      ledger: ledgerOf(readIfThere(path.join(root, options.config.ledger)), options.config.ledger),
      excusing: (files) => [...files],
      warnings: [],
    };
  const commit = resolveCommit(root, ref, "--policy-ref");
  const configFile = configInside(root, options.configFile);
  const configText = fileAt(root, commit, configFile);
  const config =
    configText === undefined ? DEFAULT_CONFIG : parseConfig(configText, `${configFile} of ${ref}`);
  const changed = [configFile, config.ledger].filter(
    (file) => readIfThere(path.join(root, file)) !== fileAt(root, commit, file),
  );
  return {
    config,
    ledger: ledgerOf(fileAt(root, commit, config.ledger), `${config.ledger} of ${ref}`),
    excusing: (files) => {
      let origins: Map<string, string> | undefined;
      // A file that is not there by its name may have been renamed since: its comments came along.
      const renamedFrom = (file: string): string | undefined => {
        origins ??= new Map([...renamesSince(root, commit)].map(([then, today]) => [today, then]));
        return origins.get(file);
      };
      const textThen = (file: string): string => {
        const same = fileAt(root, commit, file);
        const origin = same === undefined ? renamedFrom(file) : undefined;
        return same ?? (origin === undefined ? undefined : fileAt(root, commit, origin)) ?? "";
      };
      return files.map((file) => withoutNewComments(file, textThen));
    },
    warnings: changed.map((file) => `${file} differs from ${ref}; the revision's own policy was applied.`),
  };
}

/** The config's path in the revision: a file outside of the root is in no revision of it. @throws UserError */
function configInside(root: string, file: string | undefined): string {
  if (file === undefined) return CONFIG_FILE;
  const inside = path.relative(root, path.resolve(file)).split(path.sep).join("/");
  if (inside === "" || inside.startsWith("../") || path.isAbsolute(inside))
    throw new UserError(
      `--config ${file} is outside of the root, so --policy-ref has no revision of it.`,
      "Put the config into the root, or leave --policy-ref out.",
    );
  return inside;
}

/** Comments that the base revision has not are blanked, letter by letter, so that nothing moves. */
function withoutNewComments(file: SourceFileText, textThen: (file: string) => string): SourceFileText {
  const comments = readSuppressions(file.text);
  if (comments.length === 0) return file;
  const known = identities(textThen(file.path));
  // Line breaks stay as they are: each odd piece is one.
  const pieces = file.text.split(LINE_BREAK);
  for (const [index, identity] of identities(file.text).entries()) {
    const at = known.indexOf(identity);
    if (at >= 0) known.splice(at, 1);
    else {
      const piece = (comments[index]!.line - 1) * 2;
      pieces[piece] = pieces[piece]!.replace(DIRECTIVE, (word) => "-".repeat(word.length));
    }
  }
  return { path: file.path, text: pieces.join("") };
}

/** As `readSuppressions` counts lines. */
const LINE_BREAK = /(\r\n|\n|\r)/;

/** What each comment says and what it says it about: one that moved on to other code is another one. */
function identities(text: string): string[] {
  const lines = text.split(LINE_BREAK).filter((_, index) => index % 2 === 0);
  const code = (line: number): string =>
    (lines[line - 1] ?? "").replace(/\/\/.*|\/\*.*?\*\//g, "").replace(/\s+/g, "");
  return readSuppressions(text).map(
    ({ rules, reason, line, target }) =>
      `${rules.join(",")} -- ${reason} -- ${code(line)} -- ${code(target)}`,
  );
}

function fileAt(root: string, commit: string, file: string): string | undefined {
  const answer = runGit(root, ["cat-file", "blob", `${commit}:./${file}`]);
  return answer.kind === "ok" ? answer.stdout.toString("utf8") : undefined;
}

function ledgerOf(text: string | undefined, source: string): Ledger | null {
  return text === undefined ? null : parseLedger(text, source);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`${file} cannot be read.`, "Check its permissions.");
  }
}

/**
 * @throws NothingScannedError when a folder with a floor holds no scanned file at all
 * @throws UserError when one lost more files than its floor allows
 */
export function holdFloors(workspace: Workspace, floors: Config["floors"]): void {
  const broken = Object.entries(floors)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([folder, floor]) => {
      const count = workspace.scanned.filter(
        (file) => folder === "." || file.startsWith(`${folder}/`),
      ).length;
      return count < floor ? [{ folder, count, floor }] : [];
    });
  if (broken.length === 0) return;
  const Refusal = broken.some(({ count }) => count === 0) ? NothingScannedError : UserError;
  throw new Refusal(
    `Too few files were scanned: ${broken
      .map(({ folder, count, floor }) => `${folder} holds ${count} scanned file(s); its floor is ${floor}`)
      .join("; ")}.`,
    "Find out where they went; lower the floor in rewire-abort.json only if they are gone for good.",
  );
}
