import fc from 'fast-check';
import type { Bounds } from '../../lib/control/bounds.ts';
import { STORM_KINDS, type StormKind } from '../../simulator/faults/kinds.ts';

/** Something that happens in a story, at a second after its beginning. */
export type Action = { readonly atSeconds: number } & (
  | { readonly kind: 'load'; readonly instances: number }
  | {
      readonly kind: 'storm';
      readonly fault: StormKind;
      readonly probability: number;
      readonly seconds: number;
      readonly seed: number;
    }
  | {
      readonly kind: 'owner-edit';
      readonly which: 'min' | 'max' | 'both';
      readonly to: Bounds;
      /** At once, or while a cycle that has read the bounds is about to write them. */
      readonly when: 'at-once' | 'in-flight';
    }
  | { readonly kind: 'config'; readonly text: string }
  | { readonly kind: 'config-invalid'; readonly text: string }
  | { readonly kind: 'surge-told'; readonly events: number }
  | {
      readonly kind: 'prewarm-asked';
      readonly minInstances: number;
      readonly durationMinutes: number;
    }
  | { readonly kind: 'prewarms-cancelled' }
  | { readonly kind: 'released'; readonly seconds: number }
  | { readonly kind: 'target-deregistered'; readonly seconds: number; readonly back: Bounds }
  | { readonly kind: 'endpoint-deleted'; readonly seconds: number; readonly back: Bounds }
  | { readonly kind: 'endpoint-deployed'; readonly retains: boolean }
  | { readonly kind: 'endpoint-maintained'; readonly seconds: number }
  | { readonly kind: 'quota-lowered'; readonly instances: number; readonly seconds: number }
  | { readonly kind: 'parallel-cycles'; readonly wakeUps: number }
);

/** A run: what the endpoint is like, what happens, and how it ends. */
export interface Story {
  /** Of ordinary latencies and of the plant. */
  readonly seed: number;
  readonly leadTimeSeconds: number;
  /** Whether SageMaker counts invocations by the minute, as it does by default, so that the load is told from peaks. */
  readonly countsByTheMinute?: boolean;
  readonly owner: Bounds;
  readonly hasPolicy: boolean;
  /** False: no scalable target is there, the configuration has one registered. */
  readonly isRegistered: boolean;
  /** Answers to what AWS has not documented. */
  readonly whileUpdating: 'stores-bounds' | 'refuses';
  readonly scheduleDelaySeconds: number;
  readonly duplicateEvents: boolean;
  readonly actions: readonly Action[];
  /** Demand of the last load, as a multiple of the capacity then asked for. */
  readonly finalOverload: number;
  /** Quiet seconds before the end. */
  readonly calmSeconds: number;
  readonly ending: 'parameter' | 'stack' | 'death';
  /** What strikes while the stack is first deleted; absent: nothing. */
  readonly firstRemoval?: StormKind | undefined;
}

/** Actions come within so many seconds: two leases of the usual length, and three lead times. */
const STORY_SECONDS = 600;

const atSeconds = fc.integer({ min: 0, max: STORY_SECONDS });
const seconds = (min: number, max: number) => fc.integer({ min, max });
const bounds = fc.record({
  min: fc.integer({ min: 1, max: 5 }),
  max: fc.integer({ min: 6, max: 24 }),
});

/** Every minute such a window begins: it is in force as long as the configuration is. */
const window = (limits: { readonly minInstances?: number; readonly maxInstances?: number }) => ({
  cron: '* * * * *',
  durationMinutes: 2,
  ...limits,
});

/** Most have none of them: a ceiling or a spent budget leaves little else to be seen. */
const limits = fc.constantFrom<object>(
  ...[{}, {}, {}, {}, {}],
  { windows: [window({ minInstances: 8 })] },
  { windows: [window({ minInstances: 2 }), window({ maxInstances: 7 })] },
  { maxInstanceHoursPerDay: 0.2 },
);

/** Valid settings, each of which leaves the target measurable. */
const configText = fc
  .record({
    mode: fc.constantFrom('act', 'act', 'act', 'observe', 'paused'),
    riskPrice: fc.constantFrom(3, 10, 30),
    leaseSeconds: fc.constantFrom(300, 300, 900),
    scaleInSpacingSeconds: fc.constantFrom(0, 60),
    wakeFraction: fc.constantFrom(0.5, 0.8),
    limits,
  })
  .map(({ limits, ...settings }) => JSON.stringify({ ...settings, ...limits }));

const INVALID = [
  '{"mode":',
  '{"mode":"fly"}',
  '{"riskPrice":1e9}',
  '[]',
  '{"minCapacity":9,"maxCapacity":1}',
];

/** The rarer a chance to strike, the more storms. */
const STORM_WEIGHTS: Partial<Record<StormKind, number>> = {
  'event-dropped': 3,
  'event-delayed': 2,
  'handler-killed': 3,
  'clock-skewed': 2,
  'write-ack-lost': 2,
  'call-slow': 2,
  'capacity-insufficient': 4,
};

const fault = fc.oneof(
  ...(Object.keys(STORM_KINDS) as StormKind[]).map((kind) => ({
    arbitrary: fc.constant(kind),
    weight: STORM_WEIGHTS[kind] ?? 1,
  })),
);

const storm = fc.record({
  atSeconds,
  kind: fc.constant('storm' as const),
  fault,
  probability: fc.constantFrom(0.1, 0.3, 0.6, 1),
  seconds: seconds(20, 300),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

const load = fc.record({
  atSeconds,
  kind: fc.constant('load' as const),
  instances: fc.constantFrom(0, 0.5, 1.5, 4, 6, 9, 14, 30),
});

const other = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      atSeconds,
      kind: fc.constant('owner-edit' as const),
      which: fc.constantFrom('min', 'max', 'both'),
      to: bounds,
      when: fc.constantFrom('at-once', 'at-once', 'in-flight'),
    }),
  },
  fc.record({ atSeconds, kind: fc.constant('config' as const), text: configText }),
  fc.record({
    atSeconds,
    kind: fc.constant('config-invalid' as const),
    text: fc.constantFrom(...INVALID),
  }),
  fc.record({
    atSeconds,
    kind: fc.constant('surge-told' as const),
    events: fc.constantFrom(1, 3, 20),
  }),
  fc.record({
    atSeconds,
    kind: fc.constant('prewarm-asked' as const),
    minInstances: fc.constantFrom(1, 4, 8, 40),
    durationMinutes: fc.integer({ min: 1, max: 10 }),
  }),
  fc.record({ atSeconds, kind: fc.constant('prewarms-cancelled' as const) }),
  fc.record({ atSeconds, kind: fc.constant('released' as const), seconds: seconds(0, 90) }),
  fc.record({
    atSeconds,
    kind: fc.constant('target-deregistered' as const),
    seconds: seconds(1, 120),
    back: bounds,
  }),
  fc.record({
    atSeconds,
    kind: fc.constant('endpoint-deleted' as const),
    seconds: seconds(1, 120),
    back: bounds,
  }),
  fc.record({ atSeconds, kind: fc.constant('endpoint-deployed' as const), retains: fc.boolean() }),
  fc.record({
    atSeconds,
    kind: fc.constant('endpoint-maintained' as const),
    seconds: seconds(10, 120),
  }),
  fc.record({
    atSeconds,
    kind: fc.constant('quota-lowered' as const),
    instances: fc.integer({ min: 1, max: 8 }),
    seconds: seconds(10, 300),
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      atSeconds,
      kind: fc.constant('parallel-cycles' as const),
      wakeUps: fc.integer({ min: 2, max: 5 }),
    }),
  },
);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: storm },
  { weight: 3, arbitrary: load },
  { weight: 4, arbitrary: other },
);

/** Any story. Smaller ones have fewer actions. */
export const story: fc.Arbitrary<Story> = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  leadTimeSeconds: fc.constantFrom(30, 60, 180),
  owner: bounds,
  hasPolicy: fc.boolean(),
  isRegistered: fc.constantFrom(true, true, true, false),
  whileUpdating: fc.constantFrom('stores-bounds', 'stores-bounds', 'refuses'),
  scheduleDelaySeconds: fc.constantFrom(0, 5),
  duplicateEvents: fc.boolean(),
  actions: fc
    .array(action, { minLength: 1, maxLength: 14, size: 'max' })
    .map((actions) => [...actions].sort((a, b) => a.atSeconds - b.atSeconds)),
  finalOverload: fc.constantFrom(0, 2.5, 5),
  calmSeconds: fc.constantFrom(0, 30, 240),
  ending: fc.constantFrom('parameter', 'parameter', 'stack', 'death'),
  firstRemoval: fc.constantFrom<StormKind | undefined>(
    undefined,
    'handler-killed',
    'call-failed',
    'call-timed-out',
    'write-ack-lost',
  ),
});
