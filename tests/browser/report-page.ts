import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ReportData } from '../../simulator/report/data.ts';
import { renderReport } from '../../simulator/report/render.ts';
import { BROWSER_MISSING, browserPath, launchBrowser } from '../../tools/browser.ts';

/** Whether there is a browser to test with; says so when there is none. */
export function hasBrowser(): boolean {
  const isFound = browserPath() !== undefined;
  if (!isFound) console.log(`not run: ${BROWSER_MISSING}`);
  return isFound;
}

/** A report opened from its file, and what the browser complained about or asked the network for. */
export interface OpenReport {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly bytes: number;
  /** From asking for the page until its panels were drawn, milliseconds. */
  readonly openedMs: number;
}

/** A browser that opens reports; `close` ends it and deletes their files. */
export class ReportBrowser {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fast-scaler-report-'));
  #count = 0;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<ReportBrowser> {
    return new ReportBrowser(await launchBrowser());
  }

  async open(data: ReportData, options: BrowserContextOptions = {}): Promise<OpenReport> {
    const html = renderReport(data);
    const file = join(this.#folder, `report-${this.#count++}.html`);
    writeFileSync(file, html);
    const url = pathToFileURL(file).href;
    const page = await this.#browser.newPage({
      viewport: { width: 1400, height: 900 },
      colorScheme: 'light',
      ...options,
    });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== url && !request.url().startsWith('data:')) {
        complaints.push(`request: ${request.url()}`);
      }
    });
    const askedMs = performance.now();
    await page.goto(url);
    // Each panel notes its range once it is drawn.
    const panels = data.runs.length * 3;
    if (panels > 0)
      await page
        .locator('.plot[data-from]')
        .nth(panels - 1)
        .waitFor();
    const openedMs = performance.now() - askedMs;
    return { page, complaints, bytes: Buffer.byteLength(html), openedMs };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true });
  }
}

/** The ranges of time that the panels show, in document order. */
export function ranges(page: Page): Promise<{ from: number; to: number }[]> {
  return page.locator('.plot').evaluateAll((plots) =>
    plots.map((plot) => ({
      from: Number(plot.getAttribute('data-from')),
      to: Number(plot.getAttribute('data-to')),
    })),
  );
}

/** The tops of the value axes of the panels, in document order. */
export function tops(page: Page): Promise<number[]> {
  return page
    .locator('.plot')
    .evaluateAll((plots) => plots.map((plot) => Number(plot.getAttribute('data-top'))));
}

/** Moves the mouse to a share of the width of a plot, 0 at its left edge. */
export async function pointAt(page: Page, plot: number, share: number): Promise<void> {
  const surface = page.locator('.u-over').nth(plot);
  await surface.scrollIntoViewIfNeeded();
  const box = await surface.boundingBox();
  if (!box) throw new Error(`plot ${plot} is not shown`);
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
}

/** Drags over a plot from one share of its width to another. */
export async function drag(page: Page, plot: number, from: number, to: number): Promise<void> {
  await pointAt(page, plot, from);
  await page.mouse.down();
  await pointAt(page, plot, (from + to) / 2);
  await pointAt(page, plot, to);
  await page.mouse.up();
}

/** CSS pixels by which the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth);
}
