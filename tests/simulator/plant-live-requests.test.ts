import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { CloudWatch } from '../../simulator/account/cloudwatch/cloudwatch.ts';
import { EventBus } from '../../simulator/account/eventbridge/bus.ts';
import { Plant } from '../../simulator/plant/plant.ts';
import type { Load, VariantModel, VariantSecond } from '../../simulator/plant/variant.ts';
import { MODEL, START_MS } from './live-requests-world.ts';

const IDENTITY = { endpointName: 'shop', variantName: 'main', instanceType: 'ml.g5.xlarge' };

function world(model: Partial<VariantModel> = {}, instances = 1) {
  const clock = new VirtualClock(START_MS);
  const context = { region: 'eu-west-1', accountId: '123456789012' };
  const events = new EventBus({ clock, context });
  const cloudWatch = new CloudWatch({ clock, context, events });
  const plant = new Plant({ clock, metrics: cloudWatch, model: { ...MODEL, ...model } });
  const variant = plant.createVariant(IDENTITY, 10);
  if (instances > 0) variant.open(instances, 0, () => {});
  const seconds: VariantSecond[] = [];
  variant.onSecond((second) => seconds.push(second));
  /** What became of the requests: milliseconds from the start, or why they failed. */
  const answers: (string | readonly [beganMs: number, endsMs: number])[] = [];
  const invoke = (times = 1) => {
    for (let i = 0; i < times; i += 1) {
      const at = answers.push('waits') - 1;
      variant.invoke({
        begun: (beganAtMs, endsAtMs) => {
          answers[at] = [beganAtMs - START_MS, endsAtMs - START_MS];
        },
        failed: (reason) => {
          answers[at] = reason;
        },
      });
    }
  };
  const runTo = (ms: number) => clock.runUntil(START_MS + ms);
  return { clock, cloudWatch, plant, variant, seconds, answers, invoke, runTo };
}

describe('a request of a caller', () => {
  it('is served at once by an idle instance, from the moment of its arrival', async () => {
    const { invoke, answers, runTo } = world();
    await runTo(1_020);
    invoke();
    await runTo(1_049);
    expect(answers).toEqual(['waits']);
    await runTo(1_050);
    expect(answers).toEqual([[1_020, 1_220]]);
  });

  it('waits in line when all places are taken, and is served at the instance’s rate', async () => {
    const { invoke, answers, runTo } = world();
    await runTo(1_000);
    invoke(6);
    await runTo(2_000);
    // Two at once, and from then on ten a second; half a request's worth has gathered by the first
    // step's end.
    expect(answers).toEqual([
      [1_000, 1_200],
      [1_000, 1_200],
      [1_050, 1_250],
      [1_150, 1_350],
      [1_250, 1_450],
      [1_350, 1_550],
    ]);
  });

  it('is given up when it would not be done within 60 s', async () => {
    const { invoke, answers, runTo } = world({}, 0);
    invoke();
    await runTo(59_850);
    expect(answers).toEqual(['waits']);
    await runTo(59_900);
    expect(answers).toEqual(['timed-out']);
  });

  it('fails at once when the queue has no place left, the newest first', async () => {
    const { invoke, answers, runTo } = world({ queueLimitPerInstance: 3 });
    await runTo(1_000);
    invoke(7);
    await runTo(1_050);
    expect(answers.map((answer) => (typeof answer === 'string' ? answer : 'served'))).toEqual([
      'served',
      'served',
      'waits',
      'waits',
      'waits',
      'no-place',
      'no-place',
    ]);
  });

  it('hears that the variant was removed, whether it waits or comes later', async () => {
    const { plant, variant, invoke, answers, runTo } = world({}, 0);
    invoke();
    await runTo(100);
    plant.removeVariant(variant);
    invoke();
    expect(answers).toEqual(['closed', 'closed']);
  });

  it('is served by instances that come later', async () => {
    const { variant, invoke, answers, runTo } = world({}, 0);
    invoke();
    await runTo(10_000);
    variant.open(1, 0, () => {});
    await runTo(10_050);
    expect(answers).toEqual([[10_000, 10_200]]);
  });
});

describe('callers beside a load', () => {
  const load: Load = () => 20;

  it('share one queue with it: whoever came first is served first', async () => {
    const { variant, invoke, answers, runTo } = world();
    variant.setLoad(load);
    await runTo(4_000);
    invoke();
    await runTo(10_000);
    // 80 came before it, at ten a second.
    const [beganMs = 0] = answers[0] as readonly number[];
    expect(beganMs).toBeGreaterThan(7_700);
    expect(beganMs).toBeLessThanOrEqual(8_000);
  });

  it('are counted in every number like the rest', async () => {
    const { variant, cloudWatch, seconds, invoke, runTo } = world();
    variant.setLoad(() => 3);
    invoke(2);
    await runTo(1_010);
    invoke(5);
    await runTo(30_000);
    expect(seconds.slice(0, 3).map(({ arrivals }) => arrivals)).toEqual([5, 8, 3]);
    expect(variant.requests).toMatchObject({ arrived: 97, failed: 0 });
    const metric = (metricName: string) => ({
      namespace: 'AWS/SageMaker',
      metricName,
      dimensions: { EndpointName: 'shop', VariantName: 'main' },
    });
    const read = (name: string, statistic: 'Sum' | 'Maximum') =>
      cloudWatch
        .statistic(metric(name), statistic, 10, START_MS, START_MS + 20_000)
        .map(({ value }) => value);
    expect(read('Invocations', 'Sum')).toEqual([37, 30]);
    expect(read('ConcurrentRequestsPerModel', 'Sum')[0]).toBe(
      seconds.slice(0, 10).reduce((sum, { concurrency }) => sum + concurrency, 0),
    );
  });
});

it('have no more under way at once than there are callers', async () => {
  const { cloudWatch, invoke, runTo } = world();
  invoke(2);
  await runTo(1_010);
  invoke(5);
  await runTo(30_000);
  const metric = {
    namespace: 'AWS/SageMaker',
    metricName: 'ConcurrentRequestsPerModel',
    dimensions: { EndpointName: 'shop', VariantName: 'main' },
  };
  const most = cloudWatch.statistic(metric, 'Maximum', 10, START_MS, START_MS + 20_000);
  expect(most.map(({ value }) => value)).toEqual([5, 0]);
});

describe('steps', () => {
  it.each([
    ['as long as a second', 1],
    ['of 500 ms', 0.5],
    ['of 50 ms', 0.05],
    ['of 1 ms', 0.001],
  ])('%s: a load is served at the same rate, second by second', async (_label, stepSeconds) => {
    const { variant, seconds, runTo } = world({ stepSeconds });
    variant.setLoad((second) => (second - START_MS / 1000 < 10 ? 25 : 0));
    await runTo(40_000);
    expect(seconds.map(({ arrivals }) => arrivals)).toEqual([
      ...new Array(10).fill(25),
      ...new Array(30).fill(0),
    ]);
    // 2 places at the start, then 10 a second until all 250 are served.
    expect(seconds.slice(1, 24).map(({ served }) => served)).toEqual(new Array(23).fill(10));
    expect(seconds.reduce((sum, { served }) => sum + served, 0)).toBe(250);
    expect(seconds.map(({ inService }) => inService)).toEqual(new Array(40).fill(1));
  });

  it.each([0, -1, 2, 0.3, 0.0005, Number.NaN])('refuses %d s', (stepSeconds) => {
    expect(() => world({ stepSeconds })).toThrow(/stepSeconds must be whole milliseconds/);
  });
});
