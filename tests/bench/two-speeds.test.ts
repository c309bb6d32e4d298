import { describe, expect, it } from 'vitest';
import { workloadOf } from '../../simulator/bench/workload.ts';
import { runPolicy, USUAL_PLANT } from '../../simulator/bench/world.ts';
import type { Load } from '../../simulator/load/load.ts';
import { simulate } from '../../simulator/run/simulate.ts';
import { fastScaler } from '../../simulator/scalers/fast-scaler.ts';

const LEAD_TIME_SECONDS = 180;
const RISK_PRICE = 10;

/** How long the embedded account takes from an alarm, an endpoint's event and a message to a look. */
const SERVICE_DELAYS = { alarmSeconds: 1.05, endpointSeconds: 0.5, queueSeconds: 0.05 };

/** Until here the two see other windows: the account's endpoint has a past, the plant has none. */
const WARM_UP_SECONDS = 3600;

interface Nudge {
  readonly atSeconds: number;
  readonly direction: string;
  /** Whether a queue had a say. */
  readonly isHidden: boolean;
  readonly min: number;
  readonly max: number;
}

/** Three hours of slow waves between four and fourteen instances, without chance; nothing waits. */
function waves(): Load {
  const requestsUntil = (second: number) => {
    const angle = (2 * Math.PI * second) / 3600;
    return Math.floor(25 * (9 * second - (5 * 3600 * Math.sin(angle)) / (2 * Math.PI)));
  };
  const arrivals = Float64Array.from(
    { length: 3 * 3600 },
    (_, second) => requestsUntil(second + 1) - requestsUntil(second),
  );
  return { name: 'waves', arrivals };
}

/**
 * Three hours in which demand leaps from four instances to more than they serve, by little enough for
 * its queue to tell before its load does, and later to sixteen, and comes back.
 */
function leaps(): Load {
  const instances = (second: number) => {
    const at = second % 2400;
    return at < 900 ? 4 : at < 1500 ? 6.6 : at < 1800 ? 16 : 4;
  };
  const arrivals = Float64Array.from({ length: 3 * 3600 }, (_, second) => 25 * instances(second));
  return { name: 'leaps', arrivals };
}

/** The nudges of decide() straight on the plant. */
function nudgesOfPolicy(load: Load): Nudge[] {
  const nudges: Nudge[] = [];
  const policy = fastScaler({
    delays: SERVICE_DELAYS,
    onLook: (atSeconds, { proposal, steps }) => {
      if (!proposal) return;
      const isHidden = steps.some(({ reason }) => reason === 'hidden-demand');
      nudges.push({ atSeconds, direction: proposal.direction, isHidden, ...proposal.bounds });
    },
  });
  runPolicy(workloadOf(load, 16), policy, {
    ...USUAL_PLANT,
    leadTimeSeconds: LEAD_TIME_SECONDS,
    riskPrice: RISK_PRICE,
  });
  return nudges;
}

/** The nudges of the deployed service on the embedded account. */
async function nudgesOfService(load: Load): Promise<Nudge[]> {
  const { targetPerInstance, minCapacity, maxCapacity } = workloadOf(load, 16);
  const { decisions } = await simulate('fast-scaler', {
    load,
    targetPerInstance,
    minCapacity,
    maxCapacity,
    leadTimeSeconds: LEAD_TIME_SECONDS,
    riskPrice: RISK_PRICE,
    seed: 1,
  });
  const firstMs = Date.parse(decisions[0]?.at as string);
  const midnightMs = firstMs - (firstMs % 86_400_000);
  return decisions.flatMap(({ at, requested, steps }) =>
    requested
      ? [
          {
            atSeconds: (Date.parse(at) - midnightMs) / 1000,
            direction: requested.direction,
            isHidden: steps.some(({ reason }) => reason === 'hidden-demand'),
            ...requested.bounds,
          },
        ]
      : [],
  );
}

const isWarm = ({ atSeconds }: Nudge) => atSeconds >= WARM_UP_SECONDS;
const what = ({ direction, isHidden, min, max }: Nudge) => ({ direction, isHidden, min, max });

describe('decide() on the plant and the deployed service on the embedded account', () => {
  it.each([
    // What came before the warm-up still weighs a little, which at a boundary is worth a window.
    ['waves, without a queue', waves(), false, 20, 11],
    // The account's alarm may go off just before a window is readable, and the next look is a window later.
    ['leaps, with queues', leaps(), true, 10, 31],
  ])('make the same nudges, and when: %s', { timeout: 60_000 }, async (...row) => {
    const [, load, isHidden, least, seconds] = row;
    const policy = nudgesOfPolicy(load).filter(isWarm);
    const service = (await nudgesOfService(load)).filter(isWarm);
    expect(policy.length).toBeGreaterThan(least);
    expect(policy.some((nudge) => nudge.isHidden)).toBe(isHidden);
    expect(policy.map(({ direction }) => direction)).toEqual(
      expect.arrayContaining(['out', 'in', 'none']),
    );
    expect(service.map(what)).toEqual(policy.map(what));
    for (const [i, { atSeconds }] of policy.entries()) {
      expect(Math.abs((service[i] as Nudge).atSeconds - atSeconds), `nudge ${i}`).toBeLessThan(
        seconds,
      );
    }
  });
});
