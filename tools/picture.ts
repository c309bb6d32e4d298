// Draws the pictures of the docs: what the control law asks of every instance, and as a browser shows them the
// demo's report for the README, and the live page while two endpoints of an emulated account meet the same surge.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { lawPicture } from './law-picture.ts';
import { Follower } from './live/follower.ts';
import { Owner } from './live/owner.ts';
import { spawnEmulator } from './spawn-emulator.ts';

const root = join(import.meta.dirname, '..');
const images = join(root, 'docs/images');

/** 30 requests a second outside are one a second in the account: twelve instances' worth. */
const SPEED = 30;
const RATE = 30;
const TARGET = 5;
const LOAD_SECONDS = 900 / SPEED;

async function reportPicture(browser: Browser): Promise<void> {
  const report = join(tmpdir(), `locust-surge-${process.pid}.html`);
  execFileSync('npm', ['run', 'demo', '--', '--report', report], { cwd: root, stdio: 'inherit' });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 1260 } });
    await page.goto(pathToFileURL(report).href);
    await page.locator('canvas').first().waitFor();
    await page.screenshot({ path: join(images, 'locust-surge.png') });
  } finally {
    rmSync(report);
  }
}

async function livePicture(browser: Browser): Promise<void> {
  const emulator = await spawnEmulator([
    ...['--port', '0', '--speed', String(SPEED), '--target-per-instance', String(TARGET)],
    ...['--queue-limit', '5', '--endpoint', 'search'],
  ]);
  const search = new Follower(emulator.url, 'search');
  const checkout = new Follower(emulator.url, 'checkout');
  try {
    const owner = new Owner(emulator.url, 'eu-west-1');
    await owner.createEndpoint('checkout');
    await owner.trackTarget('checkout', TARGET);
    await owner.enrol('checkout');
    await checkout.until('enrolment', ({ alarms }) =>
      alarms.some(({ name }) => name.startsWith('fast-scaler/')),
    );
    const page = await browser.newPage({ viewport: { width: 1200, height: 1290 } });
    await page.goto(emulator.url);
    await Promise.all([
      callEvenly(emulator.url, 'search'),
      callEvenly(emulator.url, 'checkout'),
      atRest(search),
      atRest(checkout),
    ]);
    await page.screenshot({ path: join(images, 'live-page.png') });
  } finally {
    await search.stop();
    await checkout.stop();
    await emulator.stop();
  }
}

/** Calls an endpoint at an even pace; what it refuses is a part of the picture. */
async function callEvenly(url: string, endpointName: string): Promise<void> {
  const startMs = performance.now();
  const answers: Promise<unknown>[] = [];
  for (let call = 0; call < RATE * LOAD_SECONDS; call += 1) {
    await sleep(Math.max(0, startMs + (call * 1000) / RATE - performance.now()));
    const request = fetch(`${url}/endpoints/${endpointName}/invocations`, {
      method: 'POST',
      body: '{}',
    });
    answers.push(request.then((answer) => answer.arrayBuffer()));
  }
  await Promise.all(answers);
}

/** Until capacity has come, gone back, and stayed there for two minutes of the account. */
async function atRest(follower: Follower): Promise<void> {
  await follower.until('capacity', ({ capacity }) => (capacity ?? 0) > 1);
  await follower.until('capacity back', ({ capacity }) => capacity === 1);
  const backAt = follower.newest?.atSeconds ?? 0;
  await follower.until('two minutes more', ({ atSeconds }) => atSeconds >= backAt + 120);
}

mkdirSync(images, { recursive: true });
writeFileSync(join(images, 'control-law.svg'), lawPicture());
const browser = await launchBrowser();
try {
  await reportPicture(browser);
  await livePicture(browser);
} finally {
  await browser.close();
}
