import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import html from "../../src/report/reporters/html.ts";
import type { RunResult } from "../../src/report/run-result.ts";

/** Path of a Chromium that is installed here, or null. */
export function findBrowser(): string | null {
  const places = [
    process.env["CHROMIUM"],
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ];
  return places.find((path) => path !== undefined && path !== "" && existsSync(path)) ?? null;
}

export interface OpenPage {
  readonly page: Page;
  /** errors of the console and of scripts, and each request that is not the page itself */
  readonly trouble: string[];
}

/** Says once why the browser tests are skipped; a skip without a word would look like a pass. */
export function findBrowserOrSay(): string | null {
  const found = findBrowser();
  if (found === null)
    console.warn(
      "Browser tests skipped: no Chromium here (apt-get install chromium, or set CHROMIUM to its path).",
    );
  return found;
}

/** Where screenshots are kept: git ignores it, CI keeps it as an artefact. Looked at by eye, compared with nothing. */
export const SCREENSHOTS = fileURLToPath(new URL("../../.cache/screenshots/", import.meta.url));

/** What axe-core finds on a page, worst word first. The page must have been opened with `bypassCSP`. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.addScriptTag({
    content: readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"),
  });
  return await page.evaluate<string[]>(`axe.run().then(({ violations }) => violations.map((item) =>
    item.impact + " " + item.id + ": " + item.nodes[0].html.slice(0, 200) + " " + item.nodes[0].failureSummary))`);
}

// Expressions for the browser are text: the tests are checked without the types of a page.
const FOCUSED = `(document.activeElement.tagName.toLowerCase() + " " +
  (document.activeElement.getAttribute("name") ?? document.activeElement.className)).trim()`;

/** The element that has the focus: its tag, and its name or classes. */
export const focused = (page: Page): Promise<string> => page.evaluate<string>(FOCUSED);

/** Rows of the list that the filters leave. */
export const shownRows = (page: Page): Promise<number> => page.locator("table.list > tbody:visible").count();

/** A browser and a folder for pages; both go with `close`. */
export class Viewer {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), "rewire-report-"));
  private constructor(browser: Browser) {
    this.#browser = browser;
  }
  static async start(executablePath: string): Promise<Viewer> {
    const quiet = [
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ];
    return new Viewer(
      await chromium.launch({
        executablePath,
        args: ["--no-sandbox", "--disable-dev-shm-usage", "--no-default-browser-check", ...quiet],
      }),
    );
  }
  /** Renders the run to a file and opens that, as a reviewer does. */
  async open(result: RunResult, options: BrowserContextOptions = {}, hash = ""): Promise<OpenPage> {
    const file = join(this.#folder, "report.html");
    writeFileSync(file, html.render(result, {}));
    return await this.openFile(file, options, hash);
  }
  /** Opens a report from disk. */
  async openFile(file: string, options: BrowserContextOptions = {}, hash = ""): Promise<OpenPage> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    // A screenshot of a long page takes its time on a busy machine.
    page.setDefaultTimeout(90_000);
    const trouble: string[] = [];
    page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("dialog", (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on(
      "request",
      (request) => request.url().split("#")[0] !== pathToFileURL(file).href && trouble.push(request.url()),
    );
    await page.goto(pathToFileURL(file).href + hash);
    return { page, trouble };
  }
  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
