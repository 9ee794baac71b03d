import { createHash } from "node:crypto";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { describe, expect, test } from "vitest";
import { neutralise } from "../../src/report/escape-text.ts";
import html from "../../src/report/reporters/html.ts";
import type { RunResult } from "../../src/report/run-result.ts";
import { makeManySites } from "./make-many-sites.ts";
import { listShelf, readShelf } from "./read-shelf.ts";
import { findRunnerCommands } from "./runner-commands.ts";

interface Page {
  readonly elements: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly text: string;
  }[];
  readonly comments: number;
}

/** Reads the page as a browser's parser does. */
function read(result: RunResult): Page {
  const elements: { name: string; attributes: Record<string, string>; text: string }[] = [];
  let comments = 0;
  const visit = (node: DefaultTreeAdapterTypes.Node): string => {
    if (node.nodeName === "#comment") comments += 1;
    if ("value" in node) return node.value;
    const children = "childNodes" in node ? node.childNodes : [];
    if (!("tagName" in node)) return children.map(visit).join("");
    const own = {
      name: node.tagName,
      attributes: Object.fromEntries(node.attrs.map((item) => [item.name, item.value])),
      text: "",
    };
    elements.push(own);
    own.text = children.map(visit).join("");
    return own.text;
  };
  visit(parse(html.render(result, {}), { onParseError: (error) => expect(error.code).toBe("none") }));
  return { elements, comments };
}
const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

describe.each(listShelf())("html: %s", (name) => {
  const page = read(readShelf(name));
  test("the policy lets only the page's own style and scripts run, and no network", () => {
    const policy = page.elements.find(
      (element) => element.attributes["http-equiv"] === "Content-Security-Policy",
    )!.attributes["content"]!;
    const scripts = page.elements.filter((element) => element.name === "script");
    const styles = page.elements.filter((element) => element.name === "style");
    expect(scripts).toHaveLength(2);
    expect(styles).toHaveLength(1);
    expect(policy).toBe(
      `default-src 'none'; style-src ${hashOf(styles[0]!.text)}; script-src ${scripts.map((script) => hashOf(script.text)).join(" ")}; base-uri 'none'; form-action 'none'`,
    );
  });
  test("nothing is loaded: no source, no address, no handler, no inline style, no comment", () => {
    expect(page.comments).toBe(0);
    for (const { name: element, attributes } of page.elements) {
      expect([
        "img",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "audio",
        "video",
        "image",
        "use",
        "foreignobject",
      ]).not.toContain(element);
      for (const [attribute, value] of Object.entries(attributes)) {
        expect(attribute).not.toMatch(/^on|^style$|^src|^action$|^formaction$|^xlink/);
        if (attribute === "href") expect(value).toMatch(/^#[a-z0-9-]+$/);
      }
    }
  });
  test("each link leads to an id, and ids are unique", () => {
    const ids = page.elements.flatMap((element) => element.attributes["id"] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of page.elements) {
      if (attributes["href"] !== undefined && attributes["href"] !== "#list")
        expect(ids).toContain(attributes["href"].slice(1));
      if (attributes["aria-controls"] !== undefined) expect(ids).toContain(attributes["aria-controls"]);
    }
  });
  test("no raw escape, bidi mark or workflow command in the bytes", () => {
    const text = html.render(readShelf(name), {});
    expect(text).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/,
    );
    expect(findRunnerCommands(text)).toEqual([]);
  });
});

describe("html", () => {
  test("hostile text reads as text, in rows, hops, rivals and findings", () => {
    const attack = readShelf("nasty-names").findings[0]!.message;
    for (const name of ["nasty-names", "nasty-migration"]) {
      const texts = read(readShelf(name)).elements.map((element) => element.text);
      expect(texts.filter((text) => text.includes(neutralise(attack))).length).toBeGreaterThan(10);
    }
  });
  test("says how many sites there are of each decision, adding up", () => {
    const { elements } = read(readShelf("migrate-typical"));
    const rows = elements.filter(
      (element) => element.name === "tbody" && element.attributes["data-decision"] !== undefined,
    );
    expect(rows.map((row) => row.attributes["data-decision"])).toEqual([
      ...Array(2).fill("manual"),
      ...Array(8).fill("rewrite"),
      "keep",
    ]);
    const tiles = elements
      .filter((element) => element.attributes["class"]?.startsWith("tile") && element.name === "div")
      .map((tile) => tile.text);
    expect(tiles).toEqual(["manual2", "rewrite8", "keep1", "sites in all11"]);
  });
  test("the acceptance checklist never claims what a plan has not done", () => {
    const marks = read(readShelf("migrate-typical")).elements.filter(
      (element) => element.name === "li" && element.attributes["class"] === "met",
    );
    expect(marks.map((mark) => mark.text)).toEqual(
      expect.not.arrayContaining([expect.stringContaining("killSessionRun")]),
    );
  });
  test("registered keys that meet no killed key are said to meet nothing", () => {
    const { elements } = read(readShelf("migrate-typical"));
    expect(
      elements.filter((element) => element.name === "g" && element.attributes["class"] === "lonely"),
    ).toHaveLength(2);
    const result = readShelf("migrate-typical");
    const same = result.provenance.map((item) => ({ ...item, origin: "session store key" }));
    const meeting = read({ ...result, provenance: same }).elements;
    expect(
      meeting.filter((element) => element.name === "path" && element.attributes["class"] === "meets"),
    ).toHaveLength(1);
  });
  test("500 sites stay under 2 MB", () => {
    expect(Buffer.byteLength(html.render(makeManySites(500), {}))).toBeLessThan(2_000_000);
  });
});
