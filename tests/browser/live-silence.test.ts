import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveEvent, LiveSnapshot } from '../../simulator/server/feed.ts';
import { livePages } from '../../simulator/server/live-page.ts';
import { launchBrowser } from '../../tools/browser.ts';
import { hasBrowser } from './report-page.ts';

const NOON = Date.UTC(2026, 0, 5, 12) / 1000;
const STEPS = 60;
const zeros = new Array<number>(STEPS).fill(0);

/** Ten minutes of an account, `startSeconds` from noon on. */
function snapshot(startSeconds: number): LiveSnapshot {
  const columns = {
    ...{ demand: zeros, capacity: zeros, desired: zeros, minCapacity: zeros, maxCapacity: zeros },
    ...{ queue: zeros, latencyP99Seconds: zeros, failed: zeros },
  };
  const run = {
    ...{ endpointName: 'checkout', variantName: 'a', startSeconds: NOON + startSeconds },
    ...{ stepSeconds: 10, targetPerInstance: 1, targetUnit: 'invocations' as const },
    ...{ atEnd: null, endpointStatus: 'InService', alarms: [], decisions: [], ...columns },
  };
  const nowSeconds = NOON + startSeconds + 10 * STEPS;
  const account = { accountId: '1', region: 'r', speed: 60, nowSeconds, stepSeconds: 10 };
  return { ...account, runs: [run] };
}

/** A feed that says what it is told to say, and nothing else. */
describe.runIf(hasBrowser())('live page of an account', () => {
  let browser: Browser;
  let server: Server;
  let reader: ServerResponse | undefined;
  let first = snapshot(0);
  const tell = ({ type, data }: LiveEvent) =>
    reader?.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);

  beforeAll(async () => {
    browser = await launchBrowser();
    const pages = livePages();
    server = createServer((request, response) => {
      const page = pages[request.url ?? ''];
      if (page) {
        page(request, response);
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      reader = response;
      tell({ type: 'snapshot', data: first });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  async function open() {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.locator('.plot[data-to]').nth(2).waitFor();
    return page;
  }

  it('is lost while the account says nothing, and live when it goes on', async () => {
    const page = await open();
    const words = () => page.locator('#connection').textContent();
    expect(await words()).toBe('live');
    await expect.poll(words, { timeout: 10_000 }).toMatch(/^lost: .* its time stands still$/);
    tell({ type: 'time', data: { nowSeconds: first.nowSeconds + 10 } });
    await expect.poll(words).toBe('live');
    await page.close();
  });

  it.each([
    ['one day', 0, 'Showing 12:00:00 – 12:10:00, all that is remembered'],
    [
      'two days',
      43_100,
      'Showing 2026-01-05 23:58:20 – 2026-01-06 00:08:20, all that is remembered',
    ],
  ])('says what is shown of %s', async (_, startSeconds, expected) => {
    first = snapshot(startSeconds);
    const page = await open();
    expect(await page.locator('#zoom-state').textContent()).toBe(expected);
    await page.locator('#zoom-in').click();
    const whole = expected.slice('Showing '.length, expected.indexOf(','));
    expect(await page.locator('#zoom-state').textContent()).toContain(` of ${whole}`);
    await page.close();
  });
});
