import path from "node:path/posix";
import { withoutExtension } from "../migration/module-paths.ts";
import { UserError } from "../shared/errors.ts";
import { isTestFile } from "../shared/test-files.ts";
import { loadedSpecifiers } from "./loaded-specifiers.ts";
import type { SourceProject } from "./source-project.ts";

const RUNNER = /^(?:vitest|@jest\/globals|bun:test|node:test|mocha|chai|ava|tap|@playwright\/test)(?:\/|$)/;
/** Suites and doubles of a runner whose functions are globals. */
const GLOBAL_RUNNER =
  /^[ \t]*(?:describe|it|test)(?:\.\w+)*\s*\(\s*["'`]|\b(?:jest|vi)\.(?:fn|mock|spyOn)\(/m;
const COMMENTS = /\/\*[\s\S]*?\*\/|\/\/[^\r\n]*/g;

const KNOWN = new WeakMap<SourceProject, Map<string, boolean>>();

/**
 * True for tests, mocks and harnesses. The name says so, unless production code loads the file: then it is production,
 * whatever it is called. A file that needs a test runner cannot be loaded by production, so only the few that need none
 * are looked for in what others import.
 */
export function isTest(project: SourceProject, file: string): boolean {
  if (!isTestFile(file)) return false;
  let known = KNOWN.get(project);
  if (!known) {
    known = new Map();
    KNOWN.set(project, known);
  }
  let answer = known.get(file);
  if (answer === undefined) {
    known.set(file, true); // files that load each other, and that nothing else loads
    answer = needsRunner(project, file, new Set()) || !isLoadedByProduction(project, file);
    known.set(file, answer);
  }
  return answer;
}

function isLoadedByProduction(project: SourceProject, file: string): boolean {
  const stem = path.basename(withoutExtension(file));
  return project.workspace
    .filesContaining(stem === "index" ? path.basename(path.dirname(file)) : stem)
    .some(
      (other) =>
        other !== file &&
        loadedSpecifiers(codeOf(project, other)).some(
          (specifier) => project.resolve(other, specifier) === file,
        ) &&
        !isTest(project, other) &&
        !needsRunner(project, other, new Set()),
    );
}

/** The file, or a test file that it loads, cannot be loaded outside of a test run. */
function needsRunner(project: SourceProject, file: string, seen: Set<string>): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  const code = codeOf(project, file);
  const specifiers = loadedSpecifiers(code);
  if (specifiers.some((specifier) => RUNNER.test(specifier)) || GLOBAL_RUNNER.test(code)) return true;
  return specifiers.some((specifier) => {
    const target = project.resolve(file, specifier);
    return target !== undefined && isTestFile(target) && needsRunner(project, target, seen);
  });
}

/** The text without its comments, about; nothing is known of a file that cannot be read as text. */
function codeOf(project: SourceProject, file: string): string {
  try {
    return project.text(file).replace(COMMENTS, "");
  } catch (error) {
    if (error instanceof UserError) return "";
    throw error;
  }
}
