import type { TargetConfig } from '../../lib/config/schema.ts';
import { fastScaler } from '../scalers/fast-scaler.ts';
import { OPTIMUM } from '../scalers/index.ts';
import { optimalPlan, scripted } from '../scalers/optimum.ts';
import type { Policy } from '../scalers/policy.ts';
import { highResolutionTargetTracking, targetTracking } from '../scalers/target-tracking.ts';
import { daysOf } from './days.ts';
import type { Run } from './runner.ts';
import { costOf, scoreOf } from './score.ts';
import type { Workload } from './workload.ts';
import { type Outcome, runPolicy, USUAL_PLANT, type WorldOptions } from './world.ts';

/** Settings that a backtest may change: those of the law; none of how a target is measured. */
export type Tuned = Partial<
  Pick<TargetConfig, 'riskPrice' | 'scaleInStableSeconds' | 'scaleInSpacingSeconds'>
>;

/** Everything that the law goes by. */
export interface LawSettings extends Required<Tuned> {
  readonly leadTimeSeconds: number;
  readonly scaleOutSpacingSeconds: number;
  readonly wakeFraction: number;
  readonly dailyPattern: boolean;
}

/** A part of the history without gaps. */
export interface BacktestStretch {
  readonly workload: Workload;
  /** Epoch seconds at which it begins. */
  readonly fromSeconds: number;
}

export interface BacktestInput {
  readonly stretches: readonly BacktestStretch[];
  /** Whether the load counts requests; of another nothing under way is read beside it. Default true. */
  readonly countsRequests?: boolean;
  /** In force at present. */
  readonly present: LawSettings;
  /** What an unserved instance-second is worth to the owner, in instance-seconds. */
  readonly price: number;
  /** The largest share of demand that may stay unserved; without it, least cost counts. */
  readonly unservedAtMost?: number;
  readonly leadTimeSeconds: number;
  /** Hears of every replay as it is done. */
  readonly onRun?: (done: number, total: number) => void;
}

/** What one setting, or one other scaler, comes to. */
export interface BacktestRow {
  readonly name: string;
  /** What differs from the present settings; null for another scaler. */
  readonly changes: Tuned | null;
  readonly unservedFraction: number;
  readonly instanceHours: number;
  /** Instance-hours, with what was unserved at the owner's price. */
  readonly cost: number;
  readonly changesPerHour: number;
  /** Days on which it costs less than the present settings, and days on which it costs more. */
  readonly cheaperDays: number;
  readonly dearerDays: number;
}

export interface BacktestResult {
  readonly rows: readonly BacktestRow[];
  readonly present: BacktestRow;
  readonly recommended: BacktestRow;
  /** False: with the goal given, none of the settings reaches it. */
  readonly isGoalMet: boolean;
  readonly days: number;
  /** For the report page. */
  readonly runs: readonly Run[];
}

/** Prices that are tried, the present one and the owner's besides. */
const RISK_PRICES = [3, 5, 10, 20, 30] as const;

/** Prices that are tried one after the other until a goal is reached that those do not reach. */
const HIGHER_PRICES = [100, 300, 1000] as const;

/** What is tried on top of the best price, one at a time. */
const VARIATIONS: readonly Tuned[] = [
  { scaleInStableSeconds: 60 },
  { scaleInStableSeconds: 300 },
  { scaleInStableSeconds: 600 },
  { scaleInSpacingSeconds: 300 },
];

/** Less than this is no reason to change settings: generated weeks show as much by chance. */
const LEAST_GAIN = 0.03;

/** The table of the optimum's costs must fit into memory; beyond this many cells there is none. */
const MOST_CELLS = 40e6;

/** Costs of a day that differ by less are the same, instance-seconds. */
const ROUNDING = 1e-6;

export const PRESENT = 'present settings';

/**
 * Replays a history under the present settings, under others, and under target tracking.
 *
 * Recommended is the setting that would have cost least at the owner's price, or with a goal the one
 * that reaches it with the fewest instance-hours. Another than the present one is recommended only
 * where it is better by more than chance, and cheaper on twice as many days as dearer.
 */
export function backtest(input: BacktestInput): BacktestResult {
  const replay = new Replay(input);
  const present = replay.settings(PRESENT, {});
  const candidates = [present];
  const { unservedAtMost } = input;
  const tryPrice = (riskPrice: number) => {
    if (candidates.some(({ changes }) => changes?.riskPrice === riskPrice)) return;
    if (riskPrice === input.present.riskPrice) return;
    candidates.push(replay.settings(`riskPrice ${riskPrice}`, { riskPrice }));
  };
  for (const riskPrice of [...RISK_PRICES, input.price]) tryPrice(riskPrice);
  for (const riskPrice of HIGHER_PRICES) {
    if (isReached(bestOf(candidates, unservedAtMost), unservedAtMost)) break;
    tryPrice(riskPrice);
  }
  const best = bestOf(candidates, unservedAtMost);
  for (const variation of VARIATIONS) {
    const changes = { ...best.changes, ...variation };
    if (isPresent(variation, input.present)) continue;
    candidates.push(replay.settings(nameOf(changes), changes));
  }
  replay.policy(targetTracking);
  replay.policy(highResolutionTargetTracking);
  const recommended = recommendedOf(candidates, present, unservedAtMost);
  const isGoalMet = isReached(recommended, unservedAtMost);
  const { rows, days } = replay;
  return { rows, present, recommended, isGoalMet, days, runs: replay.runs() };
}

/** How many replays {@link backtest} makes at most. */
const MOST_RUNS = 1 + RISK_PRICES.length + 1 + HIGHER_PRICES.length + VARIATIONS.length + 2;

/** Whether no more is left unserved than the goal says; true without one. */
function isReached({ unservedFraction }: BacktestRow, unservedAtMost: number | undefined): boolean {
  return unservedAtMost === undefined || unservedFraction <= unservedAtMost;
}

/** The candidate to recommend; the present one stays unless another is better by more than chance. */
export function recommendedOf(
  candidates: readonly BacktestRow[],
  present: BacktestRow,
  unservedAtMost?: number,
): BacktestRow {
  const best = bestOf(candidates, unservedAtMost);
  return isWorthIt(best, present, unservedAtMost) ? best : present;
}

function bestOf(rows: readonly BacktestRow[], unservedAtMost: number | undefined): BacktestRow {
  const least = (of: readonly BacktestRow[], figure: (row: BacktestRow) => number) =>
    of.reduce((best, row) => (figure(row) < figure(best) ? row : best));
  if (unservedAtMost === undefined) return least(rows, ({ cost }) => cost);
  const reaching = rows.filter(({ unservedFraction }) => unservedFraction <= unservedAtMost);
  if (reaching.length > 0) return least(reaching, ({ instanceHours }) => instanceHours);
  return least(rows, ({ unservedFraction }) => unservedFraction);
}

function isWorthIt(
  chosen: BacktestRow,
  present: BacktestRow,
  unservedAtMost: number | undefined,
): boolean {
  if (unservedAtMost === undefined) {
    const isSteady = chosen.cheaperDays >= 2 * chosen.dearerDays;
    return isSteady && chosen.cost < (1 - LEAST_GAIN) * present.cost;
  }
  if (present.unservedFraction > unservedAtMost) {
    return chosen.unservedFraction < present.unservedFraction;
  }
  return chosen.instanceHours < (1 - LEAST_GAIN) * present.instanceHours;
}

function isPresent(changes: Tuned, present: LawSettings): boolean {
  return (Object.keys(changes) as (keyof Tuned)[]).every((key) => changes[key] === present[key]);
}

function nameOf(changes: Tuned): string {
  return Object.entries(changes)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

/** Runs policies over all stretches, and adds up. */
class Replay {
  readonly rows: BacktestRow[] = [];
  readonly #input: BacktestInput;
  readonly #world: WorldOptions;
  readonly #outcomes: { name: string; outcomes: readonly Outcome[] }[] = [];
  #presentDays: ReadonlyMap<number, number> | undefined;

  constructor(input: BacktestInput) {
    this.#input = input;
    const { leadTimeSeconds, price } = input;
    this.#world = { ...USUAL_PLANT, leadTimeSeconds, riskPrice: price };
  }

  get days(): number {
    return this.#presentDays?.size ?? 0;
  }

  settings(name: string, changes: Tuned): BacktestRow {
    const config = { ...this.#input.present, ...changes };
    const readsUnderWay = this.#input.countsRequests ?? true;
    return this.#run(name, changes, fastScaler({ name, config, readsUnderWay }));
  }

  policy(policy: Policy): BacktestRow {
    return this.#run(policy.name, null, policy);
  }

  #run(name: string, changes: Tuned | null, policy: Policy): BacktestRow {
    const { stretches, price, onRun } = this.#input;
    const outcomes = stretches.map(({ workload }) => runPolicy(workload, policy, this.#world));
    this.#outcomes.push({ name, outcomes });
    const days = daysOf(stretches, outcomes, this.#world);
    this.#presentDays ??= days;
    const presentDays = this.#presentDays;
    const differing = [...days].map(([day, cost]) => cost - (presentDays.get(day) ?? 0));
    const hours = sum(stretches.map(({ workload }) => workload.seconds)) / 3600;
    const demanded = sum(stretches.map(({ workload }) => workload.demandedSeconds));
    const unserved = sum(outcomes.map(({ unservedSeconds }) => unservedSeconds));
    const row: BacktestRow = {
      name,
      changes,
      unservedFraction: demanded > 0 ? unserved / demanded : 0,
      instanceHours: sum(outcomes.map(({ billedSeconds }) => billedSeconds)) / 3600,
      cost: sum(outcomes.map((outcome) => costOf(outcome, price))) / 3600,
      changesPerHour: sum(outcomes.map((outcome) => outcome.changes.length)) / hours,
      cheaperDays: differing.filter((difference) => difference < -ROUNDING).length,
      dearerDays: differing.filter((difference) => difference > ROUNDING).length,
    };
    this.rows.push(row);
    onRun?.(this.rows.length, MOST_RUNS);
    return row;
  }

  /** Cells of the report page, with the clairvoyant optimum; none where that takes too much memory. */
  runs(): Run[] {
    const { stretches, price, leadTimeSeconds } = this.#input;
    const cells = stretches.map(
      ({ workload: { windows, minCapacity, maxCapacity } }) =>
        windows * (maxCapacity - minCapacity + 1),
    );
    if (Math.max(...cells) > MOST_CELLS) return [];
    return stretches.flatMap(({ workload }, i) => {
      const plan = optimalPlan(workload, this.#world);
      const optimum = runPolicy(workload, scripted(OPTIMUM, plan.requests), this.#world);
      const all = [
        ...this.#outcomes.map(({ name, outcomes }) => [name, outcomes[i] as Outcome] as const),
        [OPTIMUM, optimum] as const,
      ];
      return all.map(([policy, outcome]): Run => {
        const score = scoreOf(workload, outcome, price, plan.cost);
        const cell = { trace: workload.name, leadTimeSeconds, riskPrice: price, policy, ...score };
        return { cell, workload, outcome };
      });
    });
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
