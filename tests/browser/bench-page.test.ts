import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchPageData } from '../../simulator/bench/page-data.ts';
import { renderBench } from '../../simulator/bench/render.ts';
import { runBench } from '../../simulator/bench/runner.ts';
import { generateLoad } from '../../simulator/load/scenarios.ts';
import { hasBrowser, overflow } from './report-page.ts';

const runs = runBench({
  sources: ['spike', 'idle'].map((name) => ({ name, load: () => generateLoad(name, 1) })),
  leadTimesSeconds: [60, 180],
  riskPrices: [3, 10],
  policies: ['fast-scaler', 'hpa', 'optimum'],
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
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
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
    expect(await page.locator('.regrets tbody tr').count()).toBe(3);
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
    expect(await page.locator('#timeline canvas').count()).toBe(1);
    expect(await page.locator('.regrets [aria-pressed="true"]').count()).toBe(1);
  });

  it('has something to say of a trace without a request', async () => {
    await page.selectOption('#trace', 'idle');
    expect(await page.locator('#trade-hint').textContent()).toBe('This load demands nothing.');
    expect(await page.locator('.trade-off').count()).toBe(0);
    expect(await page.locator('.regrets tbody tr').first().textContent()).toContain('1.000');
    expect(await page.locator('#timeline canvas').count()).toBe(1);
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
      recommended: 'scaleInSpacingSeconds 300',
      caveats: ['It is no forecast.'],
    };
    const path = join(folder, 'backtest.html');
    writeFileSync(path, renderBench(benchPageData(long, 8, verdict)));
    const there = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    there.on('pageerror', (error) => complaints.push(error.message));
    await there.goto(pathToFileURL(path).href);
    expect(await there.locator('h1').textContent()).toBe(verdict.headline);
    expect(await there.locator('.regrets tbody th', { hasText: '(recommended)' }).count()).toBe(1);
    expect(await there.locator('#cell').textContent()).toContain(verdict.recommended);
    expect(await there.locator('#timeline canvas').count()).toBe(1);
    expect(await there.locator('#notes').textContent()).toContain('It is no forecast.');
    const beyond = await there.evaluate(
      "[...document.querySelectorAll('.trade-off .label text')].filter((label) => label.getBoundingClientRect().right > document.querySelector('.trade-off').getBoundingClientRect().right).length",
    );
    expect(beyond).toBe(0);
    await there.close();
  });

  it('fits a telephone, in dark colours', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.click('#theme');
    await expect.poll(() => overflow(page)).toBe(0);
  });

  it('does all that without complaint', () => {
    expect(complaints).toEqual([]);
  });
});
