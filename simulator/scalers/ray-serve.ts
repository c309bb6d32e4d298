import { type Policy, periodic, wholeInstances } from './policy.ts';
import { meanDemand } from './view.ts';

export function rayOf(name: string, util: number, keep: boolean): Policy { return {
  name,
  usesRiskPrice: false,
  create({metricLagSeconds}) {
    let dir = 0; let since = 0;
    return periodic(10, metricLagSeconds, (view) => {
      const load = meanDemand(view, 3);
      if (load === undefined) return null;
      const d = Math.max(1, wholeInstances(load / util));
      const now = Math.sign(d - view.desired);
      if (now !== dir) { dir = now; since = view.nowSeconds; }
      if (dir === 0) return null;
      const delay = dir > 0 ? 30 : 600;
      if (view.nowSeconds - since < delay) return null;
      if (view.locked) { if (!keep) dir = 0; return null; }
      dir = 0;
      return d;
    });
  },
};}
