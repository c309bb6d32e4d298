import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportData } from '../../simulator/report/data.ts';
import { madeUpReport } from './report-data.ts';
import { hasBrowser, overflow, ReportBrowser } from './report-page.ts';

const FORTY_MINUTES = madeUpReport({ seconds: 2400 });
const DAY = madeUpReport({ seconds: 86_400 });

describe.runIf(hasBrowser())('report page in a browser', () => {
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await ReportBrowser.start();
  });
  afterAll(async () => {
    await browser?.close();
  });

  describe('opened from its file', () => {
    const cases: { label: string; data: ReportData; columns: number }[] = [
      { label: 'forty minutes, two policies', data: FORTY_MINUTES, columns: 2 },
      { label: 'two minutes', data: madeUpReport({ seconds: 120 }), columns: 2 },
      { label: 'a day', data: DAY, columns: 2 },
      {
        label: 'one policy',
        data: madeUpReport({ seconds: 2400, policies: ['fast-scaler'] }),
        columns: 1,
      },
      {
        label: 'no latency known',
        data: madeUpReport({ seconds: 2400, noLatency: true }),
        columns: 2,
      },
      {
        label: 'a long trace name without spaces',
        data: madeUpReport({ seconds: 2400, trace: `traces/${'azure_llm_'.repeat(20)}.csv.gz` }),
        columns: 2,
      },
      {
        label: 'a long policy name without spaces',
        data: madeUpReport({ seconds: 2400, policies: ['fast-scaler', 'policy_'.repeat(20)] }),
        columns: 2,
      },
      {
        label: 'Max far above what is used',
        data: madeUpReport({ seconds: 2400, maxCapacity: 500 }),
        columns: 2,
      },
      { label: 'no runs at all', data: { ...FORTY_MINUTES, runs: [], results: [] }, columns: 0 },
    ];

    it.each(cases)('draws $label without complaint, at any width', async ({ data, columns }) => {
      const { page, complaints } = await browser.open(data);
      expect(await page.locator('.run').count()).toBe(columns);
      expect(await page.locator('.plot canvas').count()).toBe(columns * 3);
      expect(await overflow(page)).toBe(0);
      await page.setViewportSize({ width: 390, height: 844 });
      await expect
        .poll(() =>
          page.locator('.plot canvas').evaluateAll((all) => all.map((each) => each.clientWidth)),
        )
        .toSatisfy((widths: number[]) => widths.every((width) => width > 300 && width <= 390));
      expect(await overflow(page)).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it('sets two runs side by side from 1100 px, and below each other on less', async () => {
      const { page } = await browser.open(FORTY_MINUTES, {
        viewport: { width: 1100, height: 900 },
      });
      const lefts = () =>
        page
          .locator('.run')
          .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().left));
      const [first, second] = await lefts();
      expect(second).toBeGreaterThan(first ?? 0);
      await page.setViewportSize({ width: 1099, height: 900 });
      const [above, below] = await lefts();
      expect(below).toBe(above);
      await page.close();
    });

    it('tells what a target per instance counts', async () => {
      const { page } = await browser.open(FORTY_MINUTES);
      expect(await page.locator('.facts dd').nth(3).textContent()).toBe(
        '1,500 invocations a minute',
      );
      await page.close();
    });

    it('keeps a day with two policies within 5 MB', async () => {
      const { page, bytes, openedMs } = await browser.open(DAY);
      console.info(
        `a day with two policies: ${bytes} bytes, open after ${Math.round(openedMs)} ms`,
      );
      expect(DAY.runs.map(({ demand }) => demand.length)).toEqual([8641, 8641]);
      expect(bytes).toBeLessThanOrEqual(5_000_000);
      await page.close();
    });

    it('shows a hostile trace name as text', async () => {
      const trace = '</script><img src=x onerror=alert(1)><b>&amp;';
      const { page, complaints } = await browser.open({ ...FORTY_MINUTES, trace });
      expect(await page.locator('.facts dd').first().textContent()).toBe(trace);
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.title()).toContain(trace);
      expect(complaints).toEqual([]);
      await page.close();
    });
  });

  it('gives one row of results a policy, and marks the best', async () => {
    const data: ReportData = {
      ...FORTY_MINUTES,
      results: [
        {
          policy: 'fast-scaler',
          reactionSeconds: 24,
          surges: 12,
          answered: 9,
          scaleInSeconds: 1234.5,
          unservedFraction: 0.03456,
          instanceHours: 5.5,
          changes: 4,
          p99LatencySeconds: 0.8449,
          failedFraction: 0.00001,
        },
        {
          policy: 'target-tracking',
          reactionSeconds: 212,
          surges: 2,
          answered: 2,
          scaleInSeconds: null,
          unservedFraction: 0.2,
          instanceHours: 5.501,
          changes: 2,
          p99LatencySeconds: null,
          failedFraction: 0,
        },
      ],
    };
    const { page } = await browser.open(data);
    const rows = await page.locator('.results tr').all();
    const cells = await Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
    expect(cells.map((row) => row.join(' | '))).toEqual([
      'Policy | Reaction (s) | Answered | Scale-in (s) | Unserved (%) | Instance-hours | Changes | p99 latency (s) | Failed (%)',
      'fast-scaler | 24 | 9 of 12 | 1,234.5 | 3.46 | 5.50 | 4 | 0.84 | <0.01',
      'target tracking | 212 | 2 of 2 | – | 20.00 | 5.50 | 2 | – | 0.00',
    ]);
    expect(await page.locator('.results .best').allTextContents()).toEqual(['24', '3.46', '0.00']);
    expect(await page.locator('h1').textContent()).toBe(
      'fast-scaler asked for capacity after 24\u00a0s (answered 9 of 12 surges); target tracking after 212\u00a0s.',
    );
    // On a telephone the table lies on its side: each measure has a line of its own.
    await page.setViewportSize({ width: 390, height: 844 });
    const first = page.locator('.results tbody tr').first().locator('th, td');
    const tops = await first.evaluateAll((all) =>
      all.map((each) => Math.round(each.getBoundingClientRect().top)),
    );
    expect(new Set(tops).size).toBe(9);
    await page.close();
  });

  describe('colours', () => {
    /** Whether the first panel has pixels near the colour of the demand line. */
    const drawnIn = (page: Page, wanted: readonly [number, number, number]) =>
      page
        .locator('.plot canvas')
        .first()
        .evaluate((canvas, colour) => {
          const { width, height } = canvas;
          const context = canvas.getContext('2d');
          const pixels = context?.getImageData(0, 0, width, height).data ?? [];
          for (let at = 0; at < pixels.length; at += 4) {
            const off = [0, 1, 2].map((part) =>
              Math.abs((pixels[at + part] ?? 0) - (colour[part] ?? 0)),
            );
            if (Math.max(...off) < 6 && (pixels[at + 3] ?? 0) > 230) return true;
          }
          return false;
        }, wanted);
    const paper = (page: Page) =>
      page
        .locator('body')
        .evaluate((body) => body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor);
    const DARK_LINE = [25, 29, 34] as const;
    const LIGHT_LINE = [242, 244, 246] as const;

    it.each([
      { scheme: 'light', paper: 'rgb(252, 252, 251)', line: DARK_LINE, other: LIGHT_LINE },
      { scheme: 'dark', paper: 'rgb(19, 23, 28)', line: LIGHT_LINE, other: DARK_LINE },
    ] as const)('follow the system: $scheme', async (wanted) => {
      const { page, complaints } = await browser.open(FORTY_MINUTES, {
        colorScheme: wanted.scheme,
      });
      expect(complaints).toEqual([]);
      expect(await paper(page)).toBe(wanted.paper);
      await expect.poll(() => drawnIn(page, wanted.line)).toBe(true);
      expect(await drawnIn(page, wanted.other)).toBe(false);
      await page.close();
    });

    it('follow the button from then on, chart and page', async () => {
      const { page } = await browser.open(FORTY_MINUTES);
      const button = page.locator('#theme');
      expect(await button.textContent()).toBe('Dark');
      await button.click();
      expect(await paper(page)).toBe('rgb(19, 23, 28)');
      await expect.poll(() => drawnIn(page, LIGHT_LINE)).toBe(true);
      expect(await button.textContent()).toBe('Light');
      await page.emulateMedia({ colorScheme: 'dark' });
      await button.click();
      expect(await paper(page)).toBe('rgb(252, 252, 251)');
      await expect.poll(() => drawnIn(page, DARK_LINE)).toBe(true);
      await page.close();
    });
  });
});
