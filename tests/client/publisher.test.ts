import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LoadReporterOptions, reportLoad, type Trouble } from '../../client/index.ts';
import { FakeCloudWatch, FakeProcess, runtimeClient, START_MS } from './fakes.ts';

let caller: FakeProcess;
let cloudWatch: FakeCloudWatch;
let troubles: Trouble[];

beforeEach(() => {
  caller = new FakeProcess();
  cloudWatch = new FakeCloudWatch();
  troubles = [];
});

function start(options: LoadReporterOptions = {}) {
  const load = reportLoad({
    surroundings: caller,
    cloudWatch,
    destination: 'cloudwatch',
    variantName: 'blue',
    onTrouble: (trouble) => troubles.push(trouble),
    ...options,
  });
  const runtime = runtimeClient(() => ({ variant: 'blue' }));
  runtime.middlewareStack.use(load.plugin);
  const invoke = (EndpointName = 'checkout') =>
    runtime.send(new InvokeEndpointCommand({ EndpointName, Body: '{}' }));
  return { load, invoke };
}

const seconds = () => Object.keys(cloudWatch.bySecond('Arrivals')).map(Number);
const kinds = () => troubles.map(({ kind }) => kind);

describe('whole windows', () => {
  it.each([
    ['just before it ends', 0, 9.999, 0],
    ['at its end', 0, 10, 1],
    ['before the wait of this process is over', 400, 10.399, 0],
    ['when it is over', 400, 10.4, 1],
  ])('%s (%i ms of jitter)', async (_, jitterMs, passed, calls) => {
    caller.jitterMs = jitterMs;
    const { invoke } = start();
    await invoke();
    await caller.pass(passed);
    expect(cloudWatch.calls).toHaveLength(calls);
  });

  it('the running window waits for its end', async () => {
    caller.jitterMs = 500;
    const { invoke } = start();
    await invoke();
    await caller.pass(10.2);
    await invoke();
    await caller.pass(1);
    expect(seconds()).toEqual([0]);
    await caller.pass(10);
    expect(seconds()).toEqual([0, 10]);
  });

  it('all of a window goes out in one call, however many endpoints and seconds', async () => {
    const { invoke } = start();
    for (let second = 0; second < 10; second += 1) {
      for (let i = 0; i < 25; i += 1) await invoke(`endpoint-${i}`);
      await caller.pass(1);
    }
    expect(cloudWatch.calls.map(({ MetricData }) => MetricData?.length)).toEqual([500]);
  });

  it('more than one call takes goes out in several', async () => {
    const { invoke } = start();
    for (let second = 0; second < 3; second += 1) {
      for (let i = 0; i < 100; i += 1) await invoke(`endpoint-${i}`);
      await caller.pass(1);
    }
    await caller.pass(7);
    expect(cloudWatch.calls.map(({ MetricData }) => MetricData?.length)).toEqual([500, 100]);
    expect(cloudWatch.sum('Arrivals')).toBe(300);
  });

  it('every datum is of high resolution, in its second, with both dimensions', async () => {
    const { invoke } = start();
    await caller.pass(3.5);
    await invoke();
    await caller.pass(10);
    expect(cloudWatch.calls).toEqual([
      {
        Namespace: 'FastScaler/Client',
        MetricData: [
          ['Arrivals', 'Count', 1],
          ['BusySeconds', 'Seconds', 0],
        ].map(([MetricName, Unit, Value]) => ({
          MetricName,
          Unit,
          Value,
          StorageResolution: 1,
          Timestamp: new Date(START_MS + 3000),
          Dimensions: [
            { Name: 'EndpointName', Value: 'checkout' },
            { Name: 'VariantName', Value: 'blue' },
          ],
        })),
      },
    ]);
  });

  it('calm is told for a quarter of an hour, then the timer ends and a request starts it again', async () => {
    const { invoke } = start();
    await invoke();
    await caller.pass(3600);
    // The last window told of is the last that ends before the quarter of an hour does.
    expect(seconds()).toEqual(Array.from({ length: 89 }, (_, i) => 10 * i));
    expect(cloudWatch.sum('Arrivals')).toBe(1);
    expect(caller.timers).toBe(0);
    await invoke();
    await caller.pass(10);
    expect(cloudWatch.sum('Arrivals')).toBe(2);
  });
});

describe('the end', () => {
  it('nothing starts before a request', () => {
    start();
    expect([caller.timers, caller.exitTasks]).toEqual([0, 0]);
  });

  it('a process that has nothing left to do publishes the rest, once', async () => {
    const { invoke } = start();
    await invoke();
    await caller.pass(2);
    await caller.exit();
    expect(cloudWatch.sum('Arrivals')).toBe(1);
    expect(caller.exitTasks).toBe(0);
  });

  it('a process that cannot publish at its end ends all the same', async () => {
    const { invoke } = start();
    cloudWatch.error = new Error('no network');
    await invoke();
    await caller.exit();
    expect(caller.exitTasks).toBe(0);
    expect(kinds()).toEqual(['publish-failed']);
  });

  it('a process that goes on after all is heard out again', async () => {
    const { invoke } = start();
    await invoke();
    await caller.exit();
    await invoke();
    await caller.exit();
    expect(cloudWatch.sum('Arrivals')).toBe(2);
  });

  it('close publishes the rest and leaves nothing running', async () => {
    const { load, invoke } = start();
    await invoke();
    await load.close();
    expect(cloudWatch.sum('Arrivals')).toBe(1);
    expect([caller.timers, caller.exitTasks]).toEqual([0, 0]);
  });

  it('flush waits for a publication under way and publishes what came meanwhile', async () => {
    const { load, invoke } = start();
    await invoke();
    const first = load.flush();
    await invoke();
    await load.flush();
    await first;
    expect(cloudWatch.sum('Arrivals')).toBe(2);
    expect(cloudWatch.calls).toHaveLength(2);
  });
});

describe('a CloudWatch that fails', () => {
  const denied = Object.assign(new Error('not allowed'), {
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });

  it('delays what was counted and loses nothing', async () => {
    const { load, invoke } = start();
    cloudWatch.error = denied;
    await invoke();
    await caller.pass(20);
    await invoke();
    expect(load.backlog.held).toBeGreaterThan(0);
    cloudWatch.error = undefined;
    await caller.pass(40);
    expect(cloudWatch.sum('Arrivals')).toBe(2);
    expect(load.backlog.dropped).toEqual({ requests: 0, busySeconds: 0 });
    expect(troubles[0]).toMatchObject({
      kind: 'publish-failed',
      error: denied,
      message: expect.stringContaining('AccessDenied: not allowed'),
    });
  });

  it('is asked ever less often, in each fourth window at last', async () => {
    const { invoke } = start();
    cloudWatch.error = denied;
    await invoke();
    const attempts: number[] = [];
    for (let second = 0; second < 180; second += 10) {
      const before = cloudWatch.attempts;
      await caller.pass(10);
      await invoke();
      if (cloudWatch.attempts > before) attempts.push(second + 10);
    }
    expect(attempts).toEqual([10, 20, 40, 80, 120, 160]);
  });

  it('is asked in every window again once it has answered', async () => {
    const { invoke } = start();
    cloudWatch.error = denied;
    await invoke();
    await caller.pass(80);
    cloudWatch.error = undefined;
    await invoke();
    await caller.pass(40);
    const before = cloudWatch.attempts;
    for (let window = 0; window < 3; window += 1) {
      await invoke();
      await caller.pass(10);
    }
    expect(cloudWatch.attempts - before).toBe(3);
  });

  it('for longer than two minutes costs what is older, and that is told', async () => {
    const { load, invoke } = start();
    cloudWatch.error = denied;
    await invoke();
    await caller.pass(200);
    cloudWatch.error = undefined;
    await invoke();
    await caller.pass(60);
    expect(cloudWatch.sum('Arrivals')).toBe(1);
    expect(load.backlog.dropped.requests).toBe(1);
    expect(kinds()).toContain('load-dropped');
    expect(troubles.find(({ kind }) => kind === 'load-dropped')?.message).toContain('1 requests');
  });

  it('never holds more than its bound', async () => {
    const { load, invoke } = start({ mostTallies: 10 });
    cloudWatch.error = denied;
    for (let second = 0; second < 60; second += 1) {
      await invoke();
      await caller.pass(1);
      expect(load.backlog.held).toBeLessThanOrEqual(10);
    }
    cloudWatch.error = undefined;
    await load.flush();
    expect(cloudWatch.sum('Arrivals') + load.backlog.dropped.requests).toBe(60);
  });

  it('fails no request, and one that hangs holds up none', async () => {
    const hanging = { send: () => new Promise(() => undefined) };
    const { load, invoke } = start({ cloudWatch: hanging });
    await invoke();
    void caller.pass(10);
    await expect(invoke()).resolves.toMatchObject({ InvokedProductionVariant: 'blue' });
    expect(load.backlog.held).toBeGreaterThan(0);
  });

  it('without telling what it took is not given it twice', async () => {
    const { load, invoke } = start();
    const lost = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const send = cloudWatch.send.bind(cloudWatch);
    cloudWatch.send = async (command) => {
      await send(command);
      if (cloudWatch.attempts === 1) throw lost;
    };
    await invoke();
    await caller.pass(10);
    await invoke();
    await caller.pass(10);
    expect(cloudWatch.sum('Arrivals')).toBe(2);
    expect(load.backlog.dropped.requests).toBe(1);
    expect(kinds()).toEqual(['publish-failed', 'load-dropped']);
    expect(troubles[0]).toMatchObject({
      error: lost,
      message: expect.stringContaining('Error: socket hang up. 1 records may have been taken'),
    });
  });

  it.each([
    ['the first, refused', 0, denied, { published: 0, held: 300, dropped: 0 }],
    ['the second, refused', 1, denied, { published: 250, held: 50, dropped: 0 }],
    ['the first, perhaps', 0, new Error('lost'), { published: 0, held: 50, dropped: 250 }],
    ['the second, perhaps', 1, new Error('lost'), { published: 250, held: 0, dropped: 50 }],
  ])('at one of several calls keeps what was not taken: %s', async (_, call, error, expected) => {
    const { load, invoke } = start();
    for (let second = 0; second < 3; second += 1) {
      for (let i = 0; i < 100; i += 1) await invoke(`endpoint-${i}`);
      caller.nowMs += 1000;
    }
    const send = cloudWatch.send.bind(cloudWatch);
    cloudWatch.send = (command) => {
      cloudWatch.error = cloudWatch.attempts === call ? error : undefined;
      return send(command);
    };
    await load.flush();
    const dropped = load.backlog.dropped.requests;
    expect({
      published: cloudWatch.sum('Arrivals'),
      held: load.backlog.held,
      dropped,
    }).toEqual(expected);
    await load.flush();
    expect(cloudWatch.sum('Arrivals')).toBe(300 - dropped);
  });
});
