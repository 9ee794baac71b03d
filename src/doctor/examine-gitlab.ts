import { findGateCommands } from "./find-gate-commands.ts";
import type { CiFindings, GateSite, Place } from "./gate-report.ts";
import { splitTop } from "./judge-condition.ts";
import { asRecord, asTexts, readYaml, type YamlFile } from "./read-yaml.ts";
import type { RepoFiles } from "./repo-files.ts";

const FILE = ".gitlab-ci.yml";
const MAX_FILES = 50;
/** keys of the file that are no jobs */
const GLOBAL = new Set(
  "default include stages variables workflow image services cache before_script after_script spec pages:deploy".split(
    " ",
  ),
);
const ON_MERGE_REQUEST = /merge_request_event|CI_MERGE_REQUEST_IID|CI_MERGE_REQUEST_ID/;

type Fields = Readonly<Record<string, unknown>>;

/** Reads `.gitlab-ci.yml` with its local includes and finds every job that runs the gate. */
export async function examineGitLab(files: RepoFiles): Promise<CiFindings & { readonly found: boolean }> {
  const unreadable: { place: Place; message: string }[] = [];
  const parts = await readParts(files, unreadable);
  const whole: Record<string, unknown> = {};
  for (const { yaml } of parts) Object.assign(whole, asRecord(yaml.value));
  const sites: GateSite[] = [];
  for (const { file, yaml } of [...parts].sort((a, b) => (a.file < b.file ? -1 : 1)))
    for (const name of Object.keys(asRecord(yaml.value))) {
      if (GLOBAL.has(name) || name.startsWith(".") || whole[name] !== asRecord(yaml.value)[name]) continue;
      sites.push(...(await sitesOfJob(name, whole, { file, line: yaml.lineOf([name]) }, files)));
    }
  return { found: parts.length > 0 || unreadable.length > 0, sites, unreadable };
}

async function readParts(
  files: RepoFiles,
  unreadable: { place: Place; message: string }[],
): Promise<{ file: string; yaml: YamlFile }[]> {
  const parts: { file: string; yaml: YamlFile }[] = [];
  const queue = [FILE];
  const seen = new Set<string>();
  for (let file = queue.shift(); file !== undefined && seen.size < MAX_FILES; file = queue.shift()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = await files.read(file);
    if (text === undefined) continue;
    const yaml = readYaml(text);
    if (typeof yaml === "string") {
      unreadable.push({ place: { file, line: 1 }, message: `the pipeline cannot be read: ${yaml}` });
      continue;
    }
    // An included file comes first, so that the including one overrides it.
    parts.unshift({ file, yaml });
    const include = asRecord(yaml.value)["include"];
    for (const entry of Array.isArray(include) ? include : [include]) {
      const local = typeof entry === "string" ? entry : asRecord(entry)["local"];
      if (typeof local === "string" && !/^https?:/.test(local)) queue.push(local.replace(/^\//, ""));
    }
  }
  return parts;
}

async function sitesOfJob(name: string, whole: Fields, place: Place, files: RepoFiles): Promise<GateSite[]> {
  const job = withExtends(name, whole, 0);
  const defaults = asRecord(whole["default"]);
  const sites: GateSite[] = [];
  for (const part of ["before_script", "script", "after_script"] as const) {
    const lines = job[part] ?? (part === "script" ? undefined : (defaults[part] ?? whole[part]));
    const script = flatten(lines).join("\n");
    for (const command of await findGateCommands(script, { errexit: true, pipefail: true }, files)) {
      const problems = [...command.problems];
      const notes = [...command.notes];
      const strengths: string[] = [];
      if (part === "after_script") problems.push("a failure of after_script does not fail the job");
      judgeFailure(job, problems);
      judgeRules(job, whole, problems, notes, strengths);
      if (problems.length === 0)
        notes.push(
          'set "Pipelines must succeed" in the project\'s merge request settings (it is not in the files)',
        );
      sites.push({ place, label: [`job "${name}"`, ...command.via].join(", "), strengths, problems, notes });
    }
  }
  return sites;
}

/** `extends` merged in order, the job's own fields last. */
function withExtends(name: string, whole: Fields, depth: number): Fields {
  const own = asRecord(whole[name]);
  if (depth > 10) return own;
  const bases = asTexts(own["extends"]).map((base) => withExtends(base, whole, depth + 1));
  return Object.assign({}, ...bases, own) as Fields;
}

function flatten(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap(flatten) : asTexts(value);
}

function judgeFailure(job: Fields, problems: string[]): void {
  const allow = job["allow_failure"];
  if (allow === true) problems.push("the job has allow_failure: true");
  const codes = asRecord(allow)["exit_codes"];
  if ([codes].flat().some((code) => code === 1 || code === 2 || code === 3))
    problems.push("the job allows exit codes of the gate to fail (allow_failure: exit_codes)");
  if (job["when"] === "manual" || job["when"] === "never" || job["when"] === "on_failure")
    problems.push(`the job has when: ${job["when"]}`);
}

function judgeRules(
  job: Fields,
  whole: Fields,
  problems: string[],
  notes: string[],
  strengths: string[],
): void {
  const rules = Array.isArray(job["rules"]) ? job["rules"].map(asRecord) : undefined;
  const workflow = asRecord(whole["workflow"]);
  const global = Array.isArray(workflow["rules"]) ? workflow["rules"].map(asRecord) : [];
  if (global.length > 0 && !global.some((rule) => startsPipeline(rule, rules !== undefined)))
    problems.push("no rule of workflow:rules matches merge requests");
  for (const needed of neededBy(job)) {
    const other = withExtends(needed, whole, 0);
    if (other["when"] === "manual" && other["allow_failure"] !== false)
      problems.push(`it needs the job "${needed}", which is manual, and the pipeline ends well without both`);
  }
  if (rules) judgeJobRules(rules, problems, notes, strengths);
  else if (job["only"] !== undefined || job["except"] !== undefined)
    judgeOnly(job["only"], job["except"], problems, strengths);
  else strengths.push("it runs on every push and so on every merge request, not filtered by paths");
}

function neededBy(job: Fields): string[] {
  return [job["needs"]].flat().flatMap((need) => {
    const name = typeof need === "string" ? need : asRecord(need)["job"];
    return typeof name === "string" ? [name] : [];
  });
}

/** The first rule that matches decides. */
function judgeJobRules(
  rules: readonly Fields[],
  problems: string[],
  notes: string[],
  strengths: string[],
): void {
  const conditional: string[] = [];
  for (const rule of rules) {
    const match = matchesMergeRequest(rule["if"]);
    if (match === "no") continue;
    const problem = problemOfRule(rule);
    if (problem !== undefined) {
      problems.push(problem);
      return;
    }
    if (match !== "sometimes") {
      if (match === "by-branch") notes.push(`only merge requests with ${String(rule["if"])} are checked`);
      strengths.push("it runs on every merge request, not filtered by paths");
      return;
    }
    conditional.push(String(rule["if"]));
  }
  problems.push(
    conditional.length > 0
      ? `the job runs on merge requests only if ${conditional.join(", or ")}`
      : "no rule of the job matches merge requests",
  );
}

function problemOfRule(rule: Fields): string | undefined {
  if (Object.hasOwn(rule, "changes")) return "merge requests are filtered by rules:changes";
  if (Object.hasOwn(rule, "exists")) return "merge requests are filtered by rules:exists";
  if (rule["when"] === "never" || rule["when"] === "manual")
    return `the rule for merge requests has when: ${rule["when"]}`;
  return rule["allow_failure"] === true ? "the rule for merge requests has allow_failure: true" : undefined;
}

const IS_MERGE_REQUEST =
  /^(?:\$CI_PIPELINE_SOURCE\s*==\s*(["'])merge_request_event\1|\$CI_MERGE_REQUEST_I?ID)$/;
const INTO_BRANCH = /^\$CI_MERGE_REQUEST_TARGET_BRANCH_NAME\s*(?:==|=~)/;

/** Whether a rule's `if` holds for merge requests; one that does not speak of them is about something else. */
function matchesMergeRequest(condition: unknown): "always" | "by-branch" | "sometimes" | "no" {
  if (condition === undefined) return "always";
  const text = String(condition).trim();
  if (!ON_MERGE_REQUEST.test(text) || /!=\s*["']merge_request_event/.test(text)) return "no";
  const open = splitTop(text, "&&").filter(
    (part) => !splitTop(part, "||").some((choice) => IS_MERGE_REQUEST.test(choice)),
  );
  if (open.length === 0) return "always";
  return open.every((part) => INTO_BRANCH.test(part)) ? "by-branch" : "sometimes";
}

function judgeOnly(only: unknown, except: unknown, problems: string[], strengths: string[]): void {
  const refsOf = (value: unknown): string[] =>
    Array.isArray(value) || typeof value === "string" ? asTexts(value) : asTexts(asRecord(value)["refs"]);
  const refs = refsOf(only);
  if (Object.hasOwn(asRecord(only), "changes")) problems.push("the job is filtered by only:changes");
  else if (Object.hasOwn(asRecord(except), "changes")) problems.push("the job is filtered by except:changes");
  else if (refs.length > 0 && !refs.includes("merge_requests") && !refs.includes("branches"))
    problems.push(`the job runs only on ${refs.join(", ")}, not on merge requests`);
  else if (refsOf(except).some((ref) => ref === "merge_requests" || ref === "branches"))
    problems.push("the job is kept from merge requests by except");
  else strengths.push("it runs on every merge request, not filtered by paths");
}

/** A rule of `workflow` that lets a merge request, or the push behind it, start a pipeline. */
function startsPipeline(rule: Fields, ofMergeRequest: boolean): boolean {
  if (rule["when"] === "never" || Object.hasOwn(rule, "changes")) return false;
  const condition = rule["if"] === undefined ? "" : String(rule["if"]).trim();
  return (
    condition === "" ||
    ON_MERGE_REQUEST.test(condition) ||
    (!ofMergeRequest && condition === "$CI_COMMIT_BRANCH")
  );
}
