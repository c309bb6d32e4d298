import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchPageData } from '../../simulator/bench/page-data.ts';
import { renderBench } from '../../simulator/bench/render.ts';
import { runBench } from '../../simulator/bench/runner.ts';
import { generateLoad } from '../../simulator/load/scenarios.ts';
import { launchBrowser } from '../../tools/browser.ts';
import { hasBrowser, overflow } from './report-page.ts';

const runs = runBench({
  sources: ['spike', 'idle'].map((name) => ({ name, load: () => generateLoad(name, 1) })),
  leadTimesSeconds: [60, 180],
  riskPrices: [3, 10],
  policies: ['fast-scaler', 'hpa', 'optimum'],
  peakInstances: 8,
});

/** Prices so near to each other that their points are, too. */
const CLOSE = runBench({
  sources: [{ name: 'spike', load: () => generateLoad('spike', 1) }],
  leadTimesSeconds: [60],
  riskPrices: [3, 10, 11, 12],
  policies: ['fast-scaler', 'target-tracking-high-resolution', 'optimum'],
  peakInstances: 8,
});

describe.runIf(hasBrowser())('bench page in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-page-'));
  const complaints: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const path = join(folder, 'bench.html');
    writeFileSync(path, renderBench(benchPageData(runs, 8)));
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(path).href);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it('shows every policy over all traces, and no course yet', async () => {
    expect(await page.locator('#verdict').isVisible()).toBe(false);
    expect(await page.locator('#regrets tbody tr').count()).toBe(3);
    expect(await page.locator('.trade-off .curve').count()).toBe(3);
    // Two points for each that weighs the price, one for the peer.
    expect(await page.locator('.trade-off circle').count()).toBe(5);
    expect(await page.locator('#course').isHidden()).toBe(true);
  });

  it('opens any cell of a trace as a timeline, by keyboard too', async () => {
    await page.selectOption('#trace', 'spike');
    await page.selectOption('#lead', '180');
    expect(await page.locator('#cell').textContent()).toContain('fast-scaler');
    const figure = page.locator('button[aria-label^="hpa at risk price 3:"]');
    await figure.focus();
    await page.keyboard.press('Enter');
    const cell = runs.find(
      ({ cell: each }) =>
        each.trace === 'spike' && each.leadTimeSeconds === 180 && each.policy === 'hpa',
    )?.cell;
    const words = await page.locator('#cell').textContent();
    expect(words).toContain('hpa');
    expect(words).toContain(`Changes${cell?.changes}`);
    expect(await page.locator('#runs canvas').count()).toBe(1);
    expect(await page.locator('.regrets [aria-pressed="true"]').count()).toBe(1);
  });

  it('has something to say of a trace without a request', async () => {
    await page.selectOption('#trace', 'idle');
    expect(await page.locator('#trade-hint').textContent()).toBe('This load demands nothing.');
    expect(await page.locator('.trade-off').count()).toBe(0);
    expect(await page.locator('#regrets tbody tr').first().textContent()).toContain('1.000');
    expect(await page.locator('#runs canvas').count()).toBe(1);
  });

  it('of a backtest marks what is recommended, opens its run, and cuts no label', async () => {
    const own = runs.filter(
      ({ cell }) => cell.trace === 'spike' && cell.leadTimeSeconds === 180 && cell.riskPrice === 10,
    );
    const long = own.map((run) =>
      run.cell.policy === 'hpa'
        ? { ...run, cell: { ...run.cell, policy: 'scaleInSpacingSeconds 300' } }
        : run,
    );
    const verdict = {
      target: 'checkout/AllTraffic',
      headline: 'Recommended: scaleInSpacingSeconds 300.',
      why: 'It is cheaper.',
      facts: [['Goal', 'at most 1.00 % unserved: missed']] as const,
      command: "aws ssm put-parameter --value '{}'",
      recommended: 'scaleInSpacingSeconds 300',
      caveats: ['It is no forecast.'],
    };
    const path = join(folder, 'backtest.html');
    writeFileSync(path, renderBench(benchPageData(long, 8, verdict)));
    const there = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    there.on('pageerror', (error) => complaints.push(error.message));
    await there.goto(pathToFileURL(path).href);
    expect(await there.locator('h1').textContent()).toBe(verdict.headline);
    expect(await there.locator('#why').textContent()).toBe(verdict.why);
    expect(await there.locator('#command').textContent()).toBe(verdict.command);
    expect(await there.locator('#facts').textContent()).toContain('Goalat most 1.00 % unserved');
    expect(await there.locator('.regrets tbody th', { hasText: '(recommended)' }).count()).toBe(1);
    expect(await there.locator('#cell').textContent()).toContain(verdict.recommended);
    expect(await there.locator('#runs canvas').count()).toBe(1);
    expect(await there.locator('#notes').textContent()).toContain('It is no forecast.');
    const beyond = await there.evaluate(
      "[...document.querySelectorAll('.trade-off .label text')].filter((label) => label.getBoundingClientRect().right > document.querySelector('.trade-off').getBoundingClientRect().right).length",
    );
    expect(beyond).toBe(0);
    // One price is not any, and other marks lie below that of the recommended one.
    expect(new Set(await there.locator('#figure-table td:nth-child(2)').allTextContents())).toEqual(
      new Set(['×10']),
    );
    expect(await there.locator('.trade-off .curve').last().getAttribute('class')).toBe(
      'curve ours',
    );
    await there.close();
  });

  it('reads the course of a run by keyboard, and zooms it', async () => {
    await page.selectOption('#trace', 'spike');
    const course = page.locator('#runs .panels');
    await course.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    const reading = page.locator('#reading');
    expect(await reading.textContent()).toMatch(/^0:00:10: demand .*, in service 2, desired 2$/);
    expect(await page.locator('.crosshair').isVisible()).toBe(true);
    await page.keyboard.press('+');
    expect(await reading.textContent()).toMatch(/^Showing 0:00:\d\d – 1:00:\d\d of 2:00:00$/);
    // Another run under the same load is looked at in the same range.
    await page.locator('button[aria-label^="hpa at risk price 3:"]').click();
    expect(await page.locator('#zoom-state').textContent()).toContain('of 2:00:00');
    const mark = page.locator('.mark').first();
    await mark.focus();
    expect(await page.locator('.card-title').textContent()).toMatch(/^\d+ → \d+ instances?$/);
    await page.keyboard.press('Escape');
    await page.selectOption('#trace', 'idle');
    expect(await page.locator('#zoom-state').textContent()).toMatch(/, the whole run$/);
  });

  it('fits a telephone, in dark colours', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.click('#theme');
    await expect.poll(() => overflow(page)).toBe(0);
  });

  it('fits a telephone with a trace of a long name', async () => {
    const trace = 'a_trace_of_a_production_endpoint_with_a_very_long_name_of_2026_without_a_break';
    const named = CLOSE.map((run) => ({ ...run, cell: { ...run.cell, trace } }));
    const path = join(folder, 'long-name.html');
    writeFileSync(path, renderBench(benchPageData(named, 8)));
    const there = await browser.newPage({ viewport: { width: 360, height: 844 } });
    await there.goto(pathToFileURL(path).href);
    expect(await overflow(there)).toBe(0);
    await there.close();
  });

  it('says where prices lie out of sight, and lets keys reach them', async () => {
    const more = [0, 100].flatMap((by) =>
      CLOSE.map((run) => ({
        ...run,
        cell: { ...run.cell, riskPrice: run.cell.riskPrice + by },
      })),
    );
    const path = join(folder, 'many-prices.html');
    writeFileSync(path, renderBench(benchPageData(more, 8)));
    const there = await browser.newPage({ viewport: { width: 390, height: 844 } });
    await there.goto(pathToFileURL(path).href);
    const [hint, table] = [there.locator('#regret-cut'), there.locator('#regrets')];
    await expect.poll(() => hint.isVisible()).toBe(true);
    expect(await overflow(there)).toBe(0);
    await table.focus();
    await there.keyboard.press('ArrowRight');
    await expect.poll(() => table.evaluate((each) => each.scrollLeft)).toBeGreaterThan(0);
    await there.setViewportSize({ width: 900, height: 844 });
    await expect.poll(() => hint.isVisible()).toBe(false);
    await there.close();
  });

  it('reads the course where a finger tapped', async () => {
    const there = await browser.newPage({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await there.goto(page.url());
    await there.selectOption('#trace', 'spike');
    await there.locator('#runs .u-over').tap({ position: { x: 100, y: 60 } });
    expect(await there.locator('.crosshair').isVisible()).toBe(true);
    expect(await there.locator('.readout-value').first().textContent()).not.toBe('');
    await there.close();
  });

  it.each([1400, 768, 390])('names every policy and price, %i px wide', async (width) => {
    const close = await browser.newPage({ viewport: { width, height: 900 } });
    close.on('pageerror', (error) => complaints.push(error.message));
    const path = join(folder, `close-${width}.html`);
    writeFileSync(path, renderBench(benchPageData(CLOSE, 8)));
    await close.goto(pathToFileURL(path).href);
    const boxes = async (selector: string) =>
      close.locator(selector).evaluateAll((all) =>
        all.map((each) => {
          const { left, right, top, bottom } = each.getBoundingClientRect();
          return { left, right, top, bottom };
        }),
      );
    const [drawing] = await boxes('.trade-off');
    for (const { left, right, top, bottom } of await boxes('.trade-off text')) {
      expect(left).toBeGreaterThanOrEqual(drawing?.left ?? 0);
      expect(right).toBeLessThanOrEqual((drawing?.right ?? 0) + 0.5);
      expect(top).toBeGreaterThanOrEqual(drawing?.top ?? 0);
      expect(bottom).toBeLessThanOrEqual((drawing?.bottom ?? 0) + 0.5);
    }
    const names = await close
      .locator(width === 390 ? '.trade-key li' : '.trade-off .label text')
      .allTextContents();
    expect(names.sort()).toEqual(['fast-scaler', 'optimum', 'target-tracking-high-resolution']);
    const prices = await close.locator('.trade-off .price').allTextContents();
    expect(prices.join(' ').split(' ').sort()).toEqual(['×10', '×11', '×12', '×3']);
    const placed = await boxes('.trade-off .price');
    for (const [i, one] of placed.entries()) {
      for (const other of placed.slice(i + 1)) {
        const apart =
          one.right <= other.left + 1 ||
          other.right <= one.left + 1 ||
          one.bottom <= other.top + 3 ||
          other.bottom <= one.top + 3;
        expect(apart).toBe(true);
      }
    }
    await close.locator('#figures summary').click();
    const ownPrices = await close
      .locator('#figure-table tbody tr', { hasText: 'fast-scaler' })
      .locator('td:nth-child(2)')
      .allTextContents();
    expect(ownPrices.join(', ').split(', ').sort()).toEqual(['×10', '×11', '×12', '×3']);
    expect(await close.locator('#figure-table tbody tr').first().textContent()).toMatch(
      /^fast-scaler×3\d+\.\d\d %\d\.\d{3}$/,
    );
    await close.close();
  });

  it('does all that without complaint', () => {
    expect(complaints).toEqual([]);
  });
});
