import { examineGitHub } from "./examine-github.ts";
import { examineGitLab } from "./examine-gitlab.ts";
import type { GateCheck, GateReport, GateSite } from "./gate-report.ts";
import { openRepoFiles } from "./repo-files.ts";

/**
 * Is the gate wired into CI so that it blocks, and does it still see a violation.
 * @param root absolute real path
 * @param plantedViolationFound runs the real check on a planted violation; null when that could not be done
 */
export async function examineGate(
  root: string,
  plantedViolationFound: () => Promise<boolean | null>,
): Promise<GateReport> {
  const files = openRepoFiles(root);
  const github = await examineGitHub(files);
  const gitlab = await examineGitLab(files);
  const sites = [...github.sites, ...gitlab.sites];
  const unreadable = [...github.unreadable, ...gitlab.unreadable];
  const blocking = sites.filter(({ problems }) => problems.length === 0);

  const checks: GateCheck[] = [];
  if (!github.found && !gitlab.found)
    checks.push(problem("there is no .github/workflows and no .gitlab-ci.yml: nothing runs the gate"));
  else if (sites.length === 0 && unreadable.length === 0)
    checks.push(
      problem("no CI job runs rewire-abort check, neither directly nor through an npm script or an action"),
    );
  for (const { place, message } of unreadable) checks.push({ status: "unknown", message, place });
  for (const site of sites) checks.push(...checksOfSite(site, blocking.length > 0));
  checks.push(await plantedCheck(plantedViolationFound));

  const exitCode = exitCodeOf(
    checks.at(-1)!.status,
    blocking.length > 0,
    sites.length === 0 && unreadable.length > 0,
  );
  return { checks, verdict: VERDICTS[exitCode], exitCode };
}

/** A gate that is seen to be open is 1, even where something else could not be told. */
function exitCodeOf(planted: GateCheck["status"], wired: boolean, blind: boolean): 0 | 1 | 2 {
  if (planted === "problem" || (!wired && !blind)) return 1;
  return !wired || planted === "unknown" ? 2 : 0;
}

const VERDICTS = {
  0: "The gate is wired into CI, it blocks, and it finds a planted violation.",
  1: "The gate can be passed by: mend the problems above.",
  2: "It could not be told whether the gate blocks.",
} as const;

/** Once one place blocks, what is wrong at another (a nightly run, say) is only worth a note. */
function checksOfSite(site: GateSite, wired: boolean): GateCheck[] {
  const { place, label } = site;
  const good = site.problems.length === 0;
  const head: GateCheck = {
    status: good ? "ok" : "note",
    message: good ? `${label} runs rewire-abort check and fails with it` : `${label} runs rewire-abort check`,
    place,
  };
  return [
    head,
    ...site.strengths.map((message): GateCheck => ({ status: "ok", message: `${label}: ${message}`, place })),
    ...site.problems.map(
      (message): GateCheck => ({
        status: wired ? "note" : "problem",
        message: `${label}: ${message}`,
        place,
      }),
    ),
    ...site.notes.map((message): GateCheck => ({ status: "note", message: `${label}: ${message}`, place })),
  ];
}

async function plantedCheck(plantedViolationFound: () => Promise<boolean | null>): Promise<GateCheck> {
  const found = await plantedViolationFound();
  if (found === null)
    return {
      status: "unknown",
      message: "no violation could be planted, so nothing shows that check sees one",
      place: null,
    };
  return found
    ? { status: "ok", message: "a planted violation is found by the real check", place: null }
    : problem("a planted violation is NOT found by the real check: a green gate means nothing");
}

function problem(message: string): GateCheck {
  return { status: "problem", message, place: null };
}
