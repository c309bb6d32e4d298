import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpReport } from './report-data.ts';
import { drag, hasBrowser, pointAt, ReportBrowser, ranges, tops } from './report-page.ts';

const FORTY_MINUTES = madeUpReport({ seconds: 2400 });
const DAY = madeUpReport({ seconds: 86_400 });

describe.runIf(hasBrowser())('time axis of the report page', () => {
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await ReportBrowser.start();
  });
  afterAll(async () => {
    await browser?.close();
  });

  describe('zoom', () => {
    const whole = Array.from({ length: 6 }, () => ({ from: 0, to: 2400 }));
    const reset = {
      button: (page: Page) => page.locator('#reset').click(),
      'double click': async (page: Page) => page.locator('.u-over').nth(4).dblclick(),
    };

    it.each(Object.entries(reset))('by dragging over any panel, undone by %s', async (_, undo) => {
      const { page } = await browser.open(FORTY_MINUTES);
      expect(await ranges(page)).toEqual(whole);
      expect(await page.locator('#reset').isDisabled()).toBe(true);
      expect(await page.locator('#zoom-state').textContent()).toBe(
        'Showing 0:00 – 40:00, the whole run',
      );
      await drag(page, 3, 0.25, 0.75);
      await expect.poll(async () => (await ranges(page)).every(({ to }) => to < 2400)).toBe(true);
      const zoomed = await ranges(page);
      // One pixel of the plot is about 4.5 s.
      expect(zoomed[0]?.from).toBeCloseTo(600, -1);
      expect(zoomed[0]?.to).toBeCloseTo(1800, -1);
      expect(zoomed).toEqual(zoomed.map(() => zoomed[0]));
      expect(await page.locator('#zoom-state').textContent()).toMatch(
        /^Showing (9:5\d|10:0\d) – (29:5\d|30:0\d) of 40:00$/,
      );
      await undo(page);
      await expect.poll(() => ranges(page)).toEqual(whole);
      expect(await page.locator('#reset').isDisabled()).toBe(true);
      await page.close();
    });

    it.each([
      { label: 'of forty minutes', seconds: 2400 },
      { label: 'of a run no longer than that', seconds: 30 },
    ])('offers no closer look at the shortest range $label', async ({ seconds }) => {
      const { page } = await browser.open(madeUpReport({ seconds }));
      const closer = page.locator('#zoom-in');
      for (let press = 0; press < 10 && (await closer.isEnabled()); press++) await closer.click();
      expect(await closer.isDisabled()).toBe(true);
      const [{ from, to } = { from: 0, to: 0 }] = await ranges(page);
      expect(to - from).toBeCloseTo(Math.min(40, seconds));
      if (seconds > 40) {
        await page.locator('#zoom-out').click();
        expect(await closer.isEnabled()).toBe(true);
      }
      await page.close();
    });

    it.each([2400, 7200, 100_000])('has room for the last time of %i s', async (seconds) => {
      const { page } = await browser.open(madeUpReport({ seconds }));
      const longest = seconds > 86_400 ? 'day 28 00:00:00' : '00:00:00';
      const margin = await page.evaluate<number>(
        "Number.parseFloat(document.querySelector('.stack').style.getPropertyValue('--margin'))",
      );
      const width = await page.evaluate<number>(
        `(() => {
          const context = document.createElement('canvas').getContext('2d');
          context.font = '11px ' + getComputedStyle(document.body).fontFamily;
          return context.measureText('${longest}').width;
        })()`,
      );
      expect(margin).toBeGreaterThanOrEqual(width / 2);
      await page.close();
    });

    it('shows the marks in range only, and keeps them reachable', async () => {
      const { page } = await browser.open(DAY);
      await drag(page, 0, 0.5, 0.625);
      await expect.poll(async () => (await ranges(page))[0]?.from).toBeGreaterThan(0);
      const { from, to } = (await ranges(page))[0] ?? { from: 0, to: 0 };
      const inRange = DAY.runs.map(
        ({ decisions }) =>
          decisions.filter(({ atSeconds }) => atSeconds >= from && atSeconds <= to).length,
      );
      expect(inRange[0]).toBeGreaterThan(2);
      for (const [index, count] of inRange.entries()) {
        const shown = page.locator('.strip').nth(index).locator('.mark:visible');
        expect(await shown.count()).toBe(count);
        expect(
          await page.locator('.strip').nth(index).locator('.mark:visible[tabindex="0"]').count(),
        ).toBe(1);
      }
      await page.close();
    });

    it('does nothing on a click, and nothing when Escape ends the drag', async () => {
      const { page } = await browser.open(FORTY_MINUTES);
      await page.locator('.u-over').first().click();
      await pointAt(page, 0, 0.2);
      await page.mouse.down();
      await pointAt(page, 0, 0.6);
      expect(await page.locator('.selection').nth(1).isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      expect(await page.locator('.selection').nth(1).isVisible()).toBe(false);
      await page.mouse.up();
      expect(await page.locator('#reset').isDisabled()).toBe(true);
      expect(await ranges(page)).toEqual(whole);
      await page.close();
    });
  });

  it('says the day where a run is longer than one', async () => {
    const data = madeUpReport({ seconds: 36 * 3600, policies: ['fast-scaler'] });
    const { page, complaints } = await browser.open(data);
    expect(await page.locator('.facts dd').nth(1).textContent()).toBe('1 d 12 h');
    const state = page.locator('#zoom-state');
    expect(await state.textContent()).toBe(
      'Showing day 1 00:00:00 – day 2 12:00:00, the whole run',
    );
    await drag(page, 0, 0.75, 1);
    await expect.poll(() => state.textContent()).toMatch(/^Showing day 2 0\d:.* of 1 d 12 h$/);
    const last = page.locator('.mark:visible').last();
    expect(await last.getAttribute('aria-label')).toMatch(/^day 2 \d\d:\d\d:\d\d, /);
    // Both ends of the axis have room for what the line says there.
    for (const share of [0, 1]) {
      await pointAt(page, 0, share === 0 ? 0.002 : 0.998);
      const plot = await page.locator('.u-over').first().boundingBox();
      const label = await page.locator('.crosshair-time').boundingBox();
      expect(label?.x).toBeGreaterThanOrEqual((plot?.x ?? 0) - 1);
      const right = (plot?.x ?? 0) + (plot?.width ?? 0);
      expect((label?.x ?? 0) + (label?.width ?? 0)).toBeLessThanOrEqual(right + 1);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('gives a panel the same value axis in all runs, fitted to what is shown', async () => {
    const { page } = await browser.open(FORTY_MINUTES);
    const before = await tops(page);
    expect(before.slice(0, 3)).toEqual(before.slice(3));
    const highest = Math.max(
      ...FORTY_MINUTES.runs.flatMap(({ desired, demand }) => [...desired, ...demand]),
    );
    expect(before[0]).toBeGreaterThanOrEqual(highest);
    expect(before[0]).toBeLessThan(highest * 1.7);
    // The first twelfth of the run is quiet: demand below one instance.
    await drag(page, 0, 0, 1 / 12);
    await expect.poll(async () => (await tops(page))[0]).toBeLessThan(3);
    const after = await tops(page);
    expect(after.slice(0, 3)).toEqual(after.slice(3));
    await page.close();
  });

  it('reads out all values of all runs at the moment pointed at', async () => {
    const { page } = await browser.open(FORTY_MINUTES);
    await pointAt(page, 1, 0.3);
    await page.locator('.crosshair').first().waitFor({ state: 'visible' });
    const times = await page.locator('.crosshair-time').allTextContents();
    expect(times[0]).toBe(times[1]);
    const [minute = 0, second = 0] = (times[0] ?? '').split(':').map(Number);
    // The label is cut to its second; the pointer may be on either side of a sample.
    const near = minute * 60 + second;
    const samples = [Math.floor((near - 1) / 10), Math.floor((near + 1) / 10)];
    const expected = FORTY_MINUTES.runs.map((run) =>
      samples.map((at) => [
        (run.demand[at] ?? 0).toLocaleString('en-GB', { maximumFractionDigits: 1 }),
        String(run.capacity[at]),
        String(run.desired[at]),
        `${run.minCapacity[at]}–${run.maxCapacity[at]}`,
        (run.queue[at] ?? 0).toLocaleString('en-GB'),
        String(run.failed[at]),
        (run.latencyP99Seconds[at] ?? 0).toLocaleString('en-GB', { maximumFractionDigits: 2 }),
      ]),
    );
    for (const [index, candidates] of expected.entries()) {
      const shown = await page
        .locator('.run')
        .nth(index)
        .locator('.readout-value')
        .allTextContents();
      expect(candidates).toContainEqual(shown);
    }
    await page.locator('h1').hover();
    await page.locator('.crosshair').first().waitFor({ state: 'hidden' });
    expect((await page.locator('.readout-value').allTextContents()).join('')).toBe('');
    await page.close();
  });

  it('reads out where a finger tapped, on one run and then on another', async () => {
    const { page } = await browser.open(FORTY_MINUTES, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const times = page.locator('.crosshair-time');
    for (const [plot, x] of [
      [0, 78],
      [3, 156],
    ] as const) {
      const surface = page.locator('.u-over').nth(plot);
      await surface.tap({ position: { x, y: 40 } });
      const width = (await surface.boundingBox())?.width ?? 0;
      const [minutes = 0] = ((await times.first().textContent()) ?? '').split(':').map(Number);
      expect(Math.abs(minutes - (40 * x) / width)).toBeLessThan(2);
      expect(await times.first().isVisible()).toBe(true);
      expect(await page.locator('.readout-value').first().textContent()).not.toBe('');
    }
    await page.close();
  });

  it.each([{ width: 390 }, { width: 1100 }, { width: 1180 }, { width: 1400 }])(
    'leaves the panels where they are while values come and go, $width px wide',
    async ({ width }) => {
      const { page } = await browser.open(FORTY_MINUTES, { viewport: { width, height: 900 } });
      const levels = () =>
        page
          .locator('.plot')
          .evaluateAll((all) =>
            all.map(
              (each) =>
                each.getBoundingClientRect().top - each.closest('.run').getBoundingClientRect().top,
            ),
          );
      const before = await levels();
      expect(before.slice(0, 3)).toEqual(before.slice(3));
      // In the surge, where the numbers are long.
      await pointAt(page, 0, 0.3);
      await page.locator('.crosshair').first().waitFor({ state: 'visible' });
      expect(await levels()).toEqual(before);
      await page.close();
    },
  );
});
