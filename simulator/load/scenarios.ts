import { seededRandom } from '../plant/random.ts';
import type { Load } from './load.ts';
import { UsageError } from './usage-error.ts';

/** A generated load and the endpoint it is meant for. */
export interface Scenario {
  readonly description: string;
  readonly seconds: number;
  /**
   * Mean requests a second at `second`; arrivals are drawn around it. A scenario may follow the
   * endpoint's lead time.
   */
  readonly rate: (second: number, leadTimeSeconds?: number) => number;
  /** A random factor on the rate, besides the chance in single arrivals. */
  readonly wander?: Wander;
  /** Target per instance, invocations a minute. */
  readonly targetPerInstance: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
}

/** A factor of mean 1 that wanders at random and is drawn back to 1. */
export interface Wander {
  /** Standard deviation of the factor's logarithm. */
  readonly deviation: number;
  /** How long a departure lasts, seconds. */
  readonly seconds: number;
}

/** Lead time that a scenario follows unless told another, seconds. */
const USUAL_LEAD_TIME_SECONDS = 180;

/** Rate of the load that the question's test reached: 20,000 invocations a minute. */
const SURGE_PER_SECOND = 20_000 / 60;
/** Ten users more a second until a hundred are there. */
const SURGE_SPAWN_SECONDS = 10;
const SURGE_FROM = 600;
const SURGE_TO = 1800;

/** From and to, seconds. */
const SPIKES = [
  [1200, 1260],
  [3000, 3120],
  [4800, 5100],
] as const;

const question = { targetPerInstance: 1500, minCapacity: 1, maxCapacity: 20 };

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'locust-surge': {
    description:
      '100 users, 10 more each second, 20,000 invocations a minute for 20 minutes, then none',
    seconds: 4500,
    rate: (second) => {
      if (second < SURGE_FROM || second >= SURGE_TO) return 0;
      const users = Math.min(1, (second - SURGE_FROM + 1) / SURGE_SPAWN_SECONDS);
      return SURGE_PER_SECOND * users;
    },
    ...question,
  },
  step: {
    description: 'half an instance of load, then twelve for half an hour, then half again',
    seconds: 5400,
    rate: (second) => 25 * (second >= 900 && second < 2700 ? 12 : 0.5),
    ...question,
  },
  ramp: {
    description:
      'load climbs from one instance to fifteen in ten minutes, stays, and falls as slowly',
    seconds: 5400,
    rate: (second) => 25 * (1 + 14 * trapezoid(second, 900, 1500, 3000, 3600)),
    ...question,
  },
  spike: {
    description: 'two instances of load, with spikes to fourteen of one, two and five minutes',
    seconds: 7200,
    rate: (second) => 25 * (SPIKES.some(([from, to]) => second >= from && second < to) ? 14 : 2),
    ...question,
  },
  'on-off': {
    description: 'ten minutes of twelve instances, ten minutes of one, and again, for three hours',
    seconds: 10_800,
    rate: (second) => 25 * (second % 1200 < 600 ? 1 : 12),
    ...question,
  },
  sawtooth: {
    description: 'climbs from two to fourteen instances within a lead time, drops, and again',
    seconds: 7200,
    rate: (second, leadTimeSeconds = USUAL_LEAD_TIME_SECONDS) =>
      25 * (2 + (12 * (second % leadTimeSeconds)) / leadTimeSeconds),
    ...question,
  },
  noise: {
    description: 'two hours around eight instances, wandering up and down within minutes',
    seconds: 7200,
    rate: () => 25 * 8,
    wander: { deviation: 0.3, seconds: 120 },
    ...question,
  },
  diurnal: {
    description: 'a day between two instances at night and fourteen at noon',
    seconds: 86_400,
    rate: (second) => 25 * (8 - 6 * Math.cos((2 * Math.PI * second) / 86_400)),
    ...question,
  },
  idle: {
    description: 'an hour without a request',
    seconds: 3600,
    rate: () => 0,
    ...question,
  },
};

function trapezoid(at: number, rise: number, top: number, fall: number, end: number): number {
  if (at < rise || at >= end) return 0;
  if (at < top) return (at - rise) / (top - rise);
  return at < fall ? 1 : (end - at) / (end - fall);
}

/** @throws {UsageError} naming the scenarios there are */
export function scenario(name: string): Scenario {
  const found = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
  if (!found) {
    const known = Object.keys(SCENARIOS).join(', ');
    throw new UsageError(`unknown scenario "${name}": expected one of ${known}`);
  }
  return found;
}

/**
 * Draws a scenario's arrivals: Poisson around its rate, the same for the same seed.
 * @param leadTimeSeconds of the endpoint, for a scenario that follows it
 */
export function generateLoad(name: string, seed: number, leadTimeSeconds?: number): Load {
  const { seconds, rate, wander } = scenario(name);
  const random = seededRandom(seed);
  const factor = wander ? wandering(wander, random) : () => 1;
  const arrivals = Float64Array.from({ length: seconds }, (_, second) =>
    poisson(rate(second, leadTimeSeconds) * factor(), random),
  );
  return { name, arrivals };
}

/** The factor second by second: the exponential of a first-order autoregression. */
function wandering({ deviation, seconds }: Wander, random: () => number): () => number {
  const kept = Math.exp(-1 / seconds);
  const fresh = deviation * Math.sqrt(1 - kept ** 2);
  let log = deviation * standardNormal(random);
  return () => {
    log = kept * log + fresh * standardNormal(random);
    return Math.exp(log - deviation ** 2 / 2);
  };
}

function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Above this mean the normal approximation is within a request of the Poisson law. */
const NORMAL_FROM = 50;

/** A draw from the Poisson law. */
export function poisson(mean: number, random: () => number): number {
  if (mean <= 0) return 0;
  if (mean >= NORMAL_FROM) {
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * standardNormal(random)));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}
