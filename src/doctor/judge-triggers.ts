import { asRecord, asTexts } from "./read-yaml.ts";

export interface TriggerVerdict {
  readonly onPullRequest: boolean;
  /** another workflow may call this one */
  readonly callable: boolean;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** Judges the `on:` of a workflow: does it run for every pull request. */
export function judgeTriggers(on: unknown): TriggerVerdict {
  const named = typeof on === "object" && on !== null && !Array.isArray(on);
  const events = named ? asRecord(on) : Object.fromEntries(asTexts(on).map((event) => [event, null]));
  const callable = Object.hasOwn(events, "workflow_call");
  if (!Object.hasOwn(events, "pull_request")) {
    const others = Object.keys(events).filter((event) => event !== "workflow_call");
    const target = others.includes("pull_request_target")
      ? "pull_request_target runs on the base revision, not on the change"
      : `it runs on ${others.length > 0 ? others.sort().join(", ") : "no event"}, not on pull requests`;
    return {
      onPullRequest: false,
      callable,
      problems: callable && others.length === 0 ? [] : [target],
      notes: [],
    };
  }
  const settings = asRecord(events["pull_request"]);
  const problems: string[] = [];
  const notes: string[] = [];
  const paths = asTexts(settings["paths"]);
  if (paths.length > 0 && (!paths.includes("**") || paths.some((path) => path.startsWith("!"))))
    problems.push(`pull requests are filtered by paths (${paths.join(", ")})`);
  const ignored = asTexts(settings["paths-ignore"]);
  if (ignored.length > 0) problems.push(`pull requests are filtered by paths-ignore (${ignored.join(", ")})`);
  if (Object.hasOwn(settings, "types")) {
    const types = asTexts(settings["types"]);
    const missing = ["opened", "synchronize"].filter((type) => !types.includes(type));
    if (missing.length > 0) problems.push(`pull_request types leave out ${missing.join(" and ")}`);
  }
  const branches = [
    ...asTexts(settings["branches"]),
    ...asTexts(settings["branches-ignore"]).map((b) => `not ${b}`),
  ];
  if (branches.length > 0) notes.push(`only pull requests into ${branches.join(", ")} are checked`);
  return { onPullRequest: true, callable, problems, notes };
}
