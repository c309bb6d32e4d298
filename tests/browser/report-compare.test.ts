import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../simulator/report/render.ts';
import { madeUpReport } from './report-data.ts';
import { hasBrowser, overflow, ReportBrowser, ranges, tops } from './report-page.ts';

const FORTY_MINUTES = madeUpReport({ seconds: 2400 });
const HOUR = madeUpReport({ seconds: 3600, leadTimeSeconds: 480 });

describe.runIf(hasBrowser())('comparison of runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fast-scaler-compare-'));
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await ReportBrowser.start();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  const names = (page: Page) => page.locator('.run h3').allTextContents();
  const rows = (page: Page) => page.locator('.results tbody th').allTextContents();

  it('shows four runs of two reports over one axis and one scale', async () => {
    const { page, complaints } = await browser.open(FORTY_MINUTES);
    const slow = 'the-slow-one-of-2026-01-05.html';
    await page.setInputFiles('#add-report', file(slow, renderReport(HOUR)));
    const four = [
      'fast-scaler',
      'target tracking',
      `fast-scaler (${slow})`,
      `target tracking (${slow})`,
    ];
    await expect.poll(() => names(page)).toEqual(four);
    expect(await rows(page)).toEqual(four);
    await page.locator('.plot[data-from]').nth(11).waitFor();
    expect(await ranges(page)).toEqual(Array.from({ length: 12 }, () => ({ from: 0, to: 3600 })));
    const [first = [], ...others] = [0, 3, 6, 9].map(async (at) =>
      (await tops(page)).slice(at, at + 3),
    );
    for (const other of others) expect(await other).toEqual(await first);
    expect(await page.locator('.run-note').first().textContent()).toContain('lead time 480 s');
    for (const width of [1100, 800, 768, 560, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await expect.poll(() => overflow(page)).toBe(0);
      const hidden = await page
        .locator('.results')
        .evaluate((results) => results.scrollWidth - results.clientWidth);
      expect([width, hidden]).toEqual([width, 0]);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('takes runs away and back, and no fifth beside four', async () => {
    const { page } = await browser.open(FORTY_MINUTES);
    const five = madeUpReport({ seconds: 2400, policies: ['hpa', 'knative', 'ray-serve'] });
    await page.setInputFiles('#add-report', file('five.html', renderReport(five)));
    await expect.poll(async () => (await names(page)).length).toBe(4);
    const box = (name: string) => page.getByRole('checkbox', { name, exact: true });
    expect(await box('ray-serve (five.html)').isDisabled()).toBe(true);
    await box('target tracking').uncheck();
    expect(await names(page)).toEqual(['fast-scaler', 'hpa (five.html)', 'knative (five.html)']);
    await box('ray-serve (five.html)').check();
    expect((await names(page)).at(-1)).toBe('ray-serve (five.html)');
    expect(await box('target tracking').isDisabled()).toBe(true);
    expect(await page.locator('#add-state').textContent()).toBe('');
    await page.setInputFiles('#add-report', file('more.html', renderReport(five)));
    await expect.poll(() => page.locator('#add-state').textContent()).toMatch(/^Added\. Untick /);
    expect(await names(page)).not.toContain('hpa (more.html)');
    await box('ray-serve (five.html)').uncheck();
    expect(await page.locator('#add-state').textContent()).toBe('');
    await page.close();
  });

  it('says that no run is chosen, with no result and no range of another left over', async () => {
    const { page, complaints } = await browser.open(FORTY_MINUTES);
    const boxes = page.locator('#choices input');
    for (const box of await boxes.all()) await box.uncheck();
    expect(await page.locator('#results').textContent()).toBe('No run is chosen.');
    expect(await page.locator('#none-chosen').isVisible()).toBe(true);
    expect([await names(page), await page.locator('#toolbar').isVisible()]).toEqual([[], false]);
    await boxes.nth(1).check();
    expect(await rows(page)).toEqual(['target tracking']);
    expect(await page.locator('#none-chosen').isVisible()).toBe(false);
    expect(await page.locator('#toolbar').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('tells apart what is added twice under one name', async () => {
    const { page } = await browser.open(madeUpReport({ seconds: 2400, policies: ['hpa'] }));
    const again = file(
      'again.html',
      renderReport(madeUpReport({ seconds: 2400, policies: ['x'] })),
    );
    for (const known of [2, 3, 4]) {
      await page.setInputFiles('#add-report', again);
      await expect.poll(async () => (await names(page)).length).toBe(known);
    }
    const four = ['hpa', 'x (again.html)', 'x (again.html, 2)', 'x (again.html, 3)'];
    expect(await names(page)).toEqual(four);
    expect(await rows(page)).toEqual(four);
    await page.close();
  });

  it('says why a file is not taken', async () => {
    const { page } = await browser.open(FORTY_MINUTES);
    const older = renderReport(HOUR).replace('{"version":', '{"version":-');
    const cases = [
      ['notes.html', '<p>Notes</p>', 'it is no report of fast-scaler simulate'],
      ['broken.html', '<script id="report-data">{</script>', 'its data cannot be read'],
      ['older.html', older, 'it was made by another version; make it again'],
    ] as const;
    for (const [name, text, why] of cases) {
      await page.setInputFiles('#add-report', file(name, text));
      const state = page.locator('#add-state');
      await expect.poll(() => state.textContent()).toBe(`${name} was not added: ${why}.`);
    }
    expect(await names(page)).toHaveLength(2);
    await page.close();
  });
});
