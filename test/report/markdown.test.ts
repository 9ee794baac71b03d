import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";
import { describe, expect, test } from "vitest";
import { getReporter } from "../../src/report/load-reporters.ts";
import { suggestPullRequest } from "../../src/report/suggest-pull-request.ts";
import type { RunResult } from "../../src/report/run-result.ts";
import { makeManyFindings, makeManySites } from "./make-many-sites.ts";
import { listShelf, readShelf } from "./read-shelf.ts";
import { findRunnerCommands } from "./runner-commands.ts";

const markdown = await getReporter("markdown");
// A tab may stand in a code block.
const DANGEROUS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
const ELEMENTS = [
  ...[
    "h2",
    "h3",
    "p",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "code",
    "pre",
    "details",
    "summary",
    "ul",
    "li",
  ],
  ...["strong", "br", "input"],
];

/** Renders as GitHub does, raw HTML included, and lists elements and the text outside code. */
function read(text: string) {
  const html = micromark(text, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const elements: { name: string; attributes: string[] }[] = [];
  const prose: string[] = [];
  let comments = 0;
  const visit = (node: DefaultTreeAdapterTypes.Node, inCode: boolean): void => {
    if (node.nodeName === "#comment") comments += 1;
    if ("value" in node && !inCode) prose.push(node.value);
    const isElement = "tagName" in node;
    if (isElement)
      elements.push({ name: node.tagName, attributes: node.attrs.map((attribute) => attribute.name) });
    if ("childNodes" in node)
      for (const child of node.childNodes)
        visit(child, inCode || (isElement && ["code", "pre"].includes(node.tagName)));
  };
  visit(parseFragment(html), false);
  return { html, elements, prose: prose.join("\n"), comments };
}

/** What GitHub would link in rendered prose: mentions, issue numbers, commit ids, addresses. */
function findReferences(prose: string): string[] {
  return (
    prose.match(/@[A-Za-z0-9]|#\d|\bGH-\d|\b[0-9a-f]{7,40}\b|https?:\/\/|\bwww\.|[^\s@]+@[^\s@]+\.\w/g) ?? []
  );
}

describe("markdown", () => {
  test.each(listShelf())("%s: only our elements, no link, image, mention or comment", (name) => {
    const text = markdown.render(readShelf(name), {});
    const { elements, prose, comments } = read(text);
    for (const { name: element, attributes } of elements) {
      expect(ELEMENTS).toContain(element);
      for (const attribute of attributes)
        expect(["open", "class", "type", "disabled", "checked"]).toContain(attribute);
    }
    expect(comments).toBe(0);
    expect(findReferences(prose)).toEqual([]);
    expect(text).not.toMatch(DANGEROUS);
    expect(findRunnerCommands(text)).toEqual([]);
  });
  test("the checks above can fail", () => {
    expect(findReferences("ask @org/team about #1, deadbeefcafe, www.x.y")).toHaveLength(4);
    expect(read("![x](http://e.example/p.png) <!-- c -->")).toMatchObject({ comments: 1 });
    expect(read("[y](javascript:alert(1))").elements.map((element) => element.name)).toContain("a");
  });
  test("every section that opens is closed, and code shows what the file holds", () => {
    const { html } = read(markdown.render(readShelf("nasty-migration"), {}));
    expect(html.match(/<details/g)!.length).toBe(html.match(/<\/details>/g)!.length);
    const { html: typical } = read(markdown.render(readShelf("migrate-typical"), {}));
    expect(typical).toContain('<code class="language-diff">@@ -1,5 +1,5 @@');
    expect(typical).toContain("killSessionRun");
  });
  test("a fence in the code closes nothing, in a change and around a finding", () => {
    // A context line of a diff starts with one space: the fence that it holds would end a shorter one.
    const lines = [" ````", " <img src=x onerror=alert(1)>", "-```", "+@somebody", " `````"];
    const run = readShelf("migrate-typical");
    const site = run.sites.find((item) => item.decision === "rewrite")!;
    const change = {
      ...run.changes.find(({ file }) => file === site.file)!,
      hunks: [{ oldStart: 1, newStart: 1, lines }],
    };
    const { elements, prose, html } = read(markdown.render({ ...run, changes: [change] }, {}));
    for (const { name } of elements) expect(ELEMENTS).toContain(name);
    expect(prose).not.toContain("somebody");
    expect(html).toContain("&lt;img src=x");
  });
  test.each<[string, RunResult]>([
    ["500 sites", makeManySites(500)],
    ["5,000 sites", makeManySites(5_000)],
    ["10,000 findings", makeManyFindings(10_000)],
    ["nasty text, many times", repeatNasty(300)],
  ])("%s: under 60 kB, and what was left out is counted", (_, result) => {
    const text = markdown.render(result, {});
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(20_000);
    const left = Number(/\*\*(\d+) more left out/.exec(text)![1]);
    const shown = read(text).html.match(/<details/g)!.length;
    expect(left).toBeGreaterThan(0);
    expect(shown).toBeGreaterThan(5);
    expect(findReferences(read(text).prose)).toEqual([]);
  });
  test("a manual site says what to do, and stands before the rewritten ones", () => {
    const text = markdown.render(readShelf("migrate-typical"), {});
    expect(text.indexOf("Left for a person")).toBeGreaterThan(0);
    expect(text.indexOf("Left for a person")).toBeLessThan(text.indexOf("To be rewritten"));
    expect(text).toContain("What to do:");
  });
  test("report-only is said loudly", () => {
    const result = readShelf("check-one-of-each-severity");
    expect(markdown.render({ ...result, reportOnly: true }, {})).toContain("**Report only");
    expect(markdown.render(result, {})).not.toContain("**Report only");
  });
});

describe("the suggested pull request", () => {
  test("has a title of one line and a body that renders to the same rules", () => {
    for (const name of ["migrate-typical", "nasty-migration"]) {
      const { title, body } = suggestPullRequest(readShelf(name));
      expect(title).toMatch(/^fix\(abort\): [a-z0-9 ]+$/);
      const { elements, prose } = read(body);
      for (const { name: element } of elements) expect(ELEMENTS).toContain(element);
      expect(findReferences(prose)).toEqual([]);
    }
  });
  test("counts and lists the production calls, and tests in one line", () => {
    const result = readShelf("migrate-typical");
    const keyed = result.sites.filter((site) => site.decision === "rewrite" && site.key !== null);
    const moved = { ...keyed[0]!, file: "src/a.test.ts", id: "x", key: '"agent:main:main"' };
    const { title, body } = suggestPullRequest({ ...result, sites: [moved, ...result.sites] });
    expect(title).toBe(suggestPullRequest(result).title);
    expect(title).toContain(` ${keyed.length} abort`);
    expect(body).toContain("Tests and mocks moved with them: 1 place in 1 file.");
    expect(body).not.toContain("a.test.ts");
    expect(
      markdown.render({ ...result, sites: [moved, ...result.sites] }, {}).split("src/a.test.ts")[0],
    ).toContain(keyed.at(-1)!.file);
  });
  test("claims nothing that is not shown", () => {
    expect(suggestPullRequest(readShelf("migrate-typical")).body).toContain("- [ ] pnpm check passes");
  });
});

function repeatNasty(times: number): RunResult {
  const result = readShelf("nasty-names");
  const findings = Array.from({ length: times }, (_, i) => ({
    ...result.findings[0]!,
    fingerprint: String(i),
  }));
  return {
    ...result,
    findings,
    provenance: Array.from({ length: times }, () => result.provenance[0]!),
    warnings: Array.from({ length: times }, () => result.warnings[0]!),
    summary: { ...result.summary, findings: { total: times, error: times, warning: 0, info: 0 } },
  };
}
