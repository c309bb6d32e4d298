import type { Workload } from './workload.ts';
import type { Outcome, WorldOptions } from './world.ts';

const DAY_SECONDS = 86_400;

/**
 * Cost of every day (UTC) in instance-seconds, by its number since 1970: what was billed, and what was
 * not served at the risk price. The days add up to the cost of the whole.
 */
export function daysOf(
  stretches: readonly { readonly workload: Workload; readonly fromSeconds: number }[],
  outcomes: readonly Outcome[],
  world: WorldOptions,
): ReadonlyMap<number, number> {
  const days = new Map<number, number>();
  stretches.forEach(({ workload, fromSeconds }, i) => {
    for (const { from, to, billed, serving } of spans(workload, outcomes[i] as Outcome, world)) {
      for (let at = from; at < to; ) {
        const day = Math.floor((fromSeconds + at) / DAY_SECONDS);
        const end = Math.min(to, (day + 1) * DAY_SECONDS - fromSeconds);
        const unserved = workload.shortfall.between(serving, at, end);
        const cost = billed * (end - at) + world.riskPrice * unserved;
        days.set(day, (days.get(day) ?? 0) + cost);
        at = end;
      }
    }
  });
  return days;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly billed: number;
  readonly serving: number;
}

/** Times between which neither what is billed nor what serves changes. */
function spans(
  workload: Workload,
  { changes }: Outcome,
  { leadTimeSeconds }: WorldOptions,
): Span[] {
  const found: Span[] = [];
  let [from, billed, serving] = [0, workload.initialCapacity, workload.initialCapacity];
  const until = (to: number) => {
    if (to > from) found.push({ from, to: Math.min(to, workload.seconds), billed, serving });
    from = Math.max(from, to);
  };
  for (const [i, change] of changes.entries()) {
    until(change.atSeconds);
    billed = change.to;
    if (change.to < change.from) serving = change.to;
    const lands = change.atSeconds + leadTimeSeconds;
    const next = changes[i + 1]?.atSeconds ?? workload.seconds;
    // The endpoint takes no other change before it has landed.
    if (change.to > change.from && lands <= Math.min(next, workload.seconds)) {
      until(lands);
      serving = change.to;
    }
  }
  until(workload.seconds);
  return found;
}
