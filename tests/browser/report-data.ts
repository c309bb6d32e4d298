import type { DecisionStep } from '../../lib/control/types.ts';
import type { DecisionMarker, ReportData, RunTimeline } from '../../simulator/report/data.ts';

/** What a made-up run is made from. */
export interface Wish {
  readonly trace?: string;
  readonly seconds: number;
  readonly stepSeconds?: number;
  readonly policies?: readonly string[];
  readonly noLatency?: boolean;
  readonly leadTimeSeconds?: number;
  readonly maxCapacity?: number;
}

const REACTION_SECONDS: Readonly<Record<string, number>> = {
  'fast-scaler': 24,
  'target-tracking': 212,
};

/** A small seeded generator of numbers from 0 to 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Demand in instances: quiet, a steep surge, quiet again, once an hour or once in a shorter run. */
function demandAt(second: number, period: number, noise: number): number {
  const phase = (second % period) / period;
  const ramp = 20 / period;
  if (phase < 0.1 || phase > 0.55) return 0.6 + 0.25 * noise;
  const rising = Math.min(1, (phase - 0.1) / ramp);
  const hour = Math.floor(second / period);
  return rising * (11 + ((hour * 7) % 5) + 1.4 * noise) + 0.6;
}

function stepsOf(from: number, to: number, demand: number, max: number): DecisionStep[] {
  const wanted = Math.ceil(demand * 1.15);
  return [
    { name: 'demand', before: null, after: demand, reason: 'demand-measured', constrained: false },
    {
      name: 'quantile',
      before: demand,
      after: wanted,
      reason: 'demand-growing',
      constrained: false,
    },
    {
      name: 'dead-band',
      before: wanted,
      after: wanted,
      reason: wanted > from ? 'ramp-still-steepening' : 'capacity-sufficient',
      constrained: false,
    },
    {
      name: 'recent-peak',
      before: wanted,
      after: Math.max(wanted, to),
      reason: 'recent-peak-needs-capacity',
      constrained: wanted < to,
    },
    {
      name: 'owner-bounds',
      before: Math.max(wanted, to),
      after: Math.min(to, max),
      reason: 'owner-maximum',
      constrained: wanted > max,
    },
  ];
}

/** The state of a made-up scaler and its queue, moved on by one step at a time. */
function runOf(policy: string, wish: Wish): RunTimeline {
  const step = wish.stepSeconds ?? 10;
  const lead = wish.leadTimeSeconds ?? 180;
  const max = wish.maxCapacity ?? 20;
  const period = Math.min(3600, wish.seconds);
  const reaction = REACTION_SECONDS[policy] ?? 120;
  const random = seeded(7);
  const decisions: DecisionMarker[] = [];
  const columns = {
    demand: [] as number[],
    capacity: [] as number[],
    desired: [] as number[],
    minCapacity: [] as number[],
    maxCapacity: [] as number[],
    queue: [] as number[],
    latencyP99Seconds: [] as (number | null)[],
    failed: [] as number[],
  };
  let desired = 1;
  let capacity = 1;
  let arrivesAt = Number.POSITIVE_INFINITY;
  let shortSince: number | null = null;
  let idleSince: number | null = null;
  let queue = 0;

  const decide = (second: number, kind: DecisionMarker['kind'], to: number, demand: number) => {
    const title = {
      'scale-out': `Min ${desired} → ${to}`,
      'scale-in': `Max ${max} → ${to}`,
      bounds: `Max ${to} → ${max}`,
      refused: `Min ${desired} → ${to} refused: endpoint is Updating`,
      notice: 'Min or Max was changed by their owner',
    }[kind];
    const steps = policy === 'fast-scaler' ? stepsOf(desired, to, demand, max) : [];
    const sentences = steps.map(
      ({ before, after }) =>
        `At second ${second} the load needs ${before} instances; so many are in service, more are starting, ` +
        `and weighing the last minutes the scaler wants ${after}.`,
    );
    decisions.push({ atSeconds: second + 4.25, kind, title, steps, sentences });
  };

  for (let second = 0; second <= wish.seconds; second += step) {
    const demand = demandAt(second, period, random());
    if (second >= arrivesAt) {
      capacity = desired;
      arrivesAt = Number.POSITIVE_INFINITY;
      if (policy === 'fast-scaler') decide(second, 'bounds', desired, demand);
    }
    shortSince = demand > desired ? (shortSince ?? second) : null;
    idleSince = demand < desired * 0.6 ? (idleSince ?? second) : null;
    if (shortSince !== null && second - shortSince >= reaction) {
      const to = Math.min(max, Math.ceil(demand * 1.15));
      if (arrivesAt === Number.POSITIVE_INFINITY && to > desired) {
        decide(second, 'scale-out', to, demand);
        desired = to;
        arrivesAt = second + lead;
      } else if (decisions.at(-1)?.kind !== 'refused') {
        decide(second, 'refused', to, demand);
      }
    } else if (idleSince !== null && second - idleSince >= reaction * 6 && capacity === desired) {
      const to = Math.max(1, Math.ceil(demand));
      if (to < desired) {
        decide(second, 'scale-in', to, demand);
        desired = to;
        capacity = to;
      }
    }
    const excess = (demand - capacity) * 25 * (step / 10);
    const waiting = Math.max(0, queue + excess);
    const failed = Math.max(0, waiting - 1200);
    queue = waiting - failed;
    columns.demand.push(demand);
    columns.capacity.push(capacity);
    columns.desired.push(desired);
    columns.minCapacity.push(policy === 'fast-scaler' ? desired : 1);
    columns.maxCapacity.push(max);
    columns.queue.push(Math.round(queue));
    columns.failed.push(Math.round(failed));
    const served = wish.noLatency || demand < 0.65 ? null : 0.35 + 0.1 * random();
    columns.latencyP99Seconds.push(served === null ? null : served + queue / (25 * capacity));
  }
  return { policy, stepSeconds: step, ...columns, decisions };
}

/** A report as a simulation might give it: plausible, seeded, the same on every call. */
export function madeUpReport(wish: Wish): ReportData {
  const policies = wish.policies ?? ['fast-scaler', 'target-tracking'];
  const runs = policies.map((policy) => runOf(policy, wish));
  return {
    trace: wish.trace ?? 'locust-surge',
    seconds: wish.seconds,
    leadTimeSeconds: wish.leadTimeSeconds ?? 180,
    riskPrice: 10,
    targetPerInstance: 1500,
    runs,
    results: runs.map((run) => {
      const hours = run.stepSeconds / 3600;
      const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
      const unserved = run.demand.map((demand, at) =>
        Math.max(0, demand - (run.capacity[at] ?? 0)),
      );
      const latencies = run.latencyP99Seconds
        .filter((value) => value !== null)
        .toSorted((a, b) => a - b);
      const scaleIn = run.decisions.find(({ kind }) => kind === 'scale-in');
      return {
        policy: run.policy,
        reactionSeconds: REACTION_SECONDS[run.policy] ?? null,
        surges: REACTION_SECONDS[run.policy] === undefined ? 0 : 1,
        answered: REACTION_SECONDS[run.policy] === undefined ? 0 : 1,
        scaleInSeconds: scaleIn ? (REACTION_SECONDS[run.policy] ?? 120) * 6 : null,
        unservedFraction: total(unserved) / total(run.demand),
        instanceHours: total(run.desired) * hours,
        changes: run.decisions.filter(({ kind }) => kind.startsWith('scale')).length,
        p99LatencySeconds: latencies[Math.floor(latencies.length * 0.99)] ?? null,
        failedFraction: total(run.failed) / (total(run.demand) * 25),
      };
    }),
  };
}
