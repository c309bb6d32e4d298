import { type Policy, periodic, wholeInstances } from './policy.ts';
import { meanDemand } from './view.ts';

const SYNC_SECONDS = 15;
const TOLERANCE = 0.1;
const DOWN_STABILISATION_SECONDS = 300;
const UP_PODS = 4;
const UP_FACTOR = 2;
const RATE_SECONDS = 15;

interface Timed { readonly atSeconds: number; readonly value: number }

/** Replicas that a load asks for */
export function hpaReplicas(load: number, target: number, replicas: number): number {
  const ratio = load / (target * replicas);
  if (ratio >= 1 - TOLERANCE && ratio <= 1 + TOLERANCE) return replicas;
  return wholeInstances(load / target);
}

export function hpaUpLimit(replicas: number, addedInPeriod: number): number {
  const base = replicas - addedInPeriod;
  return Math.max(base + UP_PODS, Math.ceil(base * UP_FACTOR));
}

export function hpaOf(name: string, windows: number, util: number, basis: 'desired' | 'inService', stab = 300): Policy { return {
  name,
  usesRiskPrice: false,
  create() {
    let recs: Timed[] = [];
    return periodic(SYNC_SECONDS, 0, (view) => {
      const load = meanDemand(view, windows);
      if (load === undefined) return null;
      const n = basis === 'desired' ? view.desired : view.inService;
      const d = Math.max(1, hpaReplicas(load, util, n));
      recs = recs.filter(r => r.atSeconds > view.nowSeconds - stab);
      recs.push({ atSeconds: view.nowSeconds, value: d });
      const downRec = Math.max(...recs.map(r => r.value));
      let out = n;
      if (out < d) out = d;
      if (out > downRec) out = downRec;
      return Math.min(out, hpaUpLimit(n, 0));
    });
  },
};}
