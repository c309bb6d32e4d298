import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpReport } from './report-data.ts';
import { hasBrowser, ReportBrowser, ranges } from './report-page.ts';

const FORTY_MINUTES = madeUpReport({ seconds: 2400 });

describe.runIf(hasBrowser())('report page by keyboard', () => {
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await ReportBrowser.start();
  });
  afterAll(async () => {
    await browser?.close();
  });

  const shown = async (page: Page) => (await ranges(page)).map(({ from, to }) => [from, to]);
  const all = (range: [number, number]) => Array.from({ length: 6 }, () => range);

  it('zooms and pans all panels of all runs', async () => {
    const { page } = await browser.open(FORTY_MINUTES);
    const timeline = page.locator('.panels').first();
    await timeline.focus();
    const outline = () =>
      timeline.evaluate((it) => it.ownerDocument.defaultView.getComputedStyle(it).outlineStyle);
    expect(await outline()).toBe('solid');
    const walk: [key: string, range: [number, number]][] = [
      ['+', [600, 1800]],
      ['=', [900, 1500]],
      ['Shift+ArrowRight', [1050, 1650]],
      ['Shift+ArrowLeft', [900, 1500]],
      ['-', [600, 1800]],
      ['0', [0, 2400]],
      ['-', [0, 2400]],
    ];
    for (const [key, range] of walk) {
      await page.keyboard.press(key);
      await expect.poll(() => shown(page), { message: key }).toEqual(all(range));
    }
    await page.close();
  });

  it('reads sample by sample, and takes the range along', async () => {
    const { page } = await browser.open(FORTY_MINUTES);
    await page.locator('.panels').nth(1).focus();
    const run = FORTY_MINUTES.runs[1];
    const reading = () => page.locator('#reading').textContent();
    const times = page.locator('.crosshair-time');
    await page.keyboard.press('ArrowRight');
    expect(await times.allTextContents()).toEqual(['20:00', '20:00']);
    await page.keyboard.press('ArrowLeft');
    const number = (value: number | null | undefined) =>
      (value ?? 0).toLocaleString('en-GB', { maximumFractionDigits: 1 });
    expect(await reading()).toMatch(`19:50: demand ${number(run?.demand[119])}, in service `);
    await page.keyboard.press('+');
    // About the moment pointed at, which stays where it is.
    await expect.poll(() => shown(page)).toEqual(all([595, 1795]));
    await page.keyboard.press('End');
    await expect.poll(() => shown(page)).toEqual(all([1200, 2400]));
    expect(await reading()).toMatch(/^40:00: /);
    await page.keyboard.press('Home');
    await expect.poll(() => shown(page)).toEqual(all([0, 1200]));
    expect(await reading()).toMatch(/^0:00: /);
    await page.keyboard.press('Escape');
    expect(await page.locator('.crosshair').first().isVisible()).toBe(false);
    await page.close();
  });

  it('has a button for each, off where it would do nothing', async () => {
    const { page } = await browser.open(FORTY_MINUTES);
    const enabled = () =>
      page
        .locator('.zoom-tools button:enabled')
        .evaluateAll((buttons) => buttons.map(({ id }) => id));
    expect(await enabled()).toEqual(['zoom-in']);
    await page.locator('#zoom-in').click();
    await expect.poll(() => shown(page)).toEqual(all([600, 1800]));
    expect(await enabled()).toEqual(['earlier', 'later', 'zoom-out', 'zoom-in', 'reset']);
    for (let press = 0; press < 2; press += 1) await page.locator('#later').click();
    await expect.poll(() => shown(page)).toEqual(all([1200, 2400]));
    expect(await enabled()).toEqual(['earlier', 'zoom-out', 'zoom-in', 'reset']);
    const reading = page.locator('#reading');
    expect(await reading.textContent()).toBe('Showing 20:00 – 40:00 of 40:00');
    await page.locator('#reset').click();
    await expect.poll(() => shown(page)).toEqual(all([0, 2400]));
    expect(await reading.textContent()).toBe('Showing 0:00 – 40:00, the whole run');
    await page.close();
  });
});
