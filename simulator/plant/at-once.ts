/** Up to here a distribution is summed; above, its normal approximation is off by less than a request. */
const SUMMED_UP_TO = 50;

/**
 * How many independent counts an instance passes through while one request is served: with four, the result
 * lies within a request of what chance brings, from a tenth of a request under way to twelve, in one
 * instance and in sixteen (the tests hold it to that).
 */
const COUNTS_PER_SERVICE = 4;

/** Requests of one instance and how often they are told apart, for {@link busiestCount}. */
export interface InstanceLoad {
  /** Mean requests under way in an instance. */
  readonly mean: number;
  /** Instances, times how often in the period all requests under way are others. */
  readonly turns: number;
}

/**
 * The most requests that were under way at once in the busiest instance: what SageMaker publishes of
 * `ConcurrentRequestsPerModel`, where a mean would be far too low at light load. Counts of requests that come
 * independently are Poisson's; the result is the median of the highest of so many such counts, so it
 * needs no chance. A whole number.
 */
export function busiestCount({ mean, turns }: InstanceLoad): number {
  const below = medianOfAll(turns);
  return mean > SUMMED_UP_TO
    ? Math.ceil(normalCount(mean, normalQuantile(1 - below)) - 0.5)
    : countAt(mean, below);
}

/** The fewest requests that were under way in any instance at any time, as {@link busiestCount} is the most. */
export function idlestCount({ mean, turns }: InstanceLoad): number {
  const above = 1 - medianOfAll(turns);
  return mean > SUMMED_UP_TO
    ? Math.floor(normalCount(mean, -normalQuantile(above)) + 0.5)
    : countAt(mean, above);
}

/** How likely each of so many independent counts lies on one side, where all of them do in one case of two. */
function medianOfAll(turns: number): number {
  return 0.5 ** (1 / Math.max(1, COUNTS_PER_SERVICE * turns));
}

/** The smallest count that Poisson's does not exceed with this chance. */
function countAt(mean: number, chance: number): number {
  let count = 0;
  let part = Math.exp(-mean);
  for (let sum = part; sum < chance && part > 0; sum += part) {
    count += 1;
    part *= mean / count;
  }
  return count;
}

/** Poisson's count so many standard deviations off its mean, by Cornish and Fisher's expansion. */
function normalCount(mean: number, deviations: number): number {
  const z = deviations;
  return Math.max(0, mean + z * Math.sqrt(mean) + (z * z - 1) / 6);
}

/**
 * How many standard deviations are exceeded with a chance of up to a half.
 * Abramowitz and Stegun 26.2.23, off by less than 0.00045.
 */
function normalQuantile(chance: number): number {
  const t = Math.sqrt(-2 * Math.log(chance));
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return t - numerator / denominator;
}

/** Requests of one instance at once. */
export interface AtOnce {
  /** In the busiest instance at any moment. */
  readonly most: number;
  /** In the idlest one at any moment. */
  readonly fewest: number;
}

/** A second of a variant's requests, as {@link RequestsAtOnce} takes it in. */
export interface SecondUnderWay {
  readonly arrivals: number;
  /** Mean number of instances in service. */
  readonly inService: number;
  /** Requests in service and waiting at its end. */
  readonly concurrency: number;
  /** Most and fewest of those at the end of any step of it. */
  readonly atSteps: AtOnce;
  /** Whether all of them are known one by one: requests that come by a load are known by their rate only. */
  readonly isCounted: boolean;
}

/** Tells of one period after the other how many requests one instance had at once. */
export class RequestsAtOnce {
  readonly #turns: number;
  #seconds: SecondUnderWay[] = [];
  #underWay = 0;

  /** @param turns how often in a period all requests under way are others */
  constructor(turns: number) {
    this.#turns = turns;
  }

  /** Takes in a second with instances in service. */
  add(second: SecondUnderWay): void {
    this.#seconds.push(second);
  }

  /** What one instance had; begins the next period. Only after a second was added. */
  take(): AtOnce {
    const seconds = this.#seconds;
    const instances = Math.max(...seconds.map(({ inService }) => inService));
    const turns = instances * this.#turns;
    const high = Math.max(...seconds.map(({ atSteps, inService }) => atSteps.most / inService));
    const low = Math.min(...seconds.map(({ atSteps, inService }) => atSteps.fewest / inService));
    // Who is under way may meet everybody who comes.
    const came = seconds.reduce((sum, { arrivals }) => sum + arrivals, Math.ceil(this.#underWay));
    const isCounted = seconds.every((second) => second.isCounted);
    const counted = Math.ceil(Math.max(...seconds.map(({ atSteps }) => atSteps.most)));
    const most = Math.min(busiestCount({ mean: high, turns }), isCounted ? counted : came);
    const isAlone = isCounted && instances === 1;
    const fewest = isAlone ? Math.floor(low) : idlestCount({ mean: low, turns });
    this.#underWay = seconds.at(-1)?.concurrency ?? 0;
    this.#seconds = [];
    return { most: Math.max(high, most), fewest: Math.min(low, fewest) };
  }
}
