import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
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
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
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
