import { PassThrough, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  InvokeEndpointAsyncCommand,
  InvokeEndpointCommand,
  InvokeEndpointWithResponseStreamCommand,
  type SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LoadReporter, reportLoad } from '../../client/index.ts';
import {
  type Answer,
  FakeCloudWatch,
  FakeProcess,
  runtimeClient,
  START_MS,
  streamPart,
} from './fakes.ts';

let caller: FakeProcess;
let cloudWatch: FakeCloudWatch;
let load: LoadReporter;

beforeEach(() => {
  caller = new FakeProcess();
  cloudWatch = new FakeCloudWatch();
  load = reportLoad({ surroundings: caller, cloudWatch, destination: 'cloudwatch' });
});

/** A client with the plugin, whose requests take `tookMs`. */
function client(
  answer: Answer | Error | (() => Answer | Error | Promise<Answer | Error>) = { variant: 'blue' },
  tookMs = 200,
  maxAttempts = 1,
): SageMakerRuntimeClient {
  const runtime = runtimeClient(() => {
    caller.nowMs += tookMs;
    return typeof answer === 'function' ? answer() : answer;
  }, maxAttempts);
  runtime.middlewareStack.use(load.plugin);
  return runtime;
}

const INVOKE = { EndpointName: 'checkout', Body: '{}' };
const invoke = (runtime: SageMakerRuntimeClient, input = {}) =>
  runtime.send(new InvokeEndpointCommand({ ...INVOKE, ...input }));

/** Sums over all that was published: arrivals, busy seconds, errors, throttles. */
async function published() {
  await load.flush();
  const names = ['Arrivals', 'BusySeconds', 'Errors', 'Throttles'];
  return names.map((name) => Number(cloudWatch.sum(name).toFixed(6)));
}

describe('InvokeEndpoint', () => {
  it.each<[string, Answer | Error, number[]]>([
    ['served', { variant: 'blue' }, [1, 0.2, 0, 0]],
    ['a model’s fault', { status: 424, error: 'ModelError', variant: 'blue' }, [1, 0.2, 1, 0]],
    ['a bad request', { status: 400, error: 'ValidationError' }, [0, 0, 1, 0]],
    ['an expired token', { status: 403, error: 'ExpiredTokenException' }, [0, 0, 1, 0]],
    ['a body that is too large', { status: 413, error: 'PayloadTooLarge' }, [0, 0, 1, 0]],
    ['the last status of refusals', { status: 499, error: 'Unknown' }, [0, 0, 1, 0]],
    [
      'a connection that was never made',
      Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' }),
      [0, 0, 1, 0],
    ],
    ['a fault of the service', { status: 500, error: 'InternalFailure' }, [1, 0.2, 1, 0]],
    ['too many requests', { status: 429, error: 'ThrottlingException' }, [1, 0.2, 1, 1]],
    [
      'throttled under another status',
      { status: 400, error: 'ThrottlingException' },
      [1, 0.2, 1, 1],
    ],
    ['unavailable', { status: 503, error: 'ServiceUnavailable' }, [1, 0.2, 1, 1]],
    ['not ready', { status: 429, error: 'ModelNotReadyException' }, [1, 0.2, 1, 1]],
    ['a gateway that timed out', { status: 504, error: 'GatewayTimeout' }, [1, 0.2, 1, 0]],
    ['a broken connection', new Error('socket hang up'), [1, 0.2, 1, 0]],
    [
      'given up by its caller',
      Object.assign(new Error('aborted'), { name: 'AbortError' }),
      [1, 0.2, 0, 0],
    ],
  ])('%s', async (_, answer, expected) => {
    const runtime = client(answer);
    const [{ status }] = await Promise.allSettled([invoke(runtime, { TargetVariant: 'blue' })]);
    expect(status).toBe(expected[2] === 0 && !(answer instanceof Error) ? 'fulfilled' : 'rejected');
    expect(await published()).toEqual(expected);
  });

  it('a container that says it is busy throttles', async () => {
    const body = JSON.stringify({ OriginalStatusCode: 503, Message: 'busy' });
    const runtime = client({ status: 424, error: 'ModelError', body });
    await expect(invoke(runtime, { TargetVariant: 'blue' })).rejects.toThrow();
    expect(await published()).toEqual([1, 0.2, 1, 1]);
  });

  it('hands the answer and the error on as they are', async () => {
    const { Body, InvokedProductionVariant } = await invoke(client({ variant: 'b', body: 'yes' }));
    expect([Body?.transformToString(), InvokedProductionVariant]).toEqual(['yes', 'b']);
    const failing = client({ status: 400, error: 'ValidationError', body: '{"Message":"no"}' });
    await expect(invoke(failing)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('is counted by the variant that answers, in the seconds in which it was busy', async () => {
    caller.nowMs = START_MS + 800;
    await invoke(client({ variant: 'blue' }, 700));
    await load.flush();
    expect(cloudWatch.bySecond('Arrivals')).toEqual({ 0: 1, 1: 0 });
    expect(cloudWatch.bySecond('BusySeconds')).toEqual({ 0: 0.2, 1: 0.5 });
    expect(cloudWatch.data('Arrivals')[0]?.Dimensions).toEqual([
      { Name: 'EndpointName', Value: 'checkout' },
      { Name: 'VariantName', Value: 'blue' },
    ]);
  });

  it('counts each attempt of the SDK, and not the wait between them', async () => {
    const answers: Answer[] = [{ status: 503, error: 'ServiceUnavailable' }, { variant: 'blue' }];
    await invoke(client(() => answers.shift() as Answer, 200, 2));
    expect(await published()).toEqual([2, 0.4, 1, 1]);
  });

  it('several clients add up', async () => {
    const [one, other] = [client(), client()];
    await invoke(one);
    await invoke(other);
    expect(await published()).toEqual([2, 0.4, 0, 0]);
  });

  it('a client that the plugin is used with twice is counted once', async () => {
    const runtime = client();
    runtime.middlewareStack.use(load.plugin);
    await invoke(runtime);
    expect(await published()).toEqual([1, 0.2, 0, 0]);
  });

  it('other operations are none of its business', async () => {
    const runtime = client();
    const input = { EndpointName: 'checkout', InputLocation: 's3://bucket/key' };
    await runtime.send(new InvokeEndpointAsyncCommand(input)).catch(() => undefined);
    expect(await published()).toEqual([0, 0, 0, 0]);
    expect(caller.timers).toBe(0);
  });

  it('a fault of the counting itself is told and the request goes on', async () => {
    const troubles: string[] = [];
    const broken = Object.assign(new FakeProcess(), {
      now: () => {
        throw new Error('no clock');
      },
    });
    load = reportLoad({
      surroundings: broken,
      cloudWatch,
      onTrouble: ({ kind }) => {
        troubles.push(kind);
        throw new Error('a listener that fails');
      },
    });
    const { InvokedProductionVariant } = await invoke(client());
    expect(InvokedProductionVariant).toBe('blue');
    expect(troubles).toEqual(['fault']);
  });
});

describe('InvokeEndpointWithResponseStream', () => {
  const stream = (runtime: SageMakerRuntimeClient, abortSignal?: AbortSignal) =>
    runtime.send(
      new InvokeEndpointWithResponseStreamCommand(INVOKE),
      abortSignal ? { abortSignal } : {},
    );

  /** A streamed answer whose parts come a second apart, and then perhaps an exception. */
  const parts = (count: number, exception?: string) =>
    Readable.from(
      (async function* () {
        for (let i = 0; i < count; i += 1) {
          if (i > 0) caller.nowMs += 1000;
          yield streamPart(`part ${i}`);
        }
        if (exception) yield streamPart('{"Message":"broken"}', exception);
      })(),
    );

  it('is busy until the last part was read', async () => {
    const { Body = [] } = await stream(client({ variant: 'blue', body: parts(3) }));
    const texts: string[] = [];
    for await (const { PayloadPart } of Body) texts.push(String(PayloadPart?.Bytes?.length));
    expect(texts).toEqual(['6', '6', '6']);
    caller.nowMs += 5000;
    expect(await published()).toEqual([1, 2.2, 0, 0]);
  });

  it('is busy as long as nobody reads on', async () => {
    const { Body = [] } = await stream(client({ variant: 'blue', body: parts(1) }));
    caller.nowMs += 3000;
    for await (const _ of Body) caller.nowMs += 500;
    expect(await published()).toEqual([1, 3.7, 0, 0]);
  });

  it('is told of while it goes on', async () => {
    const body = new PassThrough();
    body.write(streamPart('first'));
    const { Body = [] } = await stream(client({ variant: 'blue', body }));
    await caller.pass(12);
    expect(cloudWatch.sum('BusySeconds')).toBe(10);
    body.end();
    for await (const _ of Body);
    expect(await published()).toEqual([1, 12.2, 0, 0]);
  });

  it.each([
    ['breaks', 'ModelStreamError', [1, 1.2, 1, 0]],
    ['breaks inside SageMaker', 'InternalStreamFailure', [1, 1.2, 1, 0]],
  ])('that %s is an error', async (_, exception, expected) => {
    const { Body = [] } = await stream(client({ variant: 'blue', body: parts(2, exception) }));
    await expect(async () => {
      for await (const _part of Body);
    }).rejects.toThrow();
    caller.nowMs += 5000;
    expect(await published()).toEqual(expected);
  });

  it('that its reader leaves is over, and no error', async () => {
    const body = new PassThrough();
    body.write(streamPart('first'));
    const { Body = [] } = await stream(client({ variant: 'blue', body }));
    for await (const _ of Body) break;
    caller.nowMs += 5000;
    expect(await published()).toEqual([1, 0.2, 0, 0]);
  });

  it('whose connection is cut is an error', async () => {
    const body = new PassThrough();
    body.write(streamPart('first'));
    const { Body = [] } = await stream(client({ variant: 'blue', body }));
    body.destroy(new Error('cut'));
    await expect(async () => {
      for await (const _ of Body);
    }).rejects.toThrow('cut');
    expect(await published()).toEqual([1, 0.2, 1, 0]);
  });

  it('that is refused is over at once', async () => {
    const runtime = client({ status: 503, error: 'ServiceUnavailable' });
    await expect(stream(runtime)).rejects.toThrow();
    await invoke(client());
    expect(await published()).toEqual([2, 0.4, 1, 1]);
  });

  it('that nobody ever reads is over once it is forgotten', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const forget = async () => {
      await stream(client({ variant: 'blue', body: parts(1) }));
    };
    await forget();
    const busyFor = async (seconds: number) => {
      const before = (await published())[1] as number;
      caller.nowMs += seconds * 1000;
      return ((await published())[1] as number) - before;
    };
    let busy = await busyFor(1);
    for (let i = 0; i < 100 && busy > 0; i += 1) {
      collectGarbage();
      await setImmediate();
      busy = await busyFor(1);
    }
    expect(busy).toBe(0);
  });
});
