import { describe, expect, it } from "vitest";
import { findGateCommands } from "../../src/doctor/find-gate-commands.ts";
import type { RepoFiles } from "../../src/doctor/repo-files.ts";

const tree: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    scripts: {
      "check:abort": "rewire-abort check",
      "check:soft": "rewire-abort check || true",
      "check:then": "rewire-abort check; eslint .",
      lint: "eslint . && npm run check:abort",
      test: "vitest run",
      pretest: "rewire-abort check",
      all: "run-s check:*",
      loop: "npm run loop",
    },
  }),
  "scripts/ci.sh": "#!/usr/bin/env bash\nset -euo pipefail\npnpm lint\necho done\n",
  "scripts/loose.sh": "#!/bin/sh\nrewire-abort check\necho done\n",
};
const files: RepoFiles = { read: async (file) => tree[file], list: async () => [] };
const find = (script: string, mode = { errexit: true, pipefail: false }) =>
  findGateCommands(script, mode, files);

describe("findGateCommands", () => {
  it.each([
    "rewire-abort check",
    "npx rewire-abort check --format github",
    "npx --yes rewire-abort@1.2.3 check",
    "npx -p rewire-abort rewire-abort check .",
    "pnpm exec rewire-abort check",
    "yarn rewire-abort check",
    "bunx rewire-abort --no-color check",
    "npm exec -- rewire-abort check",
    "./node_modules/.bin/rewire-abort check",
    "node node_modules/rewire-abort/dist/cli/main.js check",
    "node node_modules/rewire-abort/dist/src/cli/main.js check",
    "NO_COLOR=1 timeout -k 5 60 npx rewire-abort check",
    "npx rewire-abort check || exit 1",
    "npx rewire-abort check || { echo failed; exit 1; }",
    "npx rewire-abort check\necho fine",
    "set -o pipefail\nnpx rewire-abort check | tee log",
    "npm ci && npx rewire-abort check",
    '[ -n "$CI" ] && npx rewire-abort check',
    "for package in a b; do npx rewire-abort check $package; done",
    "if [ -f x ]; then exit 0; fi\nnpx rewire-abort check",
    "if [ -f x ]; then echo x; fi; npx rewire-abort check",
    "trap 'rm -f log' EXIT\nnpx rewire-abort check",
    "gate() {\n  npx rewire-abort check\n}\ngate",
    "other() { echo; }\nnpx rewire-abort check",
    "function gate { npx rewire-abort check; }\ngate",
    "set +e\nnpx rewire-abort check\ncode=$?\nexit $code",
  ])("sees a blocking call in: %s", async (script) => {
    expect(await find(script)).toMatchObject([{ problems: [] }]);
  });

  it.each([
    ["npx rewire-abort check || true", /\|\| true swallows/],
    ["npx rewire-abort check || :", /\|\| : swallows/],
    ["npx rewire-abort check || echo failed", /\|\| echo failed swallows/],
    ["npx rewire-abort check || { echo failed; exit 0; }", /swallows/],
    ["npx rewire-abort check && echo ok || true", /\|\| true swallows|swallows/],
    ["( npx rewire-abort check ) || true", /swallows/],
    ["npx rewire-abort check; true", /; true after it/],
    ["npx rewire-abort check ; exit 0", /; exit 0 after it/],
    ["npx rewire-abort check --report-only", /--report-only/],
    ["npx rewire-abort check | tee log", /pipe/],
    ["npx rewire-abort check &", /background/],
    ["if npx rewire-abort check; then echo ok; fi", /condition of "if"/],
    ["! npx rewire-abort check", /turns its failure/],
    ["set +e\nnpx rewire-abort check\necho x", /later commands decide/],
    ["npx rewire-abort check && echo ok\necho done", /set -e does not see/],
    ["if [ -n x ]; then\n  npx rewire-abort check\nfi", /stands in a "if"/],
    ["if false; then echo; else npx rewire-abort check; fi", /stands in a "if"/],
    ["case $X in\n  a) npx rewire-abort check ;;\nesac", /stands in a "case"/],
    ["for a in b; do if $a; then npx rewire-abort check; fi; done", /stands in a "if"/],
    ["test -f x || npx rewire-abort check", /only where test -f x fails/],
    ["[ -n x ] && npx rewire-abort check\necho done", /it is passed over/],
    ["exit 0\nnpx rewire-abort check", /an exit before it/],
    ["trap 'exit 0' EXIT\nnpx rewire-abort check", /the trap before it/],
    ["gate() {\n  npx rewire-abort check\n}\necho", /function gate, which nothing calls/],
    ["gate() { npx rewire-abort check; }\ngate || true", /\|\| true swallows/],
    ["function gate { npx rewire-abort check || true; }\ngate", /\|\| true swallows/],
  ])("says why %s does not block", async (script, problem) => {
    const found = await find(script);
    expect(found).toHaveLength(1);
    expect(found[0]!.problems.join("; ")).toMatch(problem);
  });

  it.each([
    "echo npx rewire-abort check",
    "npx rewire-abort migrate",
    "npx rewire-abort check --help",
    "# npx rewire-abort check",
    "npx other-abort check",
    "echo 'rewire-abort check'",
    "npm run missing",
    "npm -w packages/a run check:abort",
    "npm run loop",
  ])("does not take this for the gate: %s", async (script) => {
    expect(await find(script)).toEqual([]);
  });

  it("follows npm scripts and shell files, and says the way", async () => {
    expect(await find("npm run lint")).toMatchObject([
      { via: ['npm script "lint"', 'npm script "check:abort"'], problems: [] },
    ]);
    expect(await find("pnpm check:abort")).toMatchObject([{ via: ['npm script "check:abort"'] }]);
    expect(await find("npm test")).toMatchObject([{ via: ['npm script "pretest"'], problems: [] }]);
    expect(await find("echo a\nbash scripts/ci.sh")).toMatchObject([
      { line: 1, via: ["scripts/ci.sh", 'npm script "lint"', 'npm script "check:abort"'], problems: [] },
    ]);
    expect((await find("yarn all")).map(({ via }) => via.at(-1))).toEqual([
      'npm script "check:abort"',
      'npm script "check:soft"',
      'npm script "check:then"',
    ]);
  });

  it("sees what swallows the failure on the way", async () => {
    expect((await find("npm run check:soft"))[0]!.problems.join()).toMatch(/swallows/);
    expect((await find("npm run check:then"))[0]!.problems.join()).toMatch(/later commands decide/);
    expect((await find("npm run lint || true"))[0]!.problems.join()).toMatch(/swallows/);
    expect((await find("npm run check:abort -- --report-only"))[0]!.problems.join()).toMatch(/report-only/);
    expect((await find("./scripts/loose.sh"))[0]!.problems.join()).toMatch(/later commands decide/);
  });

  it("notes what narrows the gate", async () => {
    expect((await find('npx rewire-abort check --include "src/**"'))[0]).toMatchObject({
      problems: [],
      notes: [expect.stringMatching(/leaves a part/)],
    });
  });
});
