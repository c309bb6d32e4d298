import { seededRandom } from '../plant/random.ts';
import type { Load } from './trace.ts';
import { UsageError } from './usage-error.ts';

/** A generated load and the endpoint it is meant for. */
export interface Scenario {
  readonly description: string;
  readonly seconds: number;
  /** Mean requests a second at `second`; arrivals are drawn around it. */
  readonly rate: (second: number) => number;
  /** Target per instance, invocations a minute. */
  readonly targetPerInstance: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
}

/** Rate of the load that the question's test reached: 20,000 invocations a minute. */
const SURGE_PER_SECOND = 20_000 / 60;
/** Ten users more a second until a hundred are there. */
const SURGE_SPAWN_SECONDS = 10;
const SURGE_FROM = 600;
const SURGE_TO = 1800;

const question = { targetPerInstance: 1500, minCapacity: 1, maxCapacity: 20 };

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'locust-surge': {
    description: '100 users, 10 more each second, 20,000 invocations a minute for 20 minutes, then none',
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
    description: 'load climbs from one instance to fifteen in ten minutes, stays, and falls as slowly',
    seconds: 5400,
    rate: (second) => 25 * (1 + 14 * trapezoid(second, 900, 1500, 3000, 3600)),
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

/** Draws a scenario's arrivals: Poisson around its rate, the same for the same seed. */
export function generateLoad(name: string, seed: number): Load {
  const { seconds, rate } = scenario(name);
  const random = seededRandom(seed);
  const arrivals = Float64Array.from({ length: seconds }, (_, second) =>
    poisson(rate(second), random),
  );
  return { name, arrivals };
}

/** Above this mean the normal approximation is within a request of the Poisson law. */
const NORMAL_FROM = 50;

function poisson(mean: number, random: () => number): number {
  if (mean <= 0) return 0;
  if (mean >= NORMAL_FROM) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}
