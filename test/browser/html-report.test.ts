import { mkdirSync } from "node:fs";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunResult } from "../../src/report/run-result.ts";
import { makeManySites } from "../report/make-many-sites.ts";
import { readShelf } from "../report/read-shelf.ts";
import { findBrowserOrSay, findViolations, focused, SCREENSHOTS, shownRows, Viewer } from "./open-browser.ts";

const executable = findBrowserOrSay();
const decisions = (page: Page) =>
  page
    .locator("table.list > tbody")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-decision")));

describe.skipIf(executable === null)("the HTML report in a browser", () => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.start(executable!);
    mkdirSync(SCREENSHOTS, { recursive: true });
  });
  afterAll(() => viewer.close());
  const typical = readShelf("migrate-typical");

  test("filters by decision and by words, and counts what is shown", async () => {
    const { page, trouble } = await viewer.open(typical);
    expect(await shownRows(page)).toBe(11);
    await page.selectOption("select[name=decision]", "manual");
    expect(await shownRows(page)).toBe(2);
    expect(await page.locator(".filters output").textContent()).toBe("2 of 11 shown");
    await page.selectOption("select[name=decision]", "");
    await page.fill("input[name=q]", "CANONICALKEY wait");
    // Both words, anywhere in a site, whatever their case.
    expect(await shownRows(page)).toBe(2);
    await page.fill("input[name=q]", "no such text");
    expect(await page.locator(".filters output").textContent()).toBe("0 of 11 shown");
    await page.press("input[name=q]", "Escape");
    expect(await shownRows(page)).toBe(11);
    expect(trouble).toEqual([]);
  });

  test("sorts by a column, both ways, and keeps details with their rows", async () => {
    const { page } = await viewer.open(typical);
    expect((await decisions(page)).slice(0, 3)).toEqual(["manual", "manual", "rewrite"]);
    await page.click("th:has-text('Place') button");
    const places = await page
      .locator("table.list > tbody td:nth-child(2)")
      .evaluateAll((cells) => cells.map((cell) => cell.textContent));
    expect(places[0]).toContain("src/agents/pi-embedded.ts");
    expect(places.map((place) => /abort\.ts:(\d+)/.exec(place ?? "")?.[1]).filter(Boolean)).toEqual([
      "2",
      "14",
      "25",
    ]);
    expect(await page.getAttribute("th:has-text('Place')", "aria-sort")).toBe("ascending");
    await page.click("th:has-text('Decision') button");
    await page.click("th:has-text('Decision') button");
    expect((await decisions(page))[0]).toBe("keep");
    expect(await page.getAttribute("th:has-text('Place')", "aria-sort")).toBe("none");
    const own = await page
      .locator("table.list > tbody")
      .evaluateAll((rows) => rows.every((row) => row.children[1]?.id === `${row.id}-more`));
    expect(own).toBe(true);
  });

  test("manual sites stand first and open, with what to do", async () => {
    const { page } = await viewer.open(typical);
    expect(await page.locator("#site-1").textContent()).toContain("What to do:");
    expect(await page.locator("#site-3-more").isVisible()).toBe(false);
  });

  test("opens a site, shows its diff, and follows a proof hop there and back", async () => {
    const { page, trouble } = await viewer.open(typical);
    await page.click("#site-4 .toggle");
    expect(await page.getAttribute("#site-4 .toggle", "aria-expanded")).toBe("true");
    expect(await page.locator("#site-4 .diff ins").textContent()).toContain("killSessionRun(childKey)");
    expect(await page.locator("#back").isVisible()).toBe(false);
    await page.click("#site-4 .hops a >> nth=0");
    const line = page.locator(".source .here");
    expect(await line.textContent()).toContain("const sessionId = store[childKey]?.sessionId;");
    await expect
      .poll(() =>
        line.evaluate((element) => {
          const box = element.getBoundingClientRect();
          return box.top >= 0 && box.bottom <= 900;
        }),
      )
      .toBe(true);
    await page.click("#back");
    expect(await page.locator("#site-4-more").isVisible()).toBe(true);
    expect(await page.locator("#back").isVisible()).toBe(false);
    expect(await focused(page)).toBe("button toggle");
    expect(trouble).toEqual([]);
  });

  test("works by keyboard alone", async () => {
    const { page } = await viewer.open(typical);
    await page.keyboard.press("/");
    expect(await focused(page)).toBe("input q");
    await page.keyboard.type("applyAbortTarget siblings");
    expect(await shownRows(page)).toBe(1);
    for (let i = 0; i < 20 && (await focused(page)) !== "button toggle"; i += 1)
      await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("button toggle");
    await page.keyboard.press("Enter");
    expect(await page.locator("tbody:visible tr.more").isVisible()).toBe(true);
    for (let i = 0; i < 6 && (await focused(page)) !== "a place"; i += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".source .here").count()).toBe(1);
    // A slash while typing is a slash.
    await page.focus("input[name=q]");
    await page.keyboard.press("/");
    expect(await page.inputValue("input[name=q]")).toBe("applyAbortTarget siblings/");
  });

  test("a link to a site opens it", async () => {
    const { page } = await viewer.open(typical, {}, "#site-6");
    expect(await page.locator("#site-6-more").isVisible()).toBe(true);
    expect(await page.locator("#site-5-more").isVisible()).toBe(false);
  });

  test("without scripts everything is open and no dead control is shown", async () => {
    const { page } = await viewer.open(typical, { javaScriptEnabled: false });
    expect(await page.locator("tr.more:visible").count()).toBe(11);
    expect(await page.locator(".filters").isVisible()).toBe(false);
  });

  test("printed, every site is open and no control is left", async () => {
    const { page } = await viewer.open(typical);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("tr.more:visible").count()).toBe(11);
    expect(await page.locator("nav:visible, .filters:visible").count()).toBe(0);
  });

  test("dark and light follow the reader's choice", async () => {
    const background = async (colorScheme: "dark" | "light") => {
      const { page } = await viewer.open(typical, { colorScheme });
      return page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    };
    expect(await background("light")).toBe("rgb(255, 255, 255)");
    expect(await background("dark")).toBe("rgb(13, 17, 23)");
  });

  test("a phone sees everything without scrolling sideways", async () => {
    for (const name of ["migrate-typical", "check-one-of-each-severity", "nasty-migration"]) {
      const { page } = await viewer.open(readShelf(name), { viewport: { width: 360, height: 740 } });
      expect(await page.evaluate<number>("document.documentElement.scrollWidth"), name).toBeLessThanOrEqual(
        360,
      );
      await page.selectOption("select >> nth=0", { index: 1 });
      const [shown, all] = [await shownRows(page), await page.locator("table.list > tbody").count()];
      expect(shown).toBeLessThan(all);
    }
  });

  test.each(["nasty-names", "nasty-migration"])(
    "%s: nothing runs, nothing is asked from the network",
    async (name) => {
      const { page, trouble } = await viewer.open(readShelf(name));
      await page.click(".all");
      await page.click("a.place >> nth=0");
      await page.fill("input[name=q]", "</script>");
      expect(await shownRows(page)).toBeGreaterThan(0);
      await page.waitForTimeout(200);
      expect(trouble).toEqual([]);
      expect(await page.locator("img, iframe, script[src]").count()).toBe(0);
    },
  );

  test("the policy stops a script that got in after all", async () => {
    const { page, trouble } = await viewer.open(typical);
    await page.evaluate(`
      const script = document.createElement("script");
      script.textContent = "document.title = 'owned'";
      document.body.append(script);
    `);
    expect(await page.title()).toBe("rewire-abort migrate report");
    expect(trouble.join()).toContain("Content Security Policy");
  });

  test("500 sites are ready and searchable in under two seconds", async () => {
    const { page, trouble } = await viewer.open(makeManySites(500));
    // The browser's own clock, from the start of the load to its end, and for one search over all rows.
    const loaded = await page.evaluate<number>(`performance.getEntriesByType("navigation")[0].loadEventEnd`);
    const searched = await page.evaluate<number>(`(() => {
      const box = document.querySelector("input[name=q]");
      const start = performance.now();
      box.value = "module-042";
      box.dispatchEvent(new Event("input", { bubbles: true }));
      document.body.getBoundingClientRect();
      return performance.now() - start;
    })()`);
    expect(await shownRows(page)).toBe(5);
    expect(loaded).toBeGreaterThan(0);
    expect(loaded).toBeLessThan(2_000);
    expect(searched).toBeLessThan(2_000);
    expect(trouble).toEqual([]);
  });

  test.each<[string, RunResult, BrowserContextOptions]>([
    ["migrate light", typical, {}],
    ["migrate dark", typical, { colorScheme: "dark" }],
    ["migrate phone", typical, { viewport: { width: 360, height: 740 } }],
    ["check light", readShelf("check-one-of-each-severity"), {}],
    ["check dark", readShelf("check-one-of-each-severity"), { colorScheme: "dark" }],
    ["nothing found", readShelf("nothing-found"), {}],
    ["nasty", readShelf("nasty-migration"), {}],
  ])("axe finds no violation: %s", async (name, result, options) => {
    // The page's policy lets no foreign script in; axe comes in past it.
    const { page } = await viewer.open(result, { ...options, bypassCSP: true });
    await page
      .locator(".all")
      .click({ timeout: 1_000 })
      .catch(() => undefined);
    await page.evaluate(`for (const item of document.querySelectorAll("details")) item.open = true`);
    const found = await findViolations(page);
    // A whole page of rare letters takes a browser without a graphics card half a minute to paint at once.
    const path = `${SCREENSHOTS}${name.replaceAll(" ", "-")}.png`;
    await page.screenshot({ path, fullPage: name !== "nasty" });
    expect(found).toEqual([]);
  });
});
