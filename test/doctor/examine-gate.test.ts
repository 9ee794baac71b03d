// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub workflows are written like this
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { examineGate } from "../../src/doctor/examine-gate.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "rewire-doctor-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
}

/** The exit code and every problem sentence, with a healthy planted check. */
async function examine(
  files: Readonly<Record<string, string>>,
): Promise<{ exitCode: number; problems: string }> {
  await put(files);
  const { exitCode, checks } = await examineGate(root, async () => true);
  return {
    exitCode,
    problems: checks
      .filter(({ status }) => status === "problem")
      .map(({ message }) => message)
      .join("\n"),
  };
}

const workflow = (
  options: { on?: string; job?: string; run?: string; step?: string; more?: string } = {},
) => ({
  ".github/workflows/ci.yml": `name: CI
on: ${options.on ?? "pull_request"}
jobs:
  gate:
    runs-on: ubuntu-latest
${options.job ?? ""}    steps:
      - uses: actions/checkout@v4
      - name: Abort gate
${options.step ?? ""}        run: ${options.run ?? "npx rewire-abort check"}
${options.more ?? ""}`,
});

const rollup = (condition: string, needs: string, step: string) => `
  ci:
${condition === "" ? "" : `    if: ${condition}\n`}    needs: ${needs}
    runs-on: ubuntu-latest
    steps:
${step}
`;
const MATRIX =
  "    strategy:\n      matrix:\n        node: [20, 22]\n        include:\n          - os: linux\n";
const FAIL_STEP = `      - if: needs.gate.result != 'success'
        run: exit 1`;

describe("examineGate on GitHub workflows", () => {
  it("passes a gate that runs on every pull request, and says where", async () => {
    await put(workflow());
    const { exitCode, checks } = await examineGate(root, async () => true);
    expect(exitCode).toBe(0);
    expect(checks[0]).toMatchObject({
      status: "ok",
      message: 'job "gate", step "Abort gate" runs rewire-abort check and fails with it',
      place: { file: ".github/workflows/ci.yml", line: 9 },
    });
    expect(checks.map(({ message }) => message).join("\n")).toContain("there is no rollup job");
  });

  it.each<[string, Parameters<typeof workflow>[0]]>([
    ["a list of events", { on: "[push, pull_request]" }],
    ["a map of events", { on: "\n  push:\n    branches: [main]\n  pull_request:" }],
    ["a filter of branches", { on: "\n  pull_request:\n    branches: [main]" }],
    ["paths that match everything", { on: "\n  pull_request:\n    paths: ['**']" }],
    ["a job that is only for pull requests", { job: "    if: github.event_name == 'pull_request'\n" }],
    ["a job that is off in forks", { job: "    if: ${{ github.repository == 'o/r' }}\n" }],
    ["a step that runs after failures", { step: "        if: always()\n" }],
    ["continue-on-error: false", { step: "        continue-on-error: false\n" }],
    ["a pipe under bash", { step: "        shell: bash\n", run: "npx rewire-abort check | tee log" }],
    [
      "a step on one leg of a matrix",
      { job: MATRIX, step: "        if: matrix.node == 22 && matrix.os == 'linux'\n" },
    ],
    ["a block script", { run: "|\n          npm ci\n          npx rewire-abort check" }],
  ])("passes %s", async (_, options) => {
    expect(await examine(workflow(options))).toEqual({ exitCode: 0, problems: "" });
  });

  it.each<[string, Parameters<typeof workflow>[0], RegExp]>([
    ["only pushes", { on: "push" }, /runs on push, not on pull requests/],
    ["pull_request_target", { on: "pull_request_target" }, /runs on the base revision/],
    ["paths", { on: "\n  pull_request:\n    paths: ['src/**']" }, /filtered by paths \(src\/\*\*\)/],
    [
      "paths with exceptions",
      { on: "\n  pull_request:\n    paths: ['**', '!docs/**']" },
      /filtered by paths \(\*\*, !docs/,
    ],
    [
      "a leg that the matrix has not",
      { job: MATRIX, step: "        if: matrix.node == 18\n" },
      /the step runs only if matrix\.node == 18/,
    ],
    ["paths-ignore", { on: "\n  pull_request:\n    paths-ignore: [docs/**]" }, /filtered by paths-ignore/],
    [
      "types without synchronize",
      { on: "\n  pull_request:\n    types: [opened]" },
      /types leave out synchronize/,
    ],
    [
      "continue-on-error on the step",
      { step: "        continue-on-error: true\n" },
      /the step is continue-on-error/,
    ],
    [
      "continue-on-error on the job",
      { job: "    continue-on-error: true\n" },
      /the job is continue-on-error/,
    ],
    [
      "continue-on-error by expression",
      { job: "    continue-on-error: ${{ matrix.soft }}\n" },
      /matrix\.soft/,
    ],
    ["|| true", { run: "npx rewire-abort check || true" }, /\|\| true swallows/],
    ["; true", { run: "npx rewire-abort check; true" }, /; true after it/],
    ["--report-only", { run: "npx rewire-abort check --report-only" }, /--report-only/],
    [
      "a condition on changed files",
      { job: "    if: needs.changes.outputs.src == 'true'\n" },
      /the job runs only if needs\.changes/,
    ],
    ["a step for pushes", { step: "        if: github.event_name == 'push'\n" }, /the step runs only if/],
    ["a pipe without pipefail", { run: "npx rewire-abort check | tee log" }, /no pipefail/],
    [
      "a custom shell without -e",
      { step: "        shell: bash {0}\n", run: "|\n          npx rewire-abort check\n          echo" },
      /no set -e/,
    ],
    [
      "a needed job that may be skipped",
      {
        job: "    needs: changes\n",
        more: "  changes:\n    if: github.ref == 'refs/heads/main'\n    runs-on: x\n    steps: []\n",
      },
      /it needs the job "changes", which runs only if/,
    ],
  ])("reports %s", async (_, options, message) => {
    const { exitCode, problems } = await examine(workflow(options));
    expect(problems).toMatch(message);
    expect(exitCode).toBe(1);
  });

  it("passes a rollup that needs the gate and tests its result", async () => {
    for (const step of [
      FAIL_STEP,
      "      - if: contains(needs.*.result, 'failure')\n        run: exit 1",
      "      - if: contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled')\n        run: exit 1",
      "      - uses: re-actors/alls-green@release/v1\n        with:\n          jobs: ${{ toJSON(needs) }}",
      '      - run: test "${{ needs.gate.result }}" = success',
    ])
      expect(await examine(workflow({ more: rollup("always()", "[gate]", step) }))).toEqual({
        exitCode: 0,
        problems: "",
      });
  });

  it.each([
    ["does not need the gate", rollup("always()", "[lint]", FAIL_STEP), /"ci" does not need "gate"/],
    [
      "needs it through another",
      `${rollup("always()", "[mid]", FAIL_STEP)}  mid:\n    needs: gate\n    steps: []\n`,
      /only through "mid"/,
    ],
    ["has no condition", rollup("", "[gate]", "      - run: echo ok"), /no if: always\(\)/],
    [
      "does not test the result",
      rollup("always()", "[gate, lint]", "      - if: needs.lint.result != 'success'\n        run: exit 1"),
      /does not test needs\.gate\.result/,
    ],
    [
      "reads the result and goes on",
      rollup("always()", "[gate]", '      - run: echo "${{ needs.gate.result }}"'),
      /no step of it fails/,
    ],
    [
      "runs only when all went well",
      rollup("always() && needs.gate.result == 'success'", "[gate]", "      - run: exit 1"),
      /is skipped when "gate" fails/,
    ],
    [
      "looks for something else than a failure",
      rollup("always()", "[gate]", "      - if: contains(needs.*.result, 'cancelled')\n        run: exit 1"),
      /no step of it fails/,
    ],
    [
      "swallows its own exit",
      rollup("always()", "[gate]", "      - if: needs.gate.result != 'success'\n        run: exit 1 || true"),
      /no step of it fails/,
    ],
    [
      "allows the gate to fail",
      rollup(
        "always()",
        "[gate]",
        "      - uses: re-actors/alls-green@v1\n        with:\n          allowed-failures: lint, gate\n          jobs: x",
      ),
      /does not test/,
    ],
  ])("reports a rollup that %s", async (_, more, message) => {
    const { exitCode, problems } = await examine(workflow({ more }));
    expect(problems).toMatch(message);
    expect(exitCode).toBe(1);
  });

  const uses = (on: string, workflow: string, condition = "") =>
    `on: ${on}\njobs:\n  call:\n${condition === "" ? "" : `    if: ${condition}\n`}    uses: ./.github/workflows/${workflow}.yml\n`;
  const innermost = "on: workflow_call\njobs:\n  inner:\n    steps:\n      - run: rewire-abort check\n";

  it.each<[string, Record<string, string>]>([
    [
      "through another one",
      { outer: uses("pull_request", "middle"), middle: uses("workflow_call", "inner") },
    ],
    [
      "by two, one of which has a condition",
      {
        soft: uses("pull_request", "inner", "github.event_name == 'push'"),
        hard: uses("pull_request", "inner"),
      },
    ],
  ])("passes a workflow that is called %s", async (_, callers) => {
    const named = Object.entries({ ...callers, inner: innermost });
    const files = named.map(([name, text]) => [`.github/workflows/${name}.yml`, text]);
    expect(await examine(Object.fromEntries(files))).toEqual({ exitCode: 0, problems: "" });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["that nothing calls", { middle: uses("workflow_call", "inner") }, /no workflow of the repository calls/],
    [
      "on pushes only",
      { outer: uses("push", "middle"), middle: uses("workflow_call", "inner") },
      /runs on push, not on pull requests/,
    ],
    [
      "under a condition",
      { outer: uses("pull_request", "middle"), middle: uses("workflow_call", "inner", "inputs.deep") },
      /the calling job "call" runs only if inputs\.deep/,
    ],
    [
      "in a circle",
      {
        middle: uses("workflow_call", "round"),
        round: `${uses("workflow_call", "middle")}  b:\n    uses: ./.github/workflows/inner.yml\n`,
      },
      /no workflow of the repository calls/,
    ],
  ])("reports a workflow that is called by one %s", async (_, callers, message) => {
    const named = Object.entries({ ...callers, inner: innermost });
    const files = named.map(([name, text]) => [`.github/workflows/${name}.yml`, text]);
    const { exitCode, problems } = await examine(Object.fromEntries(files));
    expect(problems).toMatch(message);
    expect(exitCode).toBe(1);
  });

  it("does not take a deployment or a notification for a rollup", async () => {
    const more = `  deploy:\n    needs: [gate, build]\n    steps:\n      - run: ./deploy.sh\n  notify:\n    if: always()\n    needs: [gate, build]\n    steps:\n      - run: ./notify.sh\n`;
    expect(await examine(workflow({ more }))).toEqual({ exitCode: 0, problems: "" });
  });

  it("follows npm scripts, local actions, our action and reusable workflows", async () => {
    expect(
      await examine({
        ...workflow({ run: "pnpm check" }),
        "package.json": '{"scripts":{"check":"tsc && rewire-abort check"}}',
      }),
    ).toEqual({ exitCode: 0, problems: "" });
    await rm(path.join(root, "package.json"));
    const uses = (name: string) => ({
      ".github/workflows/ci.yml": `on: pull_request\njobs:\n  gate:\n    steps:\n      - uses: ${name}\n`,
    });
    expect(
      await examine({
        ...uses("./.github/actions/abort"),
        ".github/actions/abort/action.yml":
          "runs:\n  using: composite\n  steps:\n    - run: npx rewire-abort check\n      shell: bash\n",
      }),
    ).toEqual({ exitCode: 0, problems: "" });
    expect(await examine(uses("some-org/rewire-abort@v1"))).toEqual({ exitCode: 0, problems: "" });
    expect((await examine(uses("some-org/other@v1"))).exitCode).toBe(1);
    const called = {
      ".github/workflows/gate.yml":
        "on: workflow_call\njobs:\n  inner:\n    steps:\n      - run: npx rewire-abort check\n",
    };
    expect((await examine({ ...uses("actions/checkout@v4"), ...called })).problems).toMatch(
      /no workflow of the repository calls it/,
    );
    const caller = (extra: string) => ({
      ".github/workflows/ci.yml": `on: pull_request\njobs:\n  gate:\n    uses: ./.github/workflows/gate.yml\n${extra}`,
    });
    expect(await examine(caller(""))).toEqual({ exitCode: 0, problems: "" });
    expect((await examine(caller("    if: github.ref == 'x'\n"))).problems).toMatch(
      /calling job "gate" runs only if/,
    );
  });

  it("is content with one blocking place, and only notes another that is not", async () => {
    const nightly = {
      ".github/workflows/nightly.yml":
        "on: schedule\njobs:\n  n:\n    steps:\n      - run: npx rewire-abort check || true\n",
    };
    expect(await examine({ ...workflow(), ...nightly })).toEqual({ exitCode: 0, problems: "" });
  });
});

describe("examineGate on GitLab", () => {
  const gitlab = (job: string, more = "") => ({
    ".gitlab-ci.yml": `${more}gate:\n  script:\n    - npm ci\n    - npx rewire-abort check\n${job}`,
  });

  it.each([
    ["a job without rules", "", ""],
    ["a rule for merge requests", "  rules:\n    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n", ""],
    ["only: merge_requests", "  only: [merge_requests]\n", ""],
    [
      "workflow rules for merge requests",
      "",
      "workflow:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n",
    ],
    [
      "a rule for merge requests into a branch",
      "  rules:\n    - if: $CI_COMMIT_TAG\n      when: never\n    - if: $CI_MERGE_REQUEST_IID && $CI_MERGE_REQUEST_TARGET_BRANCH_NAME == 'main'\n",
      "",
    ],
    ["a manual job beside it", "", "build:\n  script: make\n  when: manual\n"],
    ["a harmless extends", "  extends: .base\n", ".base:\n  image: node:22\n"],
    ["a !reference tag elsewhere", "", "other:\n  script:\n    - !reference [gate, script]\n"],
  ])("passes %s", async (_, job, more) => {
    expect(await examine(gitlab(job, more))).toEqual({ exitCode: 0, problems: "" });
  });

  it.each([
    ["allow_failure", "  allow_failure: true\n", "", /allow_failure: true/],
    ["allowed exit codes", "  allow_failure:\n    exit_codes: [1]\n", "", /allows exit codes/],
    ["when: manual", "  when: manual\n", "", /when: manual/],
    [
      "rules:changes",
      "  rules:\n    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n      changes: [src/**]\n",
      "",
      /rules:changes/,
    ],
    [
      "rules for main only",
      "  rules:\n    - if: $CI_COMMIT_BRANCH == 'main'\n",
      "",
      /no rule of the job matches/,
    ],
    [
      "a rule with a condition beside",
      "  rules:\n    - if: $CI_PIPELINE_SOURCE == 'merge_request_event' && $GATE\n",
      "",
      /only if \$CI_PIPELINE_SOURCE/,
    ],
    [
      "a rule for all but merge requests",
      "  rules:\n    - if: $CI_PIPELINE_SOURCE != 'merge_request_event'\n",
      "",
      /no rule of the job matches/,
    ],
    ["except", "  except: [merge_requests]\n", "", /by except/],
    ["except:changes", "  except:\n    changes: ['*.md']\n", "", /except:changes/],
    [
      "a needed job that is manual",
      "  needs: [build]\n",
      "build:\n  script: make\n  when: manual\n",
      /needs the job "build", which is manual/,
    ],
    [
      "pipelines that never start for the job's rule",
      "  rules:\n    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n",
      "workflow:\n  rules:\n    - if: $CI_COMMIT_TAG\n",
      /workflow:rules/,
    ],
    ["only: tags", "  only: [tags]\n", "", /runs only on tags/],
    ["only:changes", "  only:\n    changes: [src/**]\n", "", /only:changes/],
    [
      "an inherited allow_failure",
      "  extends: .soft\n",
      ".soft:\n  allow_failure: true\n",
      /allow_failure: true/,
    ],
    ["workflow rules for tags", "", "workflow:\n  rules:\n    - if: $CI_COMMIT_TAG\n", /workflow:rules/],
  ])("reports %s", async (_, job, more, message) => {
    const { exitCode, problems } = await examine(gitlab(job, more));
    expect(problems).toMatch(message);
    expect(exitCode).toBe(1);
  });

  it("reports after_script, and follows local includes", async () => {
    expect(
      (await examine({ ".gitlab-ci.yml": "j:\n  script: [ls]\n  after_script: [npx rewire-abort check]\n" }))
        .problems,
    ).toMatch(/after_script/);
    expect(
      await examine({
        ".gitlab-ci.yml": "include:\n  - local: /ci/gate.yml\n",
        "ci/gate.yml": "gate:\n  script: npx rewire-abort check\n",
      }),
    ).toEqual({ exitCode: 0, problems: "" });
  });
});

describe("examineGate", () => {
  it("fails a repository without CI, and one whose CI never runs the gate", async () => {
    expect((await examine({})).problems).toMatch(/nothing runs the gate/);
    expect(await examine(workflow({ run: "npm test" }))).toMatchObject({
      exitCode: 1,
      problems: expect.stringMatching(/no CI job runs/),
    });
  });

  it("cannot tell when the only workflow is no YAML, or when nothing could be planted", async () => {
    await put({ ".github/workflows/ci.yml": "on: [pull_request\njobs: {" });
    expect((await examineGate(root, async () => true)).exitCode).toBe(2);
    await put(workflow());
    expect((await examineGate(root, async () => null)).exitCode).toBe(2);
  });

  it("fails when the planted violation is not found, however well the gate is wired", async () => {
    await put(workflow());
    const report = await examineGate(root, async () => false);
    expect(report.exitCode).toBe(1);
    expect(report.checks.at(-1)).toMatchObject({ status: "problem" });
  });

  it("reads nothing outside the root and survives hostile YAML", async () => {
    const outside = await mkdtemp(path.join(tmpdir(), "rewire-outside-"));
    try {
      await writeFile(path.join(outside, "ci.yml"), workflow()[".github/workflows/ci.yml"]);
      await mkdir(path.join(root, ".github/workflows"), { recursive: true });
      await symlink(path.join(outside, "ci.yml"), path.join(root, ".github/workflows/ci.yml"));
      const report = await examineGate(root, async () => true);
      expect(report.exitCode).toBe(1);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\non: [*d,*d,*d]\n`;
    await rm(path.join(root, ".github/workflows/ci.yml"));
    await put({ ".github/workflows/bomb.yml": bomb });
    expect((await examineGate(root, async () => true)).exitCode).toBe(2);
  });
});
