import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { embeddedMetrics } from '../../client/embedded-metrics.ts';
import { reportLoad, type Trouble } from '../../client/index.ts';
import { readEmbeddedMetrics } from './embedded-metrics-rules.ts';
import { FakeCloudWatch, FakeProcess, runtimeClient, START_MS } from './fakes.ts';

const sumOf = (lines: readonly string[], name: string) =>
  lines.map(readEmbeddedMetrics).reduce((sum, document) => sum + Number(document[name] ?? 0), 0);

describe('a line', () => {
  const record = {
    second: 1_800_000_003,
    endpointName: 'checkout',
    variantName: 'blue',
    arrivals: 3,
    busyMs: 1250,
    errors: 2,
    throttles: 1,
  };

  it('holds all that CloudWatch needs to make metrics of it', () => {
    const document = readEmbeddedMetrics(embeddedMetrics(record));
    expect(document).toEqual({
      _aws: {
        Timestamp: 1_800_000_003_000,
        CloudWatchMetrics: [
          {
            Namespace: 'FastScaler/Client',
            Dimensions: [['EndpointName', 'VariantName']],
            Metrics: [
              { Name: 'Arrivals', Unit: 'Count', StorageResolution: 1 },
              { Name: 'BusySeconds', Unit: 'Seconds', StorageResolution: 1 },
              { Name: 'Errors', Unit: 'Count', StorageResolution: 1 },
              { Name: 'Throttles', Unit: 'Count', StorageResolution: 1 },
            ],
          },
        ],
      },
      EndpointName: 'checkout',
      VariantName: 'blue',
      Arrivals: 3,
      BusySeconds: 1.25,
      Errors: 2,
      Throttles: 1,
    });
  });

  it('says nothing of errors where there are none', () => {
    const document = readEmbeddedMetrics(embeddedMetrics({ ...record, errors: 0, throttles: 0 }));
    expect(Object.keys(document)).not.toContain('Errors');
    expect(Object.keys(document)).not.toContain('Throttles');
  });

  it('keeps the rules of the format for every load', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    const anyRecord = fc.record({
      second: fc.nat(4_000_000_000),
      endpointName: name,
      variantName: name,
      arrivals: fc.nat(),
      busyMs: fc.nat(),
      errors: fc.nat(3),
      throttles: fc.nat(3),
    });
    fc.assert(
      fc.property(anyRecord, (each) => {
        const document = readEmbeddedMetrics(embeddedMetrics(each));
        expect(document.Arrivals).toBe(each.arrivals);
        expect(document.BusySeconds).toBe(each.busyMs / 1000);
      }),
    );
  });
});

/** The rules are worth something only if they refuse what breaks them. */
describe('the rules refuse', () => {
  const good = embeddedMetrics({
    second: 1,
    endpointName: 'e',
    variantName: 'v',
    arrivals: 3,
    busyMs: 500,
    errors: 0,
    throttles: 0,
  });

  it.each([
    ['a text among metrics', '"Arrivals":3', '"Arrivals":"3"'],
    ['a metric without its value', ',"BusySeconds":0.5', ''],
    ['a dimension without its value', ',"VariantName":"v"', ''],
    ['a dimension that is a number', '"VariantName":"v"', '"VariantName":7'],
    ['a dimension that is empty', '"VariantName":"v"', '"VariantName":""'],
    ['part of a millisecond', '"Timestamp":1000', '"Timestamp":1000.5'],
    ['no time', '"Timestamp":1000,', ''],
    ['another resolution', '"StorageResolution":1}', '"StorageResolution":10}'],
    ['no namespace', '"Namespace":"FastScaler/Client",', ''],
    ['an unknown unit', '"Unit":"Count"', '"Unit":"requests"'],
    ['what is no metadata', '{"_aws":{', '{"_aws":{"Source":"x",'],
    ['text around it', '{"_aws"', 'INFO {"_aws"'],
  ])('%s', (_, right, wrong) => {
    expect(() => readEmbeddedMetrics(good)).not.toThrow();
    expect(good).toContain(right);
    expect(() => readEmbeddedMetrics(good.replace(right, wrong))).toThrow();
  });
});

describe('in Lambda', () => {
  let caller: FakeProcess;
  let troubles: Trouble[];

  beforeEach(() => {
    caller = new FakeProcess();
    troubles = [];
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'checkout-caller');
  });

  function start(surroundings = caller, cloudWatch = new FakeCloudWatch()) {
    const onTrouble = (trouble: Trouble) => troubles.push(trouble);
    const load = reportLoad({ surroundings, cloudWatch, onTrouble });
    const runtime = runtimeClient(() => {
      caller.nowMs += 300;
      return { variant: 'blue' };
    });
    runtime.middlewareStack.use(load.plugin);
    const invoke = () =>
      runtime.send(new InvokeEndpointCommand({ EndpointName: 'checkout', Body: '{}' }));
    return { load, invoke, cloudWatch };
  }

  it('the load is in the log when the last request is answered, and no call is made', async () => {
    const { invoke, cloudWatch, load } = start();
    caller.nowMs += 900;
    await invoke();
    expect(caller.lines.map(readEmbeddedMetrics)).toMatchObject([
      { _aws: { Timestamp: START_MS }, Arrivals: 1, BusySeconds: 0.1 },
      { _aws: { Timestamp: START_MS + 1000 }, Arrivals: 0, BusySeconds: 0.2 },
    ]);
    expect(cloudWatch.attempts).toBe(0);
    expect(load.backlog.held).toBe(0);
  });

  it('every call is in the log exactly once', async () => {
    const { invoke } = start();
    for (let i = 0; i < 50; i += 1) await invoke();
    expect(sumOf(caller.lines, 'Arrivals')).toBe(50);
    expect(sumOf(caller.lines, 'BusySeconds')).toBeCloseTo(15);
  });

  it('requests at once are written when the last of them ends', async () => {
    const { invoke } = start();
    await Promise.all([invoke(), invoke(), invoke()]);
    expect(sumOf(caller.lines, 'Arrivals')).toBe(3);
  });

  it.each([
    ['in seconds of their own', [1000, 1000, 1000], [2, 3, 4]],
    ['in the same second', [0, 1, 1], [2, 2, 2]],
    ['in the same second, and in the next', [100, 100, 900], [2, 2, 4]],
    ['in a second that came before, by a clock set back', [5000, -3000, 0], [2, 3, 3]],
  ])(
    'beside a request that never ends, answers are written once a second: %s',
    async (_, stepsMs, arrivals) => {
      const load = reportLoad({ surroundings: caller });
      let asked = 0;
      const never = new Promise<never>(() => undefined);
      const runtime = runtimeClient(() => (asked++ === 0 ? never : { variant: 'blue' }));
      runtime.middlewareStack.use(load.plugin);
      const input = { EndpointName: 'checkout', TargetVariant: 'blue', Body: '{}' };
      const invoke = () => runtime.send(new InvokeEndpointCommand(input));
      void invoke();
      const written: number[] = [];
      for (const stepMs of stepsMs) {
        caller.nowMs += stepMs;
        await invoke();
        written.push(sumOf(caller.lines, 'Arrivals'));
      }
      expect(written).toEqual(arrivals);
    },
  );

  it('a log that cannot be written to is told, and what was to be written waits', async () => {
    const write = caller.writeLine.bind(caller);
    caller.writeLine = () => {
      throw new Error('EPIPE');
    };
    const { invoke } = start();
    await invoke();
    expect(troubles.map(({ kind }) => kind)).toEqual(['publish-failed']);
    caller.writeLine = write;
    await invoke();
    expect(sumOf(caller.lines, 'Arrivals')).toBe(2);
  });

  it('elsewhere nothing is written to the log', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', undefined);
    const { invoke, load, cloudWatch } = start();
    await invoke();
    await load.flush();
    expect(caller.lines).toEqual([]);
    expect(cloudWatch.sum('Arrivals')).toBe(1);
  });
});
