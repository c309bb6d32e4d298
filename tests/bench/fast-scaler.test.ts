import { describe, expect, it } from 'vitest';
import type { Decision } from '../../lib/control/types.ts';
import { spreadSeconds } from '../../lib/cycle/next-look.ts';
import { jitterSeconds } from '../../lib/sweep.ts';
import { workloadOf } from '../../simulator/bench/workload.ts';
import { runPolicy, USUAL_PLANT } from '../../simulator/bench/world.ts';
import { generateLoad } from '../../simulator/load/scenarios.ts';
import { fastScaler } from '../../simulator/scalers/fast-scaler.ts';
import { steady, workloadWith } from './fixtures.ts';

const WORLD = { ...USUAL_PLANT, leadTimeSeconds: 180, riskPrice: 10 };

interface Look {
  readonly atSeconds: number;
  readonly decision: Decision;
}

function looksAt(demands: readonly number[], peakInstances = 4) {
  const looks: Look[] = [];
  const policy = fastScaler({
    name: 'watched',
    onLook: (atSeconds, decision) => {
      looks.push({ atSeconds, decision });
    },
  });
  const outcome = runPolicy(workloadWith(demands, peakInstances), policy, WORLD);
  return { looks, outcome };
}

describe('the turns of the scaler', () => {
  it('at rest it looks at the start and with each sweep, no more', () => {
    const { looks } = looksAt(steady(0.1, 30));
    const sweep = jitterSeconds('bench');
    const ofRest = looks.map(({ atSeconds }) => atSeconds).filter((at) => at < 300);
    expect(ofRest.slice(0, 1)).toEqual([0]);
    expect(ofRest).toEqual(
      [0, sweep, 60 + sweep, 120 + sweep, 180 + sweep, 240 + sweep].filter((at) => at < 300),
    );
    expect(looks[1]?.decision.nextLookAtSeconds).toBeNull();
  });

  it('the alarm wakes it as the first breaching window becomes readable', () => {
    const { looks } = looksAt([...steady(0.1, 30), ...steady(0.9, 2), ...steady(0.1, 20)]);
    const sweep = jitterSeconds('bench');
    const woken = looks.filter(({ atSeconds }) => atSeconds % 60 !== sweep && atSeconds >= 300);
    expect(woken[0]?.atSeconds).toBe(320);
    expect(looks.map(({ atSeconds }) => atSeconds)).not.toContain(310);
  });

  it('below the alarm it sleeps on', () => {
    const { looks } = looksAt([...steady(0.1, 30), ...steady(0.79, 20)]);
    const sweep = jitterSeconds('bench');
    const times = looks.map(({ atSeconds }) => atSeconds).filter((at) => at > 0 && at < 480);
    expect(times).toEqual(Array.from({ length: 8 }, (_, i) => sweep + 60 * i));
  });

  it('awake it looks at every window', () => {
    const { looks } = looksAt(steady(3, 30));
    const times = looks.map(({ atSeconds }) => atSeconds).filter((at) => at >= 100 && at < 300);
    const own = 100 + spreadSeconds('bench');
    expect(times).toEqual(Array.from({ length: 20 }, (_, i) => own + 10 * i));
  });

  it('goes on looking while the endpoint is locked, and moves nothing', () => {
    // The second rise comes while the first one's instances are starting.
    const { looks, outcome } = looksAt([...steady(1, 30), ...steady(4, 9), ...steady(15, 60)], 16);
    const [first, second] = outcome.changes;
    const from = first?.atSeconds as number;
    expect(first?.to).toBeGreaterThan(first?.from as number);
    expect(second?.atSeconds ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(from + 180);
    const within = looks.filter(({ atSeconds }) => atSeconds > from && atSeconds < from + 180);
    expect(within.map(({ atSeconds }) => atSeconds)).toEqual(
      Array.from({ length: 17 }, (_, i) => from + 10 * (i + 1)),
    );
  });
});

describe('a run', () => {
  it('is the same every time', () => {
    const workload = workloadOf(generateLoad('noise', 3), 16);
    const once = runPolicy(workload, fastScaler(), WORLD);
    expect(once.changes.length).toBeGreaterThan(0);
    expect(runPolicy(workload, fastScaler(), WORLD)).toEqual(once);
  });

  it('takes settings that differ from the defaults', () => {
    const workload = workloadOf(generateLoad('noise', 3), 16);
    expect(runPolicy(workload, fastScaler({ config: { mode: 'paused' } }), WORLD).changes).toEqual(
      [],
    );
  });

  it('weighs the risk price', () => {
    const workload = workloadOf(generateLoad('noise', 3), 16);
    const [cheap, dear] = [3, 30].map((riskPrice) =>
      runPolicy(workload, fastScaler(), { ...WORLD, riskPrice }),
    );
    expect(dear?.unservedSeconds).toBeLessThan(cheap?.unservedSeconds as number);
    expect(dear?.billedSeconds).toBeGreaterThan(cheap?.billedSeconds as number);
  });
});
