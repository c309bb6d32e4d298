import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecisionStep } from '../../lib/control/types.ts';
import type { DecisionMarker, ReportData } from '../../simulator/report/data.ts';
import { madeUpReport } from './report-data.ts';
import { hasBrowser, overflow, ReportBrowser } from './report-page.ts';

const FORTY_MINUTES = madeUpReport({ seconds: 2400 });
const DAY = madeUpReport({ seconds: 86_400 });

const MARK_KINDS = {
  'scale-out': 'Scale-out',
  'scale-in': 'Scale-in',
  bounds: 'Bounds only',
  refused: 'Refused',
  notice: 'Noted',
};

/** Seconds after the start as the page writes them; with hours where the run is that long. */
function clock(seconds: number, hours: boolean): string {
  const [whole, two] = [
    Math.floor(seconds + 1e-6),
    (value: number) => String(value).padStart(2, '0'),
  ];
  const minutes = Math.floor(whole / 60);
  return hours
    ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}

/** What the marks of a run are called. */
function labelsOf(decisions: readonly DecisionMarker[], hours: boolean): string[] {
  return decisions.map(
    ({ atSeconds, kind, title }) => `${clock(atSeconds, hours)}, ${MARK_KINDS[kind]}: ${title}`,
  );
}

describe.runIf(hasBrowser())('decisions on the report page', () => {
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await ReportBrowser.start();
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('marks every decision of every run, in order, with its time and title', async () => {
    const { page } = await browser.open(DAY);
    for (const [index, run] of DAY.runs.entries()) {
      expect(run.decisions.length).toBeGreaterThan(40);
      const strip = page.locator('.strip').nth(index);
      expect(await strip.locator('.mark').count()).toBe(run.decisions.length);
      for (const kind of ['scale-out', 'scale-in', 'bounds'] as const) {
        const wanted = run.decisions.filter((decision) => decision.kind === kind);
        const labels = await strip
          .locator(`.mark.kind-${kind}`)
          .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
        expect(labels).toEqual(labelsOf(wanted, true));
      }
    }
    await page.close();
  });

  const STEPS: DecisionStep[] = [
    {
      name: 'demand',
      before: null,
      after: 12.25,
      reason: 'demand-measured',
      constrained: false,
    },
    {
      name: 'owner-bounds',
      before: 12.25,
      after: 10,
      reason: 'owner-maximum',
      constrained: true,
    },
    { name: 'lock', before: 10, after: null, reason: 'endpoint-locked', constrained: false },
  ];
  const SENTENCES = [
    'It needs twelve.',
    'Your Max is 10.',
    'It is busy.',
    'It failed with Denied.',
  ];
  const REFUSED: ReportData = {
    ...FORTY_MINUTES,
    runs: FORTY_MINUTES.runs.map((run) => ({
      ...run,
      decisions: [
        {
          atSeconds: 754.4,
          kind: 'refused',
          title: 'Min 1 → 10',
          steps: STEPS,
          sentences: SENTENCES,
        },
      ],
    })),
  };

  it('shows the steps of the decision pointed at, and its moment in all runs', async () => {
    const { page } = await browser.open(REFUSED);
    const card = page.locator('.card');
    expect(await card.isVisible()).toBe(false);
    await page.locator('.mark').first().hover();
    await card.waitFor({ state: 'visible' });
    expect(await card.locator('.card-time').textContent()).toBe('12:34');
    expect(await card.locator('.kind').textContent()).toBe('Refused');
    expect(await card.locator('.card-title').textContent()).toBe('Min 1 → 10');
    const steps = await card.locator('.steps li').all();
    const told = await Promise.all(steps.map((step) => step.locator('p, span').allTextContents()));
    expect(told.map(([sentence, , ...rule]) => [sentence, ...rule])).toEqual([
      ['It needs twelve.', 'demand', '– → 12.25', 'demand-measured'],
      ['Your Max is 10.', 'owner-bounds', '12.25 → 10', 'owner-maximum', 'held back'],
      ['It is busy.', 'lock', '10 → –', 'endpoint-locked'],
    ]);
    expect(await card.locator('.steps + p').textContent()).toBe('It failed with Denied.');
    expect(await page.locator('.crosshair-time').allTextContents()).toEqual(['12:34', '12:34']);
    await page.close();
  });

  it('keeps the card while the pointer rests on it, and closes it when that leaves', async () => {
    const { page } = await browser.open(REFUSED);
    await page.clock.install();
    await page.locator('.mark').first().hover();
    const card = page.locator('.card');
    // Over the room between the marker and the card, which belongs to neither.
    const box = await card.boundingBox();
    if (!box) throw new Error('the card is not shown');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height + 5);
    await card.hover();
    await page.clock.runFor(5000);
    expect(await card.isVisible()).toBe(true);
    await page.locator('.eyebrow').hover();
    await page.clock.runFor(5000);
    expect(await card.isVisible()).toBe(false);
    expect(await page.locator('.crosshair').first().isVisible()).toBe(false);
    await page.close();
  });

  it('keeps the card when a focused marker loses the focus to a click on it', async () => {
    const { page } = await browser.open(REFUSED);
    await page.clock.install();
    await page.locator('.mark').first().focus();
    await page.locator('.card-title').click();
    expect(await page.locator('.mark:focus').count()).toBe(0);
    await page.clock.runFor(5000);
    expect(await page.locator('.card').isVisible()).toBe(true);
    await page.close();
  });

  it('is reached and left with the keyboard alone', async () => {
    const { page } = await browser.open(FORTY_MINUTES);
    const [first, second] = FORTY_MINUTES.runs.map(({ decisions }) => labelsOf(decisions, false));
    if (!first || !second) throw new Error('two runs are needed');
    expect(first.length).toBeGreaterThan(2);
    const focused = () => page.locator(':focus').getAttribute('aria-label');
    const times = page.locator('.card-time');
    await page.locator('#zoom-in').focus();
    const walk: [key: string, label: string | undefined][] = [
      ['Tab', first[0]],
      ['ArrowRight', first[1]],
      ['ArrowLeft', first[0]],
      ['ArrowLeft', first[0]],
      ['End', first.at(-1)],
      ['ArrowRight', first.at(-1)],
      ['Home', first[0]],
      ['Tab', 'Timeline of fast-scaler'],
      ['Tab', second[0]],
      ['Shift+Tab', 'Timeline of fast-scaler'],
      ['Shift+Tab', first[0]],
    ];
    for (const [key, label] of walk) {
      await page.keyboard.press(key);
      expect(await focused(), key).toBe(label);
      if (label?.startsWith('Timeline')) continue;
      expect(await times.textContent(), key).toBe(label?.split(',')[0]);
      expect(await page.locator('.mark[aria-describedby="card"]').count()).toBe(1);
    }
    const card = page.locator('.card');
    expect(await card.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'hidden' });
    await page.keyboard.press('ArrowRight');
    await card.waitFor({ state: 'visible' });
    await page.keyboard.press('Shift+Tab');
    expect(await page.locator('#zoom-in:focus').count()).toBe(1);
    await card.waitFor({ state: 'hidden' });
    await page.close();
  });

  it('opens a card inside the window by a tap on a phone', async () => {
    const { page } = await browser.open(FORTY_MINUTES, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await page.locator('.mark').first().tap();
    const card = page.locator('.card');
    await card.waitFor({ state: 'visible' });
    const box = await card.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    expect(await overflow(page)).toBe(0);
    await page.close();
  });

  it('are not hidden by the toolbar where the focus scrolls to one', async () => {
    const { page } = await browser.open(FORTY_MINUTES, { viewport: { width: 390, height: 844 } });
    const mark = page.locator('.mark[tabindex="0"]').first();
    await page.locator('.panels').first().focus();
    await mark.evaluate((it) =>
      it.ownerDocument.defaultView.scrollBy(0, it.getBoundingClientRect().top - 20),
    );
    await page.keyboard.press('Shift+Tab');
    expect(await page.locator('.mark:focus').count()).toBe(1);
    const [toolbar, box] = [await page.locator('.toolbar').boundingBox(), await mark.boundingBox()];
    expect(box?.y).toBeGreaterThanOrEqual((toolbar?.y ?? 0) + (toolbar?.height ?? 0));
    await page.close();
  });

  it('leaves out the strip when nothing was decided', async () => {
    const runs = FORTY_MINUTES.runs.map((run) => ({ ...run, decisions: [] }));
    const { page } = await browser.open({ ...FORTY_MINUTES, runs });
    expect(await page.locator('.strip').count()).toBe(0);
    expect(await page.locator('.run-head p').allTextContents()).toEqual([
      'no decisions',
      'no decisions',
    ]);
    await page.close();
  });
});
