import { findGateCommands, type GateCommand } from "./find-gate-commands.ts";
import type { CiFindings, GateSite, Place } from "./gate-report.ts";
import { judgeCondition } from "./judge-condition.ts";
import { judgeRollup } from "./judge-rollup.ts";
import { judgeTriggers, type TriggerVerdict } from "./judge-triggers.ts";
import { asRecord, asTexts, readYaml, type YamlFile } from "./read-yaml.ts";
import type { RepoFiles } from "./repo-files.ts";

const FOLDER = ".github/workflows";
/** A reusable action of ours, in whichever repository it is published. */
const OUR_ACTION = /(?:^|\/)rewire-abort(?:-(?:action|check))?(?:\/check)?@/;

interface Workflow {
  readonly file: string;
  readonly yaml: YamlFile;
  readonly triggers: TriggerVerdict;
  readonly jobs: Readonly<Record<string, unknown>>;
}

/** Reads `.github/workflows` and finds every place that runs the gate. */
export async function examineGitHub(files: RepoFiles): Promise<CiFindings & { readonly found: boolean }> {
  const names = (await files.list(FOLDER)).filter((name) => /\.ya?ml$/.test(name));
  const workflows: Workflow[] = [];
  const unreadable: { place: Place; message: string }[] = [];
  for (const name of names) {
    const file = `${FOLDER}/${name}`;
    const yaml = readYaml((await files.read(file)) ?? "");
    if (typeof yaml === "string") {
      unreadable.push({ place: { file, line: 1 }, message: `the workflow cannot be read: ${yaml}` });
      continue;
    }
    const value = asRecord(yaml.value);
    workflows.push({ file, yaml, triggers: judgeTriggers(value["on"]), jobs: asRecord(value["jobs"]) });
  }
  const sites: GateSite[] = [];
  for (const workflow of workflows)
    for (const job of Object.keys(workflow.jobs))
      sites.push(...(await sitesOfJob(workflow, job, workflows, files)));
  return { found: names.length > 0, sites, unreadable };
}

interface Judgement {
  readonly strengths: string[];
  readonly problems: string[];
  readonly notes: string[];
}

async function sitesOfJob(
  workflow: Workflow,
  id: string,
  all: readonly Workflow[],
  files: RepoFiles,
): Promise<GateSite[]> {
  const job = asRecord(workflow.jobs[id]);
  const steps = Array.isArray(job["steps"]) ? job["steps"] : [];
  const sites: GateSite[] = [];
  for (let index = 0; index < steps.length; index += 1) {
    const step = asRecord(steps[index]);
    const path = ["jobs", id, "steps", index];
    for (const command of await gateCommandsOf(step, workflow, job, files)) {
      const line =
        typeof step["run"] === "string"
          ? workflow.yaml.textLineOf([...path, "run"]) + command.line
          : workflow.yaml.lineOf([...path, "uses"]);
      const title = typeof step["name"] === "string" ? `step "${step["name"]}"` : `step ${index + 1}`;
      const label = [`job "${id}"`, title, ...command.via].join(", ");
      const judged: Judgement = { strengths: [], problems: [...command.problems], notes: [...command.notes] };
      judgeGuards(step, "step", judged, asRecord(asRecord(job["strategy"])["matrix"]));
      judgeGuards(job, "job", judged);
      judgeNeeds(workflow, id, judged);
      judgeWorkflow(workflow, id, all, judged, []);
      sites.push({ place: { file: workflow.file, line }, label, ...judged });
    }
  }
  return sites;
}

async function gateCommandsOf(
  step: Readonly<Record<string, unknown>>,
  workflow: Workflow,
  job: Readonly<Record<string, unknown>>,
  files: RepoFiles,
): Promise<GateCommand[]> {
  if (typeof step["run"] === "string") {
    const shell = step["shell"] ?? defaultShell(job) ?? defaultShell(asRecord(workflow.yaml.value));
    return await findGateCommands(step["run"], shellMode(shell), files);
  }
  if (typeof step["uses"] !== "string") return [];
  if (OUR_ACTION.test(step["uses"])) {
    const options = asRecord(step["with"]);
    const command = options["command"] ?? "check";
    if (command !== "check") return [];
    const relaxed =
      /--report-only/.test(Object.values(options).join(" ")) || String(options["report-only"]) === "true";
    return [
      {
        line: 0,
        via: [step["uses"]],
        problems: relaxed ? ["report-only lets findings pass"] : [],
        notes: [],
      },
    ];
  }
  return step["uses"].startsWith("./") ? await compositeCommands(step["uses"], files) : [];
}

/** The steps of a composite action of the same repository. */
async function compositeCommands(uses: string, files: RepoFiles): Promise<GateCommand[]> {
  const folder = uses.replace(/^\.\//, "").replace(/\/$/, "");
  const text = (await files.read(`${folder}/action.yml`)) ?? (await files.read(`${folder}/action.yaml`));
  const yaml = text === undefined ? "" : readYaml(text);
  if (typeof yaml === "string") return [];
  const steps = asRecord(asRecord(yaml.value)["runs"])["steps"];
  const found: GateCommand[] = [];
  for (const step of Array.isArray(steps) ? steps.map(asRecord) : []) {
    if (typeof step["run"] !== "string") continue;
    for (const command of await findGateCommands(step["run"], shellMode(step["shell"]), files)) {
      const judged: Judgement = { strengths: [], problems: [...command.problems], notes: [...command.notes] };
      judgeGuards(step, "step of the action", judged);
      found.push({ ...judged, line: 0, via: [uses, ...command.via] });
    }
  }
  return found;
}

/** GitHub runs `bash -e` without a shell setting, `bash -eo pipefail` with `shell: bash`, custom ones as they are. */
function shellMode(shell: unknown): { errexit: boolean; pipefail: boolean } {
  if (typeof shell !== "string") return { errexit: true, pipefail: false };
  if (!shell.includes("{0}")) return { errexit: true, pipefail: shell === "bash" };
  return { errexit: /\s-\w*e|errexit/.test(shell), pipefail: shell.includes("pipefail") };
}

function defaultShell(owner: Readonly<Record<string, unknown>>): unknown {
  return asRecord(asRecord(owner["defaults"])["run"])["shell"];
}

/** `if:` and `continue-on-error:` of a step or job. */
function judgeGuards(
  owner: Readonly<Record<string, unknown>>,
  what: string,
  judged: Judgement,
  matrix: Readonly<Record<string, unknown>> = {},
): void {
  const tolerant = owner["continue-on-error"];
  if (tolerant !== undefined && tolerant !== false && tolerant !== "false")
    judged.problems.push(
      `the ${what} is continue-on-error${tolerant === true ? "" : ` (${String(tolerant)})`}`,
    );
  const verdict = judgeCondition(owner["if"], matrix);
  if (verdict.kind === "may-skip")
    judged.problems.push(`the ${what} runs only if ${verdict.text}; when skipped it counts as passed`);
  if (verdict.kind === "note") judged.notes.push(`the ${what} runs only if ${verdict.text}`);
}

/** A job is skipped with the jobs that it needs, and then counts as passed. */
function judgeNeeds(workflow: Workflow, id: string, judged: Judgement): void {
  const own = String(asRecord(workflow.jobs[id])["if"] ?? "");
  if (/always\(\)|!\s*cancelled\(\)/.test(own)) return;
  const seen = new Set<string>();
  const queue = asTexts(asRecord(workflow.jobs[id])["needs"]);
  for (let needed = queue.pop(); needed !== undefined; needed = queue.pop()) {
    if (seen.has(needed)) continue;
    seen.add(needed);
    const job = asRecord(workflow.jobs[needed]);
    const verdict = judgeCondition(job["if"]);
    if (verdict.kind === "may-skip")
      judged.problems.push(
        `it needs the job "${needed}", which runs only if ${verdict.text}; skipped together, both count as passed`,
      );
    queue.push(...asTexts(job["needs"]));
  }
}

/** Triggers and rollup, of this workflow or of those that call it, directly or through others. */
function judgeWorkflow(
  workflow: Workflow,
  id: string,
  all: readonly Workflow[],
  judged: Judgement,
  through: readonly string[],
): void {
  const { triggers } = workflow;
  if (!triggers.onPullRequest && triggers.callable) {
    const ways = callersOf(workflow, all)
      .filter(({ from }) => from.file !== workflow.file && !through.includes(from.file))
      .map(({ from, job }) => {
        const way: Judgement = { strengths: [], problems: [], notes: [] };
        judgeGuards(asRecord(from.jobs[job]), `calling job "${job}"`, way);
        judgeNeeds(from, job, way);
        judgeWorkflow(from, job, all, way, [...through, workflow.file]);
        return way;
      });
    const best = ways.sort((one, other) => one.problems.length - other.problems.length)[0];
    judged.strengths.push(...(best?.strengths ?? []));
    judged.notes.push(...(best?.notes ?? []));
    judged.problems.push(
      ...(best?.problems ?? [
        ...triggers.problems,
        "the workflow is only callable, and no workflow of the repository calls it",
      ]),
    );
    return;
  }
  judged.problems.push(...triggers.problems);
  judged.notes.push(...triggers.notes);
  if (!triggers.onPullRequest) return;
  if (triggers.problems.length === 0)
    judged.strengths.push("it runs on every pull request, not filtered by paths");
  const rollup = judgeRollup(workflow.jobs, id);
  judged.strengths.push(...rollup.strengths);
  judged.problems.push(...rollup.problems);
  judged.notes.push(...rollup.notes);
}

function callersOf(workflow: Workflow, all: readonly Workflow[]): { from: Workflow; job: string }[] {
  return all.flatMap((from) =>
    Object.keys(from.jobs)
      .filter((job) => asRecord(from.jobs[job])["uses"] === `./${workflow.file}`)
      .map((job) => ({ from, job })),
  );
}
