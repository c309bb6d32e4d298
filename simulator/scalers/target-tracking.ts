import { type Controller, type Policy, periodic, wholeInstances } from './policy.ts';
import type { View } from './view.ts';

export interface Readings { out: 'latest'|'mean'|'max'|'first'; low: 'latest'|'mean'|'max'; cooldown: number; lowBasis?: 'minute'|'window' }

const OUT_POINTS = 3;
const LOW_POINTS = 15;
const LOW_MARGIN = 0.9;

function combine(kind: string, values: number[]): number {
  if (kind === 'latest') return values[0]!;
  if (kind === 'max') return Math.max(...values);
  return values.reduce((a, b) => a + b, 0) / values.length;
}

export function targetTrackingOf(name: string, high: boolean, readings: Readings): Policy {
  return {
    name,
    usesRiskPrice: false,
    create({ metricLagSeconds }): Controller {
      let inUntil = -1;
      return periodic(high ? 10 : 60, metricLagSeconds, (view: View) => {
        if (view.locked) return null;
        const load = high ? (b: number) => view.perInstance(b) : (b: number) => view.minutePerInstance(b);
        const demand = high ? (b: number) => view.demand(b) : (b: number) => view.minuteDemand(b);
        const outs: number[] = [];
        for (let b = 0; b < OUT_POINTS; b++) { const m = load(b); if (m === undefined || !(m > 1)) break; outs.push(demand(b)!); }
        if (outs.length === OUT_POINTS) {
          const want = wholeInstances(combine(readings.out, outs));
          if (want > view.desired) { inUntil = -1; return want; }
          return null;
        }
        if (view.nowSeconds < inUntil) return null;
        const lows: number[] = [];
        for (let b = 0; b < LOW_POINTS; b++) { const m = view.minutePerInstance(b); if (m === undefined || !(m < LOW_MARGIN)) return null; lows.push(view.minuteDemand(b)!); }
        const want = Math.max(1, wholeInstances(combine(readings.low, lows)));
        if (want < view.desired) { inUntil = view.nowSeconds + 60 + readings.cooldown; return want; }
        return null;
      });
    },
  };
}
