import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportData } from '../../simulator/report/data.ts';
import { renderReport } from '../../simulator/report/render.ts';
import { madeUpReport } from './report-data.ts';
import { hasBrowser, overflow, ReportBrowser } from './report-page.ts';

const FORTNIGHT = madeUpReport({ seconds: 15 * 86_400 });

/** The same report with one sentence for every decision. */
function saying(report: ReportData, sentence: string): ReportData {
  const runs = report.runs.map((run) => ({
    ...run,
    decisions: run.decisions.map((each) => ({ ...each, steps: [], sentences: [sentence] })),
  }));
  return { ...report, runs };
}

describe.runIf(hasBrowser())('a report of many days', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fast-scaler-dense-'));
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await ReportBrowser.start();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it.each([1300, 390])(
    'lets marks that are too near stand for each other, %i px wide',
    async (width) => {
      const { page, complaints } = await browser.open(FORTNIGHT, {
        viewport: { width, height: 900 },
      });
      const out = page.locator('.strip').first().locator('.mark.kind-scale-out:visible');
      await expect.poll(() => out.count()).toBeLessThan(60);
      const lefts = await out.evaluateAll((all) => all.map((each) => Number(each.offsetLeft)));
      for (const [i, left] of lefts.slice(1).entries()) {
        expect(left - (lefts[i] as number)).toBeGreaterThanOrEqual(9);
      }
      // Each decision is a mark, or is counted by one.
      const labels = await out.evaluateAll((all) => all.map((each) => each.ariaLabel ?? ''));
      const counted = labels.map(
        (label) => 1 + Number(/; (\d+) more until /.exec(label)?.[1] ?? 0),
      );
      const all = FORTNIGHT.runs[0]?.decisions.filter(({ kind }) => kind === 'scale-out') ?? [];
      expect(counted.reduce((sum, count) => sum + count, 0)).toBe(all.length);
      await out.first().focus();
      await expect
        .poll(() => page.locator('#card .card-more').textContent())
        .toMatch(/^\d+ more until day 1 \d\d:\d\d:\d\d; zoom in to see$/);
      expect(await overflow(page)).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('shows every mark of a day that is zoomed to', async () => {
    const { page } = await browser.open(FORTNIGHT, { viewport: { width: 1300, height: 900 } });
    const zoomIn = page.locator('#toolbar button', { hasText: '+' });
    for (let i = 0; i < 5; i += 1) await zoomIn.click();
    const out = page.locator('.strip').first().locator('.mark.kind-scale-out:visible');
    await expect.poll(() => out.count()).toBeGreaterThan(3);
    const labels = await out.evaluateAll((all) => all.map((each) => each.ariaLabel ?? ''));
    expect(labels.filter((label) => label.includes('more until'))).toEqual([]);
    await page.close();
  });

  it('writes the times of a shorter run as its axis does', async () => {
    const sentence = 'By 00:25:10 or 00:30:00, 3 min later, 16 instances are in service.';
    const hour = join(folder, 'hour.html');
    writeFileSync(hour, renderReport(saying(madeUpReport({ seconds: 3600 }), sentence)));
    const days = saying(madeUpReport({ seconds: 2 * 86_400 }), 'By day 2 00:25:10 all is well.');
    const { page } = await browser.open(days, { viewport: { width: 1300, height: 900 } });
    const card = page.locator('#card');
    await page.locator('.mark:visible').first().focus();
    await expect.poll(() => card.textContent()).toContain('By day 2 00:25:10 all is well.');
    await page.setInputFiles('#add-report', hour);
    await page.locator('.strip').nth(2).locator('.mark:visible').first().focus();
    await expect
      .poll(() => card.textContent())
      .toContain('By day 1 00:25:10 or day 1 00:30:00, 3 min later, 16 instances are in service.');
    await page.close();
  });

  it('leaves the times of a run of hours as they are', async () => {
    const { page } = await browser.open(saying(madeUpReport({ seconds: 7200 }), 'By 00:25:10.'));
    await page.locator('.mark:visible').first().focus();
    await expect.poll(() => page.locator('#card').textContent()).toMatch(/By 00:25:10\.$/);
    await page.close();
  });
});
