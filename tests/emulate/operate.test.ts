import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SpawnedEmulator, spawnEmulator } from '../../tools/spawn-emulator.ts';

const CLI = fileURLToPath(new URL('../../cli/fast-scaler.js', import.meta.url));

let emulator: SpawnedEmulator;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'operate-'));
  emulator = await spawnEmulator([
    ...['--port', '0', '--endpoint', 'checkout', '--enrol', '--speed', '20', '--lead-time', '30'],
  ]);
});

afterAll(async () => {
  await emulator?.stop();
  rmSync(home, { recursive: true });
});

/** The program as its user runs it, with nothing set but what the emulator's greeting says. */
async function fastScaler(...args: string[]) {
  const { promise, resolve } = Promise.withResolvers<{ code: number; stdout: string }>();
  execFile(
    process.execPath,
    [CLI, ...args],
    {
      env: {
        PATH: process.env.PATH,
        HOME: home,
        AWS_ENDPOINT_URL: emulator.url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'emulated',
        AWS_SECRET_ACCESS_KEY: 'emulated',
      },
    },
    (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout: stdout + stderr }),
  );
  return promise;
}

const json = async (...args: string[]) => JSON.parse((await fastScaler(...args, '--json')).stdout);

describe('an operator’s commands on the emulated account', () => {
  // In the order in which somebody may try them: each finds what those before it left.
  it.each<[string, string[], number, RegExp]>([
    ['status', ['status'], 0, /^checkout\/AllTraffic +act .* 1–20 +1–20 +– +invocations/m],
    ['all of one target', ['status', 'checkout'], 0, /lease +none: Min and Max are yours/],
    ['why nothing was done', ['explain', 'checkout'], 0, /no decision on record for checkout/],
    ['the doctor', ['doctor'], 0, /✓ the stack\n[\s\S]*1 target examined: 0 errors, 0 warnings/],
    ['a check', ['config', 'check', 'checkout'], 0, /checkout\/AllTraffic is valid/],
    ['a prewarm', ['prewarm', 'checkout', '--min', '3', '--for', '2h'], 0, /at least 3 instances/],
    ['its story', ['explain', 'checkout'], 0, /Scale-out from 1 to 3[\s\S]*A prewarm wants at/],
    ['a pause', ['pause', 'checkout'], 0, /the mode is now paused/],
    [
      'a prewarm while paused',
      ['prewarm', 'checkout', '--min', '3', '--for', '2h'],
      1,
      /is paused/,
    ],
    ['a paused target', ['status'], 0, /^checkout\/AllTraffic +paused/m],
    ['going on', ['resume', 'checkout'], 0, /the mode is now act/],
    [
      'too little history',
      ['backtest', 'checkout'],
      2,
      /minutes of load can be replayed, and 1440/,
    ],
    ['a name of nothing', ['status', 'chekout'], 2, /No variant of chekout is enrolled/],
    ['another stage', ['status', '--stage', 'test'], 3, /no table sagemaker-fast-scaler-test/],
  ])('%s', async (_, args, code, expected) => {
    const ended = await fastScaler(...args);
    expect(ended.stdout).toMatch(expected);
    expect(ended.code).toBe(code);
  });

  it('go by the account’s clock, which runs ahead of the one on the wall', async () => {
    const {
      targets: [target],
    } = await json('status');
    const { now } = await json('explain', 'checkout');
    // The prewarms alone have waited four seconds, which are eighty of the account.
    expect(Date.parse(now.at) - Date.now()).toBeGreaterThan(30_000);
    expect(Date.parse(now.at)).toBeGreaterThan(Date.parse(target.lookedAt));
  });
});
