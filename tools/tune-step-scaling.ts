// Looks for the best settings of the step-scaling peer: descends from random starts, one setting at
// a time, to the least geometric mean of regret over all loads, lead times and risk prices. What is
// found on some loads can be judged on others.
import { wholeFromOne, wholeFromZero } from '../cli/options.ts';
import { progress } from '../cli/progress.ts';
import { runTool, tool } from '../cli/tool.ts';
import type { LoadSource } from '../simulator/bench/runner.ts';
import { costOf, geometricMean } from '../simulator/bench/score.ts';
import { generatedSources, traceSources } from '../simulator/bench/sources.ts';
import { workloadOf } from '../simulator/bench/workload.ts';
import { runPolicy, USUAL_PLANT } from '../simulator/bench/world.ts';
import { seededRandom } from '../simulator/plant/random.ts';
import { optimalPlan } from '../simulator/scalers/optimum.ts';
import {
  type StepRule,
  type StepScalingSettings,
  stepScaling,
} from '../simulator/scalers/step-scaling.ts';

const LEAD_TIMES_SECONDS = [60, 180, 480];
const RISK_PRICES = [3, 10, 30];
const PEAK_INSTANCES = 16;

type Alarm = Pick<StepRule, 'datapoints' | 'evaluationPeriods'>;

const AIMS = [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.2];
const AGGREGATIONS = ['Maximum', 'Average'] as const;

const OUT_ALARMS: readonly Alarm[] = [
  { datapoints: 1, evaluationPeriods: 1 },
  { datapoints: 1, evaluationPeriods: 2 },
  { datapoints: 2, evaluationPeriods: 2 },
  { datapoints: 1, evaluationPeriods: 3 },
  { datapoints: 2, evaluationPeriods: 3 },
  { datapoints: 3, evaluationPeriods: 3 },
];

const IN_ALARMS: readonly Alarm[] = [6, 12, 18, 24, 30, 36, 45, 60, 75, 90].flatMap(
  (evaluationPeriods) =>
    [1, 0.9, 0.75].map((share) => ({
      datapoints: Math.ceil(share * evaluationPeriods),
      evaluationPeriods,
    })),
);

/** One setting of one rule: its values, as changes to the rule. */
interface Choice {
  readonly rule: 'out' | 'in';
  readonly values: readonly Partial<StepRule>[];
}

const CHOICES: readonly Choice[] = [
  { rule: 'out', values: [0.6, 0.7, 0.8, 0.9, 1, 1.1].map((threshold) => ({ threshold })) },
  { rule: 'out', values: OUT_ALARMS },
  { rule: 'out', values: AGGREGATIONS.map((aggregation) => ({ aggregation })) },
  { rule: 'out', values: AIMS.map((aim) => ({ aim })) },
  { rule: 'out', values: [0, 30, 60, 120, 300].map((cooldownSeconds) => ({ cooldownSeconds })) },
  {
    rule: 'in',
    values: [0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95].map((threshold) => ({ threshold })),
  },
  { rule: 'in', values: IN_ALARMS },
  { rule: 'in', values: AGGREGATIONS.map((aggregation) => ({ aggregation })) },
  { rule: 'in', values: AIMS.map((aim) => ({ aim })) },
  { rule: 'in', values: [0, 60, 120, 300, 600].map((cooldownSeconds) => ({ cooldownSeconds })) },
];

/** An index into the values of each choice. */
type Point = readonly number[];

function settingsAt(point: Point): StepScalingSettings {
  const rule = (which: Choice['rule']) =>
    Object.assign(
      {},
      ...CHOICES.map((choice, i) =>
        choice.rule === which ? choice.values[point[i] as number] : {},
      ),
    ) as StepRule;
  return { out: rule('out'), in: rule('in') };
}

/** The geometric mean of regret as a function of the settings; each point is scored once. */
function scorer(sources: readonly LoadSource[]): (point: Point) => number {
  const worlds = sources.flatMap(({ load }) =>
    LEAD_TIMES_SECONDS.map((leadTimeSeconds) => {
      const workload = workloadOf(load(leadTimeSeconds), PEAK_INSTANCES);
      const world = { ...USUAL_PLANT, leadTimeSeconds };
      const least = RISK_PRICES.map(
        (riskPrice) => optimalPlan(workload, { ...world, riskPrice }).cost,
      );
      return { workload, world, least };
    }),
  );
  const known = new Map<string, number>();
  return (point) => {
    const key = point.join();
    const before = known.get(key);
    if (before !== undefined) return before;
    const policy = stepScaling(settingsAt(point));
    const regrets = worlds.flatMap(({ workload, world, least }) => {
      const outcome = runPolicy(workload, policy, { ...world, riskPrice: 1 });
      return RISK_PRICES.map((price, i) => costOf(outcome, price) / (least[i] as number));
    });
    const score = geometricMean(regrets);
    known.set(key, score);
    return score;
  };
}

/** Changes one setting after another for the better until none helps. */
function descend(start: Point, score: (point: Point) => number): Point {
  let best = start;
  for (let before = Number.POSITIVE_INFINITY; score(best) < before; ) {
    before = score(best);
    for (const [i, { values }] of CHOICES.entries()) {
      for (const value of values.keys()) {
        const next = best.with(i, value);
        if (score(next) < score(best)) best = next;
      }
    }
  }
  return best;
}

interface Flags {
  readonly traces?: string;
  readonly judge?: string;
  readonly restarts: number;
  readonly seed: number;
}

const program = tool('tune-step-scaling', 'The best settings of the step-scaling peer.')
  .option('--traces <dir>', 'folder of .csv or .csv.gz (second,requests); default: generated ones')
  .option(
    '--judge <dir>',
    'folder of other traces, on which the settings that are found are scored too',
  )
  .option('--restarts <n>', 'random starts', wholeFromOne, 24)
  .option('--seed <n>', 'seed of chance', wholeFromZero, 1);

await runTool(program, main);

function main({ traces, judge, restarts, seed }: Flags): void {
  const random = seededRandom(seed);
  // Read first: a folder that is not there is told before the search.
  const others = judge === undefined ? [] : traceSources(judge);
  const score = scorer(traces === undefined ? generatedSources(1) : traceSources(traces));
  const randomPoint = () => CHOICES.map(({ values }) => Math.floor(random() * values.length));
  const shown = progress({ stderr: process.stderr, now: Date.now });
  const report = (done: number) =>
    shown.report(done, restarts, `${done} of ${restarts} starts: regret ${score(best).toFixed(4)}`);
  let best = descend(randomPoint(), score);
  report(1);
  for (let restart = 1; restart < restarts; restart += 1) {
    const found = descend(randomPoint(), score);
    if (score(found) < score(best)) best = found;
    report(restart + 1);
  }
  shown.stop();
  const found = {
    regret: score(best),
    ...(judge !== undefined && { regretOfJudged: scorer(others)(best) }),
    settings: settingsAt(best),
  };
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
}
