import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LoadReporterOptions, reportLoad, type Trouble } from '../../client/index.ts';
import { FakeCloudWatch, FakeEventBridge, FakeProcess, runtimeClient } from './fakes.ts';

let caller: FakeProcess;
let cloudWatch: FakeCloudWatch;
let troubles: Trouble[];

beforeEach(() => {
  caller = new FakeProcess();
  cloudWatch = new FakeCloudWatch();
  troubles = [];
});

const HANGING = { send: () => new Promise<never>(() => undefined) };

function start(options: LoadReporterOptions) {
  const load = reportLoad({
    surroundings: caller,
    cloudWatch,
    destination: 'cloudwatch',
    variantName: 'blue',
    onTrouble: (trouble) => troubles.push(trouble),
    ...options,
  });
  const runtime = runtimeClient(() => ({ status: 429, error: 'ThrottlingException' }));
  runtime.middlewareStack.use(load.plugin);
  const command = () => new InvokeEndpointCommand({ EndpointName: 'checkout', Body: '{}' });
  return { load, invoke: () => runtime.send(command()).catch(() => undefined) };
}

/** Whether a promise is settled, once all that can happen at this moment has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise(setImmediate);
  return settled;
}

/** A call is made with the SDK's module loaded, which takes turns of the event loop. */
const untilTimers = async (count: number) => {
  while (caller.timers < count) await new Promise(setImmediate);
};

describe.each<[string, LoadReporterOptions, string]>([
  ['CloudWatch', { cloudWatch: HANGING }, 'publish-failed'],
  ['EventBridge', { surge: {}, eventBridge: HANGING }, 'surge-failed'],
])('%s that never answers', (_, options, kind) => {
  it.each(['flush', 'close'] as const)('lets %s end after ten seconds', async (end) => {
    const { load, invoke } = start(options);
    await invoke();
    await untilTimers(options.surge ? 2 : 1);
    const ended = load[end]();
    await untilTimers(end === 'close' ? 1 : 2);
    await caller.pass(9.999);
    expect(await isSettled(ended)).toBe(false);
    // A window ends as well, whose publication waits for the one under way.
    void caller.pass(0.001);
    await caller.pass(0.001);
    expect(await isSettled(ended)).toBe(true);
    expect(troubles).toMatchObject([
      { kind, message: expect.stringContaining('no answer within 10 s') },
    ]);
  });
});

it('a CloudWatch that hangs once is told of, and gets what comes later', async () => {
  const send = cloudWatch.send.bind(cloudWatch);
  let calls = 0;
  cloudWatch.send = (command) => (calls++ === 0 ? HANGING.send() : send(command));
  const { load, invoke } = start({});
  await invoke();
  // These windows end before the call of the first one is given up.
  void caller.pass(10);
  await invoke();
  void caller.pass(10);
  await caller.pass(0);
  await new Promise(setImmediate);
  await caller.pass(10);
  expect(cloudWatch.sum('Arrivals')).toBe(1);
  expect(load.backlog.dropped.requests).toBe(1);
  expect(troubles.map(({ kind }) => kind)).toEqual(['publish-failed', 'load-dropped']);
});

it('calls that are answered leave no timer', async () => {
  const { load, invoke } = start({ surge: {}, eventBridge: new FakeEventBridge() });
  await invoke();
  await load.close();
  expect([caller.timers, troubles]).toEqual([0, []]);
});
