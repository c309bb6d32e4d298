import type { TargetTrackingScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { INVOCATIONS, tracked } from './autoscaling-metric-world.ts';

const CONCURRENCY: TargetTrackingScalingPolicyConfiguration = {
  TargetValue: 12,
  PredefinedMetricSpecification: {
    PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
  },
};

describe('standard target tracking goes out', () => {
  // Two instances at 1,500 a minute each: 50 requests a second are the target, 45 nine tenths of it.
  it.each([
    {
      label: 'after three minutes above',
      load: [
        [0, 45],
        [600, 60],
        [780, 45],
      ],
      changes: [[795, 3]],
    },
    {
      label: 'not after two',
      load: [
        [0, 45],
        [600, 60],
        [720, 45],
      ],
      changes: [],
    },
    {
      label: 'not at the target itself',
      load: [
        [0, 45],
        [600, 50],
      ],
      changes: [],
    },
    {
      label: 'not when one of three is at the target',
      load: [
        [0, 45],
        [600, 60],
        [660, 50],
        [720, 60],
        [780, 45],
      ],
      changes: [],
    },
    {
      label: 'just above',
      load: [
        [0, 45],
        [600, 50.1],
        [780, 45],
      ],
      changes: [[795, 3]],
    },
  ] as const)('$label', async ({ load, changes }) => {
    const world = await tracked({ policy: INVOCATIONS, load }, 1500);
    expect(world.changes().filter(([second = 0]) => second < 1100)).toEqual(changes);
  });
});

describe('a minute that is still filling does not count', () => {
  // Bins of 10 s are visible 10 s after they end: at 780 s the newest minute has five of its six.
  it.each([
    { label: 'however large it is already', perSecond: 120, phaseMs: 0, changes: [[840, 5]] },
    { label: 'and hides no excess of a tenth', perSecond: 55, phaseMs: 0, changes: [[840, 3]] },
    {
      label: 'until 1 ms before it is full',
      perSecond: 55,
      phaseMs: 9999,
      changes: [[849.999, 3]],
    },
    { label: 'and counts once it is', perSecond: 55, phaseMs: 10_000, changes: [[790, 3]] },
  ])('$label', async ({ perSecond, phaseMs, changes }) => {
    const world = await tracked(
      {
        policy: INVOCATIONS,
        load: [
          [0, 45],
          [600, perSecond],
        ],
        metricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
        cloudWatch: { phaseMs: () => phaseMs },
      },
      900,
    );
    expect(world.changes()).toEqual(changes);
  });
});

describe('standard target tracking goes in', () => {
  // Four instances: 90 requests a second are nine tenths of the target, 60 need three instances.
  it.each([
    {
      label: 'after fifteen minutes below',
      load: [
        [0, 95],
        [600, 60],
      ],
      changes: [[1515, 3]],
    },
    {
      label: 'not after fourteen',
      load: [
        [0, 95],
        [600, 60],
        [1440, 95],
      ],
      changes: [],
    },
    {
      label: 'not at nine tenths itself',
      load: [
        [0, 95],
        [600, 90],
      ],
      changes: [],
    },
    {
      label: 'not when three would breach again',
      load: [
        [0, 95],
        [600, 80],
      ],
      changes: [],
    },
  ] as const)('$label', async ({ load, changes }) => {
    const world = await tracked({ policy: INVOCATIONS, load, instances: 4 }, 1700);
    expect(world.changes()).toEqual(changes);
  });
});

describe('high-resolution target tracking', () => {
  // 0.5 s of service: half the rate is under way. 16 a second come to peaks of 10 in the busier of two
  // instances, 24 to peaks of 13.
  it('goes out after three times ten seconds', async () => {
    const load = [
      [0, 16],
      [600, 24],
    ] as const;
    const world = await tracked({ policy: CONCURRENCY, load }, 700);
    // The third period ends at 630 s and is visible at 640 s.
    expect(world.changes()).toEqual([[645, 3]]);
  });

  it('does not go out after two', async () => {
    const load = [
      [0, 16],
      [600, 24],
      [620, 16],
    ] as const;
    const world = await tracked({ policy: CONCURRENCY, load }, 1200);
    expect(world.changes()).toEqual([]);
  });

  it('goes in no sooner than the standard one', async () => {
    const load = [
      [0, 38],
      [600, 20],
    ] as const;
    // Peaks of 12 and of 8 in the busiest of four.
    const world = await tracked({ policy: CONCURRENCY, load, instances: 4 }, 1600);
    expect(world.changes()).toEqual([[1515, 3]]);
  });
});
