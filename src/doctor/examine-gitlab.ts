import { findGateCommands } from "./find-gate-commands.ts";
import type { CiFindings, GateSite, Place } from "./gate-report.ts";
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
      judgeRules(job, asRecord(whole["workflow"]), problems, strengths);
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

function judgeRules(job: Fields, workflow: Fields, problems: string[], strengths: string[]): void {
  const rules = Array.isArray(job["rules"]) ? job["rules"].map(asRecord) : undefined;
  const only = job["only"];
  if (rules) {
    const matching = rules.find(
      (rule) => rule["if"] === undefined || ON_MERGE_REQUEST.test(String(rule["if"])),
    );
    if (!matching) problems.push("no rule of the job matches merge requests");
    else if (Object.hasOwn(matching, "changes"))
      problems.push("merge requests are filtered by rules:changes");
    else if (Object.hasOwn(matching, "exists")) problems.push("merge requests are filtered by rules:exists");
    else if (matching["when"] === "never" || matching["when"] === "manual")
      problems.push(`the rule for merge requests has when: ${matching["when"]}`);
    else if (matching["allow_failure"] === true)
      problems.push("the rule for merge requests has allow_failure: true");
    else strengths.push("it runs on every merge request, not filtered by paths");
    return;
  }
  if (only !== undefined) {
    const refs =
      Array.isArray(only) || typeof only === "string" ? asTexts(only) : asTexts(asRecord(only)["refs"]);
    if (Object.hasOwn(asRecord(only), "changes")) problems.push("the job is filtered by only:changes");
    else if (refs.length > 0 && !refs.includes("merge_requests") && !refs.includes("branches"))
      problems.push(`the job runs only on ${refs.join(", ")}, not on merge requests`);
    else strengths.push("it runs on every merge request, not filtered by paths");
    return;
  }
  const global = Array.isArray(workflow["rules"]) ? workflow["rules"].map(asRecord) : [];
  if (global.length > 0 && !global.some(startsPipeline))
    problems.push("no rule of workflow:rules matches merge requests");
  else strengths.push("it runs on every push and so on every merge request, not filtered by paths");
}

/** A rule of `workflow` that lets a merge request, or the push behind it, start a pipeline. */
function startsPipeline(rule: Fields): boolean {
  if (rule["when"] === "never" || Object.hasOwn(rule, "changes")) return false;
  const condition = rule["if"] === undefined ? "" : String(rule["if"]).trim();
  return condition === "" || ON_MERGE_REQUEST.test(condition) || condition === "$CI_COMMIT_BRANCH";
}
