import { describe, expect, it } from 'vitest';
import type { LiveDecision, LiveRun, LiveSnapshot, LiveStep } from '../../simulator/server/feed.ts';

/** The page's modules are browser code outside this project's type check, so they are named here. */
interface Followed {
  name: string;
  times: number[];
  columns: Record<string, (number | null)[]>;
  decisions: { atSeconds: number }[];
  endpointStatus: string;
}

interface Runs {
  readonly all: Followed[];
  readonly nowSeconds: number;
  reset(snapshot: LiveSnapshot): void;
  add(step: LiveStep): void;
  decide(decision: LiveDecision): void;
  remove(variant: { endpointName: string; variantName: string }): void;
}

const page = new URL('../../simulator/report/page/live-runs.js', import.meta.url);
const { LiveRuns } = (await import(page.href)) as { LiveRuns: new () => Runs };

const VARIANT = { endpointName: 'checkout', variantName: 'AllTraffic' };

function step(atSeconds: number, value: number | null, after = value): LiveStep {
  return {
    ...VARIANT,
    atSeconds,
    arrived: 0,
    billed: 0,
    concurrency: 0,
    endpointStatus: 'Updating',
    alarms: [],
    atEnd: { desired: after, minCapacity: after, maxCapacity: after },
    demand: value,
    capacity: value,
    desired: value,
    minCapacity: value,
    maxCapacity: value,
    queue: value,
    latencyP99Seconds: value,
    failed: value,
  };
}

function snapshot(
  startSeconds: number,
  values: readonly number[],
  standing: number | null = values.at(-1) ?? null,
): LiveSnapshot {
  const run: LiveRun = {
    ...VARIANT,
    startSeconds,
    stepSeconds: 10,
    targetPerInstance: 1500,
    targetUnit: 'invocations',
    atEnd: standing === null ? null : { desired: standing, minCapacity: 1, maxCapacity: standing },
    endpointStatus: 'InService',
    alarms: [],
    demand: values,
    capacity: values,
    desired: values,
    minCapacity: values,
    maxCapacity: values,
    queue: values,
    latencyP99Seconds: values,
    failed: values,
    decisions: [],
  };
  const nowSeconds = startSeconds + 10 * values.length;
  const account = { accountId: '1', region: 'r', speed: 1, stepSeconds: 10 };
  return { ...account, nowSeconds, runs: [run] };
}

const decisionAt = (atSeconds: number): LiveDecision => ({
  ...VARIANT,
  marker: { atSeconds, kind: 'bounds', title: 'Max 5 → 9', steps: [] },
});

describe('runs of the live page', () => {
  it('carry the newest step on to its end, but make up no latency', () => {
    const runs = new LiveRuns();
    runs.reset(snapshot(1000, [1, 2]));
    expect(runs.all[0]?.times).toEqual([1000, 1010, 1020]);
    expect(runs.all[0]?.columns.demand).toEqual([1, 2, 2]);
    expect(runs.all[0]?.columns.latencyP99Seconds).toEqual([1, 2, null]);
    runs.add(step(1020, 5));
    expect(runs.all[0]?.times).toEqual([1000, 1010, 1020, 1030]);
    expect(runs.all[0]?.columns.demand).toEqual([1, 2, 5, 5]);
    expect(runs.all[0]?.columns.latencyP99Seconds).toEqual([1, 2, 5, null]);
    expect(runs.all[0]?.endpointStatus).toBe('Updating');
    expect(runs.nowSeconds).toBe(1030);
  });

  it('show at the end of the newest step what is asked for then, not what was before', () => {
    const runs = new LiveRuns();
    runs.reset(snapshot(1000, [1, 2], 3));
    expect(runs.all[0]?.columns.desired).toEqual([1, 2, 3]);
    expect(runs.all[0]?.columns.capacity).toEqual([1, 2, 2]);
    runs.add(step(1020, 3, 9));
    expect(runs.all[0]?.columns.desired).toEqual([1, 2, 3, 9]);
    expect(runs.all[0]?.columns.maxCapacity).toEqual([1, 2, 3, 9]);
    expect(runs.all[0]?.columns.capacity).toEqual([1, 2, 3, 3]);
  });

  it.each([
    { label: 'unknown until its first step', known: false },
    { label: 'known without a step', known: true },
  ])('begin where the first step does: a variant $label', ({ known }) => {
    const runs = new LiveRuns();
    runs.reset(known ? snapshot(1003, []) : { ...snapshot(1003, []), runs: [] });
    runs.add(step(1010, 4));
    expect(runs.all.map(({ name, times }) => [name, times])).toEqual([
      ['checkout/AllTraffic', [1010, 1020]],
    ]);
    expect(runs.all[0]?.columns.capacity).toEqual([4, 4]);
  });

  it('stay the same objects when the feed begins again, and go with their variant', () => {
    const runs = new LiveRuns();
    runs.reset(snapshot(1000, [1, 2]));
    runs.decide(decisionAt(1015));
    const [run] = runs.all;
    expect(run?.decisions).toHaveLength(1);
    runs.reset(snapshot(5000, [7]));
    expect(runs.all[0]).toBe(run);
    expect([run?.times, run?.decisions]).toEqual([[5000, 5010], []]);
    runs.remove(VARIANT);
    expect(runs.all).toEqual([]);
  });

  it('remember a day, and of decisions those within it', () => {
    const runs = new LiveRuns();
    runs.reset({ ...snapshot(0, []), runs: [] });
    runs.add(step(0, 0));
    for (const at of [359, 360]) runs.decide(decisionAt(at));
    for (let at = 10; at < 86_390; at += 10) runs.add(step(at, 0));
    expect(runs.all[0]?.times).toHaveLength(8640);
    runs.add(step(86_390, 0));
    expect(runs.all[0]?.times.at(0)).toBe(360);
    expect(runs.all[0]?.columns.demand).toHaveLength(8605);
    expect(runs.all[0]?.decisions.map(({ atSeconds }) => atSeconds)).toEqual([360]);
  });
});
