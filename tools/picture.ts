// Draws the picture of the README: the demo's report, as a browser shows it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '..');
const picture = join(root, 'docs/images/locust-surge.png');
const report = join(tmpdir(), `locust-surge-${process.pid}.html`);

execFileSync(
  process.execPath,
  ['cli/fast-scaler.js', 'simulate', '--scenario', 'locust-surge', '--report', report],
  { cwd: root, stdio: 'inherit' },
);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 1260 } });
  await page.goto(pathToFileURL(report).href);
  await page.locator('canvas').first().waitFor();
  mkdirSync(dirname(picture), { recursive: true });
  await page.screenshot({ path: picture });
} finally {
  await browser.close();
  rmSync(report);
}
