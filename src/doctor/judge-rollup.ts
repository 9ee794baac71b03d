import { conditionText } from "./judge-condition.ts";
import { asRecord, asTexts } from "./read-yaml.ts";

type Jobs = Readonly<Record<string, unknown>>;

export interface RollupVerdict {
  readonly strengths: readonly string[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

const NAME =
  /^(?:ci|ci[-_ ]?(?:ok|pass(?:ed)?|success|status|gate|required|result|complete|done|all)|(?:all|merge|required)[-_ ]?\w*|rollup|gate|gatekeeper|status|result|conclusion|done|success|finish(?:ed)?|alls-green|checks?[-_ ]?(?:pass(?:ed)?|ok|complete))$/i;
const RUNS_AFTER_FAILURE = /always\(\)|!\s*cancelled\(\)|failure\(\)/;
const RESULT_IS_GOOD = /result\s*==\s*['"]success['"]/;
const RESULT_IS_BAD =
  /failure|result\s*!=\s*['"]success['"]|!\s*contains\([^)]*['"]success['"]|!\s*\([^)]*==\s*['"]success['"]/;
const FAILS =
  /\bexit\s+(?:[1-9]|"?\$)|\bfalse\b|setFailed|process\.exit\(|\bthrow\b|\btest\s|\[\[?\s|jq\s+-\w*e|\bgrep\b/;

/**
 * A rollup job is the one that branch protection requires. It must wait for the gate's job and fail when that
 * failed: a job that is skipped because what it needs failed counts as passed on GitHub.
 */
export function judgeRollup(jobs: Jobs, gate: string): RollupVerdict {
  const candidates = Object.keys(jobs).filter((id) => id !== gate && isRollup(id, asRecord(jobs[id])));
  if (candidates.length === 0)
    return {
      strengths: [],
      problems: [],
      notes: [
        `there is no rollup job: make the job "${gate}" a required status check (branch protection is not in the files)`,
      ],
    };
  const verdicts = candidates.map((id) => ({ id, problems: problemsOf(id, asRecord(jobs[id]), gate, jobs) }));
  const good = verdicts.find(({ problems }) => problems.length === 0);
  if (good)
    return {
      strengths: [`the rollup job "${good.id}" needs "${gate}" and fails with it`],
      problems: [],
      notes: [],
    };
  return { strengths: [], problems: verdicts.flatMap(({ problems }) => problems), notes: [] };
}

function isRollup(id: string, job: Readonly<Record<string, unknown>>): boolean {
  const needs = asTexts(job["needs"]);
  if (needs.length === 0) return false;
  if (NAME.test(id) || (typeof job["name"] === "string" && NAME.test(job["name"]))) return true;
  return (
    needs.length >= 2 && RUNS_AFTER_FAILURE.test(String(job["if"] ?? "")) && FAILS.test(textsOf(job["steps"]))
  );
}

function problemsOf(id: string, job: Readonly<Record<string, unknown>>, gate: string, jobs: Jobs): string[] {
  const needs = asTexts(job["needs"]);
  if (!needs.includes(gate)) {
    const through = needs.find((other) => asTexts(asRecord(jobs[other])["needs"]).includes(gate));
    return [
      through === undefined
        ? `the rollup job "${id}" does not need "${gate}", so its failure is not seen`
        : `the rollup job "${id}" needs "${gate}" only through "${through}", which is skipped when the gate fails`,
    ];
  }
  const condition = conditionText(job["if"] ?? "");
  if (!RUNS_AFTER_FAILURE.test(condition))
    return [
      `the rollup job "${id}" has no if: always(), so it is skipped when "${gate}" fails, and a skipped job counts as passed`,
    ];
  if (RESULT_IS_GOOD.test(condition) && !condition.includes("||"))
    return [`the rollup job "${id}" runs only if ${condition}, so it is skipped when "${gate}" fails`];
  if (job["continue-on-error"] === true) return [`the rollup job "${id}" is continue-on-error`];
  const steps = Array.isArray(job["steps"]) ? job["steps"].map(asRecord) : [];
  if (greenAction(steps, gate)) return [];
  const whole = `${condition}\n${textsOf(job["steps"])}\n${textsOf(job["env"])}`;
  const tested =
    resultPattern(gate).test(whole) || (/\bfailure\(\)/.test(condition) && !/always\(\)/.test(condition));
  if (!tested)
    return [`the rollup job "${id}" needs "${gate}" but its condition does not test needs.${gate}.result`];
  const failing = steps.some(
    (step) => step["continue-on-error"] !== true && !looksAway(step["if"]) && FAILS.test(unmasked(step)),
  );
  return failing ? [] : [`the rollup job "${id}" reads the result of "${gate}" but no step of it fails`];
}

/** A step whose condition tests results, and never that one is bad. */
function looksAway(condition: unknown): boolean {
  const text = conditionText(condition ?? "");
  return /\.result|toJSON\(\s*needs/i.test(text) && !RESULT_IS_BAD.test(text);
}

/** What a step does, without exits that are swallowed where they stand. */
function unmasked(step: Readonly<Record<string, unknown>>): string {
  const { if: _, ...rest } = step;
  return textsOf(rest).replace(/\bexit\s+\S+\s*\|\|\s*(?:true|:)/g, "");
}

function resultPattern(gate: string): RegExp {
  const id = gate.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(
    `needs\\.${id}\\.result|needs\\[['"]${id}['"]\\]\\.result|needs\\.\\*\\.result|to[Jj][Ss][Oo][Nn]\\(\\s*needs\\s*\\)`,
  );
}

/** `re-actors/alls-green` tests all results, apart from those it is told to allow. */
function greenAction(steps: readonly Readonly<Record<string, unknown>>[], gate: string): boolean {
  return steps.some((step) => {
    if (typeof step["uses"] !== "string" || !/\/alls-green@/.test(step["uses"])) return false;
    const options = asRecord(step["with"]);
    const allowed = `${options["allowed-failures"] ?? ""},${options["allowed-skips"] ?? ""}`;
    return textsOf(options["jobs"]).includes("needs") && !allowed.split(/[\s,]+/).includes(gate);
  });
}

function textsOf(value: unknown): string {
  if (typeof value === "object" && value !== null) return Object.values(value).map(textsOf).join("\n");
  return value === undefined || value === null ? "" : String(value);
}
