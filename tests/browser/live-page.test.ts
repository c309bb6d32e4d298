import autocannon from 'autocannon';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LiveSnapshot } from '../../simulator/server/feed.ts';
import { launchBrowser } from '../../tools/browser.ts';
import { startTestEmulator } from '../emulate/emulators.ts';
import { hasBrowser, overflow } from './report-page.ts';

const READY = {
  endpointName: 'checkout',
  variantName: 'AllTraffic',
  minCapacity: 1,
  maxCapacity: 10,
  enrolled: true,
} as const;

const MARK_KINDS = {
  'scale-out': 'Scale-out',
  'scale-in': 'Scale-in',
  bounds: 'Bounds only',
  refused: 'Refused',
  notice: 'Noted',
};

describe.runIf(hasBrowser())('live page', () => {
  let browser: Browser;
  const running: { stop(): Promise<void> }[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const each of running.splice(0)) await each.stop();
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function start(options: Parameters<typeof startTestEmulator>[0]) {
    const emulator = await startTestEmulator(options);
    running.push(emulator);
    return emulator;
  }

  async function open(url: string, options: BrowserContextOptions = {}) {
    const page = await browser.newPage({ viewport: { width: 1300, height: 900 }, ...options });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
    await page.locator('#connection[data-connected="true"]').waitFor();
    return { page, complaints };
  }

  const end = async (page: Page) =>
    Number(await page.locator('.plot').first().getAttribute('data-to'));

  it('draws each step as it comes, and marks the decisions that the feed tells of', async () => {
    const emulator = await start({
      endpoint: READY,
      speed: 30,
      // 40 requests a second outside are 1.3 a second here, four times what an instance carries.
      shape: { targetPerInstance: 20, serviceSeconds: 0.2, leadTimeSeconds: 30 },
    });
    const { page, complaints } = await open(emulator.url);
    expect(await page.locator('.endpoint-head').allTextContents()).toEqual([
      'checkout/AllTrafficInService',
    ]);
    await page.locator('.plot[data-to]').nth(2).waitFor();
    const first = await end(page);
    const load = autocannon({
      url: `${emulator.url}/endpoints/checkout/invocations`,
      method: 'POST',
      body: 'x',
      connections: 50,
      overallRate: 40,
      amount: 400,
      timeout: 60,
    });
    await page.locator('.mark.kind-scale-out').waitFor();
    expect(await end(page)).toBeGreaterThan(first);
    await page.locator('.alarms [data-state="ALARM"]').first().waitFor();
    await load;

    await page.locator('.mark.kind-scale-out').first().focus();
    expect(await page.locator('.card .steps li p').first().textContent()).toMatch(
      /^The newest ten seconds of load need .* 1 is in service/,
    );
    // The page and the feed agree, however many decisions have come by now.
    const known = async () => {
      const answer = await fetch(`${emulator.url}/_fast-scaler/state`);
      const { runs } = (await answer.json()) as LiveSnapshot;
      const time = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 19);
      return (runs[0]?.decisions ?? [])
        .map(
          ({ marker: { atSeconds, kind, title } }) =>
            `${time(atSeconds)}, ${MARK_KINDS[kind]}: ${title}`,
        )
        .sort();
    };
    const shown = async () =>
      (
        await page
          .locator('.mark')
          .evaluateAll((marks) => marks.map((mark) => mark.getAttribute('aria-label') ?? ''))
      ).sort();
    await expect.poll(async () => (await shown()).join() === (await known()).join()).toBe(true);
    expect((await shown()).length).toBeGreaterThan(0);

    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => overflow(page)).toBe(0);
    expect(complaints).toEqual([]);
    expect(emulator.troubles).toEqual([]);
  });

  it('stays at a range that was zoomed to, and follows the end from one that reaches it', async () => {
    const emulator = await start({ endpoint: READY, speed: 60, withScaler: false });
    const { page } = await open(emulator.url);
    await page.locator('.plot[data-to]').nth(2).waitFor();
    // Long enough to zoom in: ten minutes of the account.
    const from = Number(await page.locator('.plot').first().getAttribute('data-from'));
    await expect.poll(async () => (await end(page)) - from).toBeGreaterThan(600);
    await page.locator('#zoom-in').click();
    await page.locator('#earlier').click();
    await page.locator('#earlier').click();
    await expect
      .poll(async () => Number(await page.locator('.plot').first().getAttribute('data-from')))
      .toBe(from);
    const stayed = await end(page);
    const time = () => page.locator('#account-time').textContent();
    const before = await time();
    await expect.poll(time).not.toBe(before);
    expect(await end(page)).toBe(stayed);
    while (await page.locator('#later').isEnabled()) {
      // Without waiting: the end may be reached before the click arrives.
      await page.locator('#later').evaluate((button) => button.click());
    }
    const reached = await end(page);
    await expect.poll(() => end(page)).toBeGreaterThan(reached);
    expect(Number(await page.locator('.plot').first().getAttribute('data-from'))).toBeGreaterThan(
      from,
    );
  });

  it('says that the emulator is gone, and goes on with the next one', async () => {
    const first = await start({ endpoint: READY, withScaler: false });
    const port = Number(new URL(first.url).port);
    const { page } = await open(first.url);
    await first.stop();
    await page.locator('#connection[data-connected="false"]').waitFor();
    expect(await page.locator('#connection').textContent()).toMatch(/^lost: .* trying again/);
    await start({ port, endpoint: { ...READY, endpointName: 'search' }, withScaler: false });
    await page.locator('#connection[data-connected="true"]').waitFor();
    await expect
      .poll(() => page.locator('.run h3').allTextContents())
      .toEqual(['search/AllTraffic']);
  });

  it('goes with the time of an account without an endpoint', async () => {
    const emulator = await start({ withScaler: false, speed: 60 });
    const { page, complaints } = await open(emulator.url);
    const time = () => page.locator('#account-time').textContent();
    const before = await time();
    expect(before).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    await expect.poll(time).not.toBe(before);
    expect(await page.locator('#no-endpoint').isVisible()).toBe(true);
    expect(await page.locator('#course').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it('shows four of five endpoints, and names only as text', async () => {
    const emulator = await start({ endpoint: READY, withScaler: false, speed: 60 });
    const hostile = '<img src=x onerror=alert(1)>';
    emulator.parts.cloudWatch.putMetricAlarm({
      AlarmName: hostile,
      Namespace: 'N',
      MetricName: 'm',
      Dimensions: [{ Name: 'EndpointName', Value: 'checkout' }],
      Statistic: 'Sum',
      Period: 10,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    const { sageMaker } = emulator.parts;
    const ProductionVariants = [
      {
        VariantName: 'v',
        ModelName: 'model',
        InstanceType: 'ml.g5.xlarge' as const,
        InitialInstanceCount: 1,
      },
    ];
    sageMaker.createEndpointConfig({ EndpointConfigName: 'shared', ProductionVariants });
    for (const EndpointName of ['b', 'c', 'd', 'e']) {
      sageMaker.createEndpoint({ EndpointName, EndpointConfigName: 'shared' });
    }
    const { page, complaints } = await open(emulator.url);
    const runs = () => page.locator('.run h3').allTextContents();
    await expect.poll(runs).toEqual(['checkout/AllTraffic', 'b/v', 'c/v', 'd/v']);
    const fifth = page.getByRole('checkbox', { name: 'e/v' });
    expect(await fifth.isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'b/v' }).uncheck();
    await fifth.check();
    await expect.poll(runs).toEqual(['checkout/AllTraffic', 'c/v', 'd/v', 'e/v']);
    const alarm = page.locator('.alarms li').filter({ hasText: hostile });
    await alarm.waitFor();
    expect(await page.locator('img').count()).toBe(0);
    emulator.parts.sageMaker.deleteEndpoint({ EndpointName: 'c' });
    await expect.poll(runs).toEqual(['checkout/AllTraffic', 'd/v', 'e/v']);
    for (const name of ['checkout/AllTraffic', 'd/v', 'e/v']) {
      await page.getByRole('checkbox', { name }).uncheck();
    }
    await expect.poll(() => page.locator('#none-chosen').isVisible()).toBe(true);
    expect(await runs()).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
