import type { BenchPageData, PageVerdict, PageWorkload } from './page-types.ts';
import type { Run } from './runner.ts';
import { WINDOW_SECONDS, type Workload } from './workload.ts';
import { type Outcome, USUAL_PLANT } from './world.ts';

/** Gathers what the page shows. */
export function benchPageData(
  runs: readonly Run[],
  peakInstances: number,
  verdict?: PageVerdict,
): BenchPageData {
  const workloads = new Collection<Workload, PageWorkload>(
    ({ name, requests }) => `${name}:${requests.join()}`,
    ({ demand, demandedSeconds, targetPerInstance, initialCapacity }) => ({
      demandedHours: demandedSeconds / 3600,
      targetPerInstance,
      initialCapacity,
      demand: Array.from(demand, (value) => Math.round(value * 100) / 100),
    }),
  );
  const outcomes = new Collection<Outcome, readonly number[]>(
    ({ changes }) => JSON.stringify(changes),
    ({ changes }) => changes.flatMap(({ atSeconds, to }) => [atSeconds, to]),
  );
  const cells = runs.map(({ cell, workload, outcome }) => ({
    ...cell,
    unservedFraction: cell.unservedFraction === null ? null : rounded(cell.unservedFraction),
    instanceHours: rounded(cell.instanceHours),
    regret: rounded(cell.regret),
    workload: workloads.indexOf(workload),
    outcome: outcomes.indexOf(outcome),
  }));
  return {
    windowSeconds: WINDOW_SECONDS,
    scaleInLockSeconds: USUAL_PLANT.scaleInLockSeconds,
    peakInstances,
    cells,
    workloads: workloads.list,
    outcomes: outcomes.list,
    ...(verdict && { verdict }),
  };
}

/** Things by content, each kept once. */
class Collection<Thing extends object, Kept> {
  readonly list: Kept[] = [];
  readonly #keyOf: (thing: Thing) => string;
  readonly #keep: (thing: Thing) => Kept;
  readonly #byIdentity = new Map<Thing, number>();
  readonly #byKey = new Map<string, number>();

  constructor(keyOf: (thing: Thing) => string, keep: (thing: Thing) => Kept) {
    this.#keyOf = keyOf;
    this.#keep = keep;
  }

  indexOf(thing: Thing): number {
    const known = this.#byIdentity.get(thing);
    if (known !== undefined) return known;
    const key = this.#keyOf(thing);
    let index = this.#byKey.get(key);
    if (index === undefined) {
      index = this.list.push(this.#keep(thing)) - 1;
      this.#byKey.set(key, index);
    }
    this.#byIdentity.set(thing, index);
    return index;
  }
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
