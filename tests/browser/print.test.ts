import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpReport } from './report-data.ts';
import { hasBrowser, ReportBrowser } from './report-page.ts';

const REPORT = madeUpReport({ seconds: 2400 });

/** What the narrowest usual paper, A4, leaves between the margins that the page asks for, CSS pixels. */
const PAPER_WIDTH = 700;

describe.runIf(hasBrowser())('a report on paper', () => {
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await ReportBrowser.start();
  });
  afterAll(() => browser?.close());

  const widths = (page: Page) =>
    page
      .locator('.plot canvas')
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
  const ink = (page: Page) => page.evaluate<string>('getComputedStyle(document.body).color');
  const print = (page: Page, event: 'beforeprint' | 'afterprint') =>
    page.evaluate(`dispatchEvent(new Event('${event}'))`);

  it.each([
    ['of the system', { colorScheme: 'dark' }, false],
    ['that the button set', { colorScheme: 'light' }, true],
  ] as const)(
    'is light and as wide as the paper, with dark colours %s',
    async (_, options, isSet) => {
      const { page, complaints } = await browser.open(REPORT, options);
      if (isSet) await page.click('#theme');
      const [before, dark] = [await widths(page), await ink(page)];
      await print(page, 'beforeprint');
      await page.emulateMedia({ media: 'print' });
      for (const width of await widths(page)) expect(width).toBeLessThanOrEqual(PAPER_WIDTH);
      expect(await ink(page)).toBe('rgb(25, 29, 34)');
      for (const tool of ['#toolbar', '.adding', '#theme']) {
        expect([tool, await page.locator(tool).isVisible()]).toEqual([tool, false]);
      }
      await print(page, 'afterprint');
      await page.emulateMedia({ media: 'screen' });
      expect(await ink(page)).toBe(dark);
      await expect.poll(() => widths(page)).toEqual(before);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
