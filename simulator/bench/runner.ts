import type { Load } from '../load/load.ts';
import { OPTIMUM, POLICIES } from '../scalers/index.ts';
import { optimalPlan, scripted } from '../scalers/optimum.ts';
import type { Policy } from '../scalers/policy.ts';
import { type Cell, scoreOf } from './score.ts';
import { type Workload, workloadOf } from './workload.ts';
import { type Outcome, runPolicy, USUAL_PLANT, type WorldOptions } from './world.ts';

/** A load to run; a generated one may follow the lead time. */
export interface LoadSource {
  readonly name: string;
  readonly load: (leadTimeSeconds: number) => Load;
}

export interface BenchOptions {
  readonly sources: readonly LoadSource[];
  readonly leadTimesSeconds: readonly number[];
  readonly riskPrices: readonly number[];
  /** Names of policies, `optimum` among them if it is to be shown; it is solved in any case. */
  readonly policies: readonly string[];
  /** Instances that the busiest minute of every load needs. */
  readonly peakInstances: number;
  /** Hears of each cell as it is done. */
  readonly onCell?: (done: Run) => void;
}

/** A cell with what it was made from. */
export interface Run {
  readonly cell: Cell;
  readonly workload: Workload;
  readonly outcome: Outcome;
}

/** Every load under every lead time, risk price and policy, in this order. */
export function runBench(options: BenchOptions): Run[] {
  const policies = options.policies.map(policyOf);
  const runs: Run[] = [];
  for (const source of options.sources) {
    for (const leadTimeSeconds of options.leadTimesSeconds) {
      const workload = workloadOf(source.load(leadTimeSeconds), options.peakInstances);
      const known = new Map<Policy, Outcome>();
      for (const riskPrice of options.riskPrices) {
        const world: WorldOptions = { ...USUAL_PLANT, leadTimeSeconds, riskPrice };
        const plan = optimalPlan(workload, world);
        const optimum = scripted(OPTIMUM, plan.requests);
        for (const policy of policies) {
          const outcome =
            (policy && known.get(policy)) ?? runPolicy(workload, policy ?? optimum, world);
          if (policy && !policy.usesRiskPrice) known.set(policy, outcome);
          const cell: Cell = {
            trace: source.name,
            leadTimeSeconds,
            riskPrice,
            policy: policy?.name ?? OPTIMUM,
            ...scoreOf(workload, outcome, riskPrice, plan.cost),
          };
          const run = { cell, workload, outcome };
          runs.push(run);
          options.onCell?.(run);
        }
      }
    }
  }
  return runs;
}

/** The policy of that name; undefined for the optimum, which is another plan for every cell. */
function policyOf(name: string): Policy | undefined {
  const policy = POLICIES.find((each) => each.name === name);
  if (policy === undefined && name !== OPTIMUM) throw new RangeError(`no policy "${name}"`);
  return policy;
}
