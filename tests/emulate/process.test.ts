import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type SpawnedEmulator, spawnEmulator } from '../../tools/spawn-emulator.ts';

const ENDPOINT = ['--port', '0', '--endpoint', 'checkout'];
const IDLE = 10_000;

/** Runs with an emulator in a process of its own, which is ended in any case. */
async function withEmulator<T>(
  options: readonly string[],
  run: (emulator: SpawnedEmulator) => Promise<T>,
): Promise<T> {
  const emulator = await spawnEmulator(options);
  try {
    return await run(emulator);
  } finally {
    await emulator.stop();
  }
}

const invoke = (url: string) =>
  fetch(`${url}/endpoints/checkout/invocations`, { method: 'POST', body: 'x' });

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

describe('a process of its own', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'on %s refuses what waits, closes what is open, and ends well',
    async (signal) => {
      // A request takes a minute here, so it waits when the signal comes.
      const emulator = await spawnEmulator([...ENDPOINT, '--service-time', '50']);
      const idle = await open(emulator.url);
      const idleClosed = once(idle, 'close');
      const events = await fetch(`${emulator.url}/_fast-scaler/events`);
      const reading = events.text();
      const waiting = invoke(emulator.url);
      // The listing comes after the request on its way, so that one has arrived.
      const { runs } = (await (await fetch(`${emulator.url}/_fast-scaler/state`)).json()) as {
        runs: unknown[];
      };
      expect(runs).toHaveLength(1);
      process.kill(emulator.pid, signal);
      const answer = await waiting;
      expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([
        503,
        'ServiceUnavailable',
      ]);
      await reading.catch(() => {});
      await idleClosed;
      const { code, output } = await emulator.ended;
      expect(code).toBe(0);
      expect(output).toMatch(/Stopped\.\n$/);
      await expect(open(emulator.url)).rejects.toThrow(/ECONNREFUSED/);
    },
  );

  it('ends though a timer of a handler is still to come', async () => {
    const timer = 'data:text/javascript,setTimeout(()=>{},2**31-1)';
    const emulator = await spawnEmulator(ENDPOINT, { NODE_OPTIONS: `--import=${timer}` });
    const { code, output } = await emulator.stop();
    expect(code).toBe(0);
    expect(output).toMatch(/Stopped\.\n$/);
  });

  it('says where it listens and what to set', async () => {
    const emulator = await spawnEmulator([...ENDPOINT, '--region', 'us-west-2', '--enrol']);
    const { output } = await emulator.stop();
    expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(output).toContain(`export AWS_ENDPOINT_URL=${emulator.url}\n`);
    expect(output).toContain('AWS_REGION=us-west-2 AWS_DEFAULT_REGION=us-west-2');
    expect(output).toContain('target tracking at 1500 invocations a minute, enrolled.');
  });

  it.each([
    ['a port above the last', ['--port', '65536'], /from 0 to 65535/],
    ['no speed', ['--speed', '0'], /above 0 and up to 1000/],
    ['too much speed', ['--speed', '1001'], /above 0 and up to 1000/],
    ['enrolment of nothing', ['--enrol'], /--enrol needs an endpoint/],
    ['more instances than a variant takes', ['--max', '10001'], /whole number from 1 to 10000/],
    ['a lead time over an hour', ['--lead-time', '3601'], /above 0 and up to 3600/],
    ['no region', ['--region', 'Mars 1'], /Expected a region such as eu-west-1/],
    ['enrolment without a scaler', [...ENDPOINT, '--enrol', '--no-scaler'], /exclude each other/],
    ['a name that SageMaker refuses', ['--endpoint', 'a_b'], /letters, digits and inner hyphens/],
    ['Min above Max', [...ENDPOINT, '--min', '3', '--max', '2'], /--min 3 is above --max 2/],
    ['an address that is not ours', ['--host', '192.0.2.1'], /this machine has no such address/],
  ])('refuses %s as a usage error', async (_label, options, expected) => {
    const failure = await spawnEmulator(options).catch((error: Error) => error.message);
    expect(failure).toMatch(/ended with 2/);
    expect(failure).toMatch(expected);
  });

  it('refuses a port that is taken', async () => {
    await withEmulator(ENDPOINT, async ({ url }) => {
      const second = spawnEmulator(['--port', new URL(url).port]);
      await expect(second).rejects.toThrow(/something else listens there/);
    });
  });
});

describe.runIf(mayOpen(IDLE + 200))('10,000 idle connections', () => {
  it('do not keep the next from being served, and are closed in the end', async () => {
    await withEmulator(ENDPOINT, async ({ url }) => {
      const sockets: Socket[] = [];
      for (let i = 0; i < IDLE / 100; i += 1) {
        sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => open(url)))));
      }
      const closed = sockets.map((socket) => {
        socket.on('error', () => {}).resume();
        return once(socket, 'close');
      });
      expect((await invoke(url)).status).toBe(200);
      await Promise.all(closed);
      expect((await invoke(url)).status).toBe(200);
    });
  });
});

/** Whether this process may have so many files open; says so when it may not. */
function mayOpen(count: number): boolean {
  const { userLimits } = process.report.getReport() as {
    userLimits: { open_files: { soft: number | string } };
  };
  const { soft } = userLimits.open_files;
  const may = soft === 'unlimited' || Number(soft) >= count;
  if (!may) console.info(`not run: only ${soft} open files are allowed here, ${count} are needed`);
  return may;
}
