import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { neutralise } from "../../src/report/escape-text.ts";
import github from "../../src/report/reporters/github.ts";
import gitlab from "../../src/report/reporters/gitlab.ts";
import json from "../../src/report/reporters/json.ts";
import junit from "../../src/report/reporters/junit.ts";
import sarif from "../../src/report/reporters/sarif.ts";
import type { RunResult } from "../../src/report/run-result.ts";
import { makeManyFindings } from "./make-many-sites.ts";
import { listShelf, readShelf } from "./read-shelf.ts";
import { findRunnerCommands } from "./runner-commands.ts";

const DANGEROUS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
const NASTY = ["nasty-names", "nasty-migration"];

describe("every machine format", () => {
  test.each(listShelf())("%s: prints nothing that a log or terminal acts on", (name) => {
    for (const reporter of [json, sarif, gitlab, junit]) {
      const text = reporter.render(readShelf(name), {});
      expect(text, reporter.name).not.toMatch(DANGEROUS);
      expect(findRunnerCommands(text), reporter.name).toEqual([]);
    }
  });
});

describe("json", () => {
  test.each(NASTY)("%s comes back to the same value", (name) => {
    expect(JSON.parse(json.render(readShelf(name), {}))).toEqual(readShelf(name));
  });
});

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly {
      readonly toolExecutionNotifications: readonly {
        readonly level: string;
        readonly message: { readonly text: string };
      }[];
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly partialFingerprints: { readonly primaryLocationLineHash: string };
      readonly codeFlows?: readonly {
        readonly threadFlows: readonly { readonly locations: readonly unknown[] }[];
      }[];
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: {
            readonly startLine: number;
            readonly startColumn: number;
            readonly endLine: number;
            readonly endColumn: number;
          };
        };
      }[];
    }[];
  }[];
}

function sarifValidator(): ValidateFunction {
  const schema = JSON.parse(
    readFileSync(
      createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"),
      "utf8",
    ),
  ) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  // The schema is of draft 4, of which it uses nothing that later drafts read otherwise but these two names.
  delete schema["$schema"];
  delete schema["id"];
  return ajv.compile(schema);
}
const parseSarif = (result: RunResult) => JSON.parse(sarif.render(result, {})) as Sarif;

describe("sarif", () => {
  const validate = sarifValidator();
  test.each(listShelf())("%s is valid against the 2.1.0 schema", (name) => {
    validate(parseSarif(readShelf(name)));
    expect(validate.errors).toBeNull();
  });
  test("the validator can fail", () => {
    expect(validate({ version: "2.1.0", runs: [{ tool: {} }] })).toBe(false);
  });
  test.each(["check-one-of-each-severity", "nasty-names"])("%s: the findings come back", (name) => {
    const result = readShelf(name);
    const run = parseSarif(result).runs[0]!;
    expect(run.results).toHaveLength(result.findings.length);
    run.results.forEach((item, i) => {
      const finding = result.findings[i]!;
      const place = item.locations[0]!.physicalLocation;
      expect(item.ruleId).toBe(finding.rule);
      expect(run.tool.driver.rules[item.ruleIndex]!.id).toBe(finding.rule);
      expect(decodeURIComponent(place.artifactLocation.uri)).toBe(finding.file);
      expect(place.artifactLocation.uri).toMatch(/^[A-Za-z0-9%._~/-]+$/);
      expect(place.region).toEqual({
        startLine: finding.line,
        startColumn: finding.column,
        endLine: finding.endLine,
        endColumn: finding.endColumn,
      });
      expect(item.codeFlows?.[0]?.threadFlows[0]?.locations.length ?? 0).toBe(
        finding.evidence.length > 0 ? finding.evidence.length + 1 : 0,
      );
    });
  });
  test("no string is empty, and no text is a link or over-long", () => {
    for (const name of listShelf())
      JSON.stringify(parseSarif(readShelf(name)), (key, value: unknown) => {
        if (typeof value === "string") expect(value, key).not.toBe("");
        if (key === "text") {
          expect(value).not.toContain("](");
          expect((value as string).length).toBeLessThanOrEqual(1_024);
        }
        return value;
      });
  });
  test("regions never run backwards", () => {
    const result = readShelf("check-one-of-each-severity");
    const odd = { ...result.findings[0]!, line: 7, column: 9, endLine: 3, endColumn: 1 };
    expect(
      parseSarif({ ...result, findings: [odd] }).runs[0]!.results[0]!.locations[0]!.physicalLocation.region,
    ).toEqual({
      startLine: 7,
      startColumn: 9,
      endLine: 7,
      endColumn: 10,
    });
  });
  test("suppressed findings are left out, skipped and failed files are told", () => {
    const result = readShelf("check-one-of-each-severity");
    const run = parseSarif(result).runs[0]!;
    expect(result.suppressed).toHaveLength(1);
    expect(run.results).toHaveLength(4);
    expect(run.invocations[0]!.toolExecutionNotifications.map((note) => note.message.text)).toEqual([
      "Skipped: declaration-file",
    ]);
  });
  test("equal fingerprints stay two alerts, and lines do not enter them", () => {
    const result = readShelf("check-one-of-each-severity");
    const one = result.findings[0]!;
    const hashes = (findings: RunResult["findings"]) =>
      parseSarif({ ...result, findings }).runs[0]!.results.map(
        (item) => item.partialFingerprints.primaryLocationLineHash,
      );
    const [first, second] = hashes([one, { ...one, line: 9, endLine: 9 }]);
    expect(first).not.toBe(second);
    expect(hashes([{ ...one, line: 5, endLine: 5 }])[0]).toBe(first);
  });
  test("25,001 results are cut to the limit, worst kept, and the cut is stated", () => {
    const result = makeManyFindings(25_001);
    const text = sarif.render(result, {});
    const run = (JSON.parse(text) as Sarif).runs[0]!;
    expect(run.results).toHaveLength(25_000);
    expect(run.results.filter((item) => item.level === "error")).toHaveLength(result.summary.findings.error);
    expect(run.invocations[0]!.toolExecutionNotifications[0]!.message.text).toContain("1 results left out");
    expect(gzipSync(text).length).toBeLessThan(10_000_000);
  });
  test("1,500 hops of evidence are cut to 1,000 locations, and the cut is stated", () => {
    const result = readShelf("check-one-of-each-severity");
    const evidence = Array.from({ length: 1_500 }, (_, i) => ({
      file: "a.ts",
      line: i + 1,
      note: `hop ${i}`,
    }));
    const run = parseSarif({ ...result, findings: [{ ...result.findings[0]!, evidence }] }).runs[0]!;
    const locations = run.results[0]!.codeFlows![0]!.threadFlows[0]!.locations;
    expect(locations).toHaveLength(1_000);
    expect(JSON.stringify(locations.at(-1))).toContain("501 hops of evidence left out");
  });
});

describe("github", () => {
  test.each(["check-one-of-each-severity", "nasty-names"])(
    "%s: exactly our commands, with the findings in them",
    (name) => {
      const result = readShelf(name);
      const commands = findRunnerCommands(github.render(result, {}));
      const found = commands.filter(
        (command) => !command.properties["title"]!.includes("could not be analysed"),
      );
      expect(commands).toHaveLength(result.findings.length + result.files.failed.length);
      const level = { error: "error", warning: "warning", info: "notice" };
      const key = (parts: readonly unknown[]) => parts.map(String).join(" | ");
      expect(
        found
          .map((c) =>
            key([c.name, c.properties["title"], c.properties["file"], c.properties["line"], c.data]),
          )
          .sort(),
      ).toEqual(
        result.findings
          .map((f) =>
            key([
              level[f.severity],
              `rewire-abort: ${f.rule}`,
              neutralise(f.file),
              f.line,
              neutralise(f.message),
            ]),
          )
          .sort(),
      );
    },
  );
  test.each(listShelf())("%s: no raw escape", (name) => {
    expect(github.render(readShelf(name), {})).not.toMatch(DANGEROUS);
  });
  test("ten of a kind are shown; of eleven, nine and how many more", () => {
    const kinds = (count: number) => {
      const base = makeManyFindings(count);
      const findings = base.findings.map((finding) => ({ ...finding, severity: "error" as const }));
      return findRunnerCommands(github.render({ ...base, findings }, {}));
    };
    expect(kinds(10).map((command) => command.data)).toHaveLength(10);
    expect(kinds(10).at(-1)!.data).toContain("Call 9");
    expect(kinds(11)).toHaveLength(10);
    expect(kinds(11).at(-1)!.data).toBe("2 more of this kind; the full report has them all.");
    expect(kinds(10_000)).toHaveLength(10);
  });
  test("sites left for a person are warnings", () => {
    const commands = findRunnerCommands(github.render(readShelf("migrate-typical"), {}));
    expect(commands.map((command) => [command.name, command.properties["line"]])).toEqual([
      ["error", undefined],
      ["warning", "6"],
      ["warning", "4"],
    ]);
  });
});

describe("gitlab", () => {
  test.each(["check-one-of-each-severity", "nasty-names"])(
    "%s: the findings come back, no byte order mark",
    (name) => {
      const result = readShelf(name);
      const text = gitlab.render(result, {});
      expect(text[0]).toBe("[");
      const issues = JSON.parse(text) as {
        check_name: string;
        description: string;
        fingerprint: string;
        severity: string;
        location: { path: string; lines: { begin: number } };
      }[];
      expect(new Set(issues.map((issue) => issue.fingerprint)).size).toBe(issues.length);
      const findings = issues.filter((issue) => issue.check_name !== "could-not-analyse");
      expect(issues.length - findings.length).toBe(result.files.failed.length);
      expect(
        findings.map((issue) => [
          issue.check_name,
          issue.description,
          issue.location.path,
          issue.location.lines.begin,
        ]),
      ).toEqual(
        result.findings.map((finding) => [
          finding.rule,
          neutralise(finding.message),
          finding.file,
          finding.line,
        ]),
      );
      for (const issue of issues)
        expect(["info", "minor", "major", "critical", "blocker"]).toContain(issue.severity);
    },
  );
});

/** Reads JUnit as a consumer does; throws where the XML is not well formed. */
function parseJunit(text: string) {
  const cases: {
    suite: string;
    name: string;
    classname: string;
    outcome: string;
    message: string;
    text: string;
  }[] = [];
  const totals: Record<string, string>[] = [];
  const names: string[] = [];
  let suite = "";
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    const attributes = tag.attributes as Record<string, string>;
    names.push(tag.name);
    if (tag.name === "testsuites" || tag.name === "testsuite") totals.push(attributes);
    if (tag.name === "testsuite") suite = attributes["name"]!;
    if (tag.name === "testcase")
      cases.push({
        suite,
        name: attributes["name"]!,
        classname: attributes["classname"]!,
        outcome: "passed",
        message: "",
        text: "",
      });
    if (["failure", "error", "skipped"].includes(tag.name))
      Object.assign(cases.at(-1)!, { outcome: tag.name, message: attributes["message"] });
  });
  parser.on("text", (value) => {
    if (cases.length > 0 && value.trim() !== "") cases.at(-1)!.text += value;
  });
  parser.write(text).close();
  return { cases, totals, names: new Set(names) };
}

describe("junit", () => {
  test.each(listShelf())("%s: well-formed XML with known elements, and totals that add up", (name) => {
    const { cases, totals, names } = parseJunit(junit.render(readShelf(name), {}));
    for (const element of names)
      expect(["testsuites", "testsuite", "testcase", "failure", "error", "skipped"]).toContain(element);
    const count = (outcome: string) => String(cases.filter((item) => item.outcome === outcome).length);
    expect(totals[0]).toMatchObject({
      tests: String(cases.length),
      failures: count("failure"),
      errors: count("error"),
      skipped: count("skipped"),
    });
    for (const field of ["tests", "failures", "errors", "skipped"])
      expect(totals.slice(1).reduce((sum, item) => sum + Number(item[field]), 0)).toBe(
        Number(totals[0]![field]),
      );
  });
  test.each(["check-one-of-each-severity", "nasty-names"])("%s: the findings come back", (name) => {
    const result = readShelf(name);
    const { cases } = parseJunit(junit.render(result, {}));
    const found = cases.filter((item) => item.outcome === "failure" || item.outcome === "skipped");
    expect(found.map((item) => [item.suite, item.classname, item.message]).sort()).toEqual(
      result.findings
        .map((f) => [f.rule, neutralise(f.file), neutralise(`${f.severity}: ${f.message}`)])
        .sort(),
    );
    expect(cases.filter((item) => item.outcome === "error")).toHaveLength(result.files.failed.length);
  });
  test("a rule that found nothing is a passed case", () => {
    const { cases } = parseJunit(junit.render(readShelf("nothing-found"), {}));
    expect(cases.map((item) => [item.suite, item.outcome])).toEqual([["no-gutting-comment", "passed"]]);
  });
});
