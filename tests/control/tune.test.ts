import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandOf, bandsFor, lowestLevel, partUsed, widthOf } from '../../lib/control/bands.ts';
import { ruleOf } from '../../lib/control/in-use.ts';
import { costsFrom, shadowFrom } from '../../lib/control/kept.ts';
import { RecentDemand } from '../../lib/control/recent.ts';
import { RULES, type Rule, wish } from '../../lib/control/rules.ts';
import { surge } from '../../lib/control/size.ts';
import { tune } from '../../lib/control/tune.ts';
import { NO_USE, RecentUse } from '../../lib/control/use.ts';
import { steady, tuned } from './fixtures.ts';

const points = (demands: readonly number[], fromSeconds = 0) =>
  demands.map((demand, i) => ({ startSeconds: fromSeconds + 10 * i, demand }));

describe('recent demand', () => {
  const recent = new RecentDemand(points([9, 1, 2, 3, 4]));

  it.each([
    ['the whole span', 50, 1, 9],
    ['a window less', 40, 1, 4],
    ['the lower half', 40, 0.5, 2],
    ['just above the lower half', 40, 0.51, 3],
    ['more than there is', 900, 1, 9],
  ])('%s', (_, seconds, q, expected) => {
    expect(recent.quantile(seconds, q)).toBe(expected);
  });

  it('may end before the newest window', () => {
    expect(new RecentDemand(points([1, 2, 9]), 2).quantile(20, 1)).toBe(2);
  });

  it('is zero, and covers nothing, without data', () => {
    const none = new RecentDemand([]);
    expect([none.quantile(60, 1), none.count(60)]).toEqual([0, 0]);
  });
});

describe('the rules', () => {
  const input = {
    riskPrice: 10,
    targetPerInstance: 1500,
    leadTimeSeconds: 120,
    quietSeconds: 60,
    capacity: 1,
  };

  it('are tried from the first load on, however long there was none', () => {
    expect(tune(null, [], input)).toBeNull();
    const [first] = points([1], 1_800_000_000);
    const begun = tune(null, first ? [first] : [], input);
    expect(begun?.sinceSeconds).toBe(1_800_000_000 - 10);
    expect(tune(begun, [], input)).toEqual(begun);
  });

  it('are tried anew, and not before there is load, at another price', () => {
    const begun = tuned(null, points([1, 1]), input);
    expect(tune(begun, [], { ...input, riskPrice: 3 })).toBeNull();
  });
});

describe('bands of levels', () => {
  it.each([
    ['nothing', 0, 0],
    ['a part of the first instance', 0.1, 1],
    ['sixteen instances, one a band', 16, 16],
    ['the first wide band, of three', 16.1, 17],
    ['a thousand instances', 1000, 40],
  ])('%s', (_, demand, bands) => {
    expect(bandsFor(demand)).toBe(bands);
  });

  it('hold every level once, without a gap', () => {
    for (let level = 0; level < 2000; level += 1) {
      const band = bandOf(level);
      expect(lowestLevel(band)).toBeLessThanOrEqual(level);
      expect(lowestLevel(band) + widthOf(band)).toBeGreaterThan(level);
    }
  });

  it.each([
    ['below it', 15.9, 0],
    ['half of it', 17.5, 0.5],
    ['above it', 99, 1],
  ])('know what part of them a demand uses: %s', (_, demand, part) => {
    expect(partUsed(16, demand)).toBe(part);
  });
});

describe('what a rule asks for', () => {
  /** At a price of 10: asked for above 0.2, given back below 0.03, over fifty seconds. */
  const rule: Rule = {
    memory: 0,
    askAbove: 2,
    giveBelow: 0.3,
    jumps: false,
    drops: false,
    recurs: false,
  };
  const wants = (demands: readonly number[], desired: number) =>
    wish({
      ruleOf: () => rule,
      recent: new RecentUse(NO_USE, points(demands), 10),
      riskPrice: 10,
      desired,
    });

  it.each([
    ['what was used for a fifth of the minute', [...steady(1, 30), 7, 7], 2, 7],
    ['nothing for less', [...steady(1, 30), 7], 2, 2],
    ['what is used in part, by that part', steady(4.21, 30), 2, 5],
    ['nothing for less than a fifth of an instance', steady(4.19, 30), 2, 4],
    ['less once the memory has forgotten', [...steady(9, 30), ...steady(2, 18)], 9, 2],
    ['nothing less before', [...steady(9, 30), ...steady(2, 17)], 9, 9],
    ['nothing less on too short a history', steady(1, 11), 9, 9],
    ['less on two minutes of it', steady(1, 12), 9, 1],
    ['a thousand instances to the instance', steady(1000, 30), 20, 1000],
    ['nothing at all when nothing is used', steady(0, 30), 3, 0],
  ])('%s', (_, demands, desired, expected) => {
    expect(wants(demands, desired)).toBe(expected);
  });

  it.each([
    ['a price at which twice the use is more than all', 1.5, 0.91, 1],
    ['and less than nearly all', 1.5, 0.89, 0],
  ])('at low prices asks for what is nearly always used: %s', (_, price, demand, expected) => {
    const recent = new RecentUse(NO_USE, points(steady(demand, 30)), price);
    expect(wish({ ruleOf: () => rule, recent, riskPrice: price, desired: 0 })).toBe(expected);
  });
});

describe('rules', () => {
  it('are all different, and the first takes and gives at once', () => {
    expect(new Set(RULES.map((rule) => JSON.stringify(rule))).size).toBe(RULES.length);
    expect(RULES[0]).toMatchObject({ jumps: true, drops: true });
  });

  it('give back below what they ask for', () => {
    for (const { askAbove, giveBelow } of RULES) expect(giveBelow).toBeLessThan(askAbove);
  });
});

describe('tuning', () => {
  const input = {
    riskPrice: 10,
    targetPerInstance: 1500,
    leadTimeSeconds: 180,
    quietSeconds: 180,
    capacity: 1,
  };
  /** Spikes of one window every five minutes: too short for any instance to help. */
  const spikes = Array.from({ length: 720 }, (_, i) => (i % 30 === 7 ? 12 : 0.5));
  const rulesOf = (demands: readonly number[], level: number) =>
    ruleOf(tuned(null, points(demands), input), level);

  it.each([
    ['until there is enough to judge by', spikes.slice(0, 180)],
    ['where demand never reached', steady(5, 720)],
  ])('takes the first rule %s', (_, demands) => {
    expect(rulesOf(demands, 10)).toBe(RULES[0]);
  });

  it('then does not jump at spikes that are over before an instance serves', () => {
    expect(rulesOf(spikes, 10).jumps).toBe(false);
  });

  it('but does at those that last', () => {
    const blocks = Array.from({ length: 1440 }, (_, i) => (i % 360 < 120 ? 12 : 0.5));
    expect(rulesOf(blocks, 10).jumps).toBe(true);
  });

  it('keeps what comes back sooner than it is missed', () => {
    const pulses = Array.from({ length: 2160 }, (_, i) => (i % 40 < 12 ? 12 : 0.5));
    expect(rulesOf(pulses, 10).drops).toBe(false);
  });

  it.each([
    ['too little is known to give anything back', 13, 1],
    ['enough is', 14, -1],
  ])('shadows keep what they began with as long as %s', (_, count, sign) => {
    const held = tuned(null, points(steady(0.5, count)), { ...input, capacity: 5 });
    const plain = RULES.findIndex(({ memory, drops }) => memory === 0 && !drops);
    expect(Math.sign(shadowFrom(held.shadows[plain] as string)[4] as number)).toBe(sign);
  });

  it.each([
    ['twice as high', 3000, false],
    ['more than that', 3001, true],
    ['half as high', 750, false],
    ['less than that', 749, true],
  ])('begins anew where a target per instance is another measure: %s', (_, target, isNew) => {
    const before = tuned(null, points(spikes), input);
    const other = { ...input, targetPerInstance: target };
    const after = tuned(before, points(spikes.slice(-30), 6900), other);
    expect(after.sinceSeconds).toBe(isNew ? 6890 : before.sinceSeconds);
    expect(after.targetPerInstance).toBe(target);
  });

  it('keeps what an earlier version scored, which did not note the target', () => {
    const { targetPerInstance: _, ...before } = tuned(null, points(spikes), input);
    const after = tuned(before, points(spikes.slice(-30), 6900), input);
    expect(after.sinceSeconds).toBe(before.sinceSeconds);
  });

  it('begins anew at another price', () => {
    const before = tuned(null, points(spikes), input);
    const after = tuned(before, points(spikes.slice(-30), 6900), { ...input, riskPrice: 3 });
    expect(after.sinceSeconds).toBe(6890);
    expect(after.riskPrice).toBe(3);
  });

  it('comes to nearly the same whether windows arrive one by one or in bulk', () => {
    const all = points(spikes);
    const inBulk = tuned(null, all, input);
    let oneByOne = tuned(null, all.slice(0, 1), input);
    for (let end = 2; end <= all.length; end += 1) {
      oneByOne = tuned(oneByOne, all.slice(Math.max(0, end - 270), end), input);
    }
    expect(oneByOne.chosen).toEqual(inBulk.chosen);
    expect(oneByOne.shadows).toEqual(inBulk.shadows);
    const costs = oneByOne.costs.flatMap(costsFrom);
    for (const [i, cost] of inBulk.costs.flatMap(costsFrom).entries()) {
      expect(costs[i]).toBeCloseTo(cost, 0);
    }
  });

  it.each([
    ['it took so long as it was reckoned', 240, 240, 19],
    ['it took less', 60, 240, 1],
    ['less than is left', 180, 240, 13],
    ['more: what serves is not taken back', 480, 240, 19],
    ['nothing was reckoned otherwise', 60, undefined, 19],
  ])('shadows serve when instances do, once that is known: %s', (...row) => {
    const [, leadTimeSeconds, assumed, expected] = row;
    const surging = [...steady(0.5, 60), ...steady(9, 8)];
    const before = tuned(null, points(surging.slice(0, -1)), { ...input, leadTimeSeconds: 240 });
    const after = tuned(before, points(surging), {
      ...input,
      leadTimeSeconds,
      ...(assumed === undefined ? {} : { assumedLeadTimeSeconds: assumed }),
    });
    expect(shadowFrom(after.shadows[0] as string)[5]).toBe(expected);
  });

  it('scores a window once', () => {
    const once = tuned(null, points(spikes), input);
    expect(tuned(once, points(spikes), input)).toEqual(once);
  });

  it.each([1, 16, 100, 1000])('fits into the state that is allowed for a target: %d', (peak) => {
    const random = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), {
      numRuns: 1500,
      seed: 1,
    });
    const demands = random.map((share, i) => peak * share * (1 + Math.sin(i / 100)));
    expect(JSON.stringify(tuned(null, points(demands), input)).length).toBeLessThan(7168);
  });
});

describe('a surge', () => {
  const sees = (demands: readonly number[], capacity: number, leadTimeSeconds = 240) =>
    surge(points(demands), capacity, 10, 0.001, leadTimeSeconds);

  it.each([
    ['demand up to 1.6 times the capacity is none', [...steady(1, 12), 3.2], 2, 0],
    ['above that it is carried on to the present', [...steady(1, 12), 3.3], 2, 7],
    ['once it stands it is taken as it is', [...steady(1, 12), 13, 13, 13], 2, 13],
    ['and no longer when it stood for minutes', steady(13, 15), 2, 0],
    ['noise of that size is none', [1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9], 2, 0],
  ])('%s', (_, demands, capacity, expected) => {
    expect(sees(demands, capacity).capacity).toBe(expected);
  });

  it.each([
    ['four requests that come at once', 4, 0],
    ['twenty', 20, 25],
  ])('of few requests is none: %s', (_, requests, expected) => {
    const demandOfOne = 0.5;
    const seen = surge(points([...steady(0, 12), requests * demandOfOne]), 1, 10, demandOfOne, 240);
    expect(seen.capacity).toBe(expected);
  });

  const climb = (from: number, step: number, count: number) =>
    Array.from({ length: count }, (_, i) => from + step * (i + 1));

  it.each([
    ['its first window is not decisive', [...steady(1, 12), 5.9], true],
    ['its first window is decisive', [...steady(1, 12), 6], false],
    ['its second window climbs on', [...steady(1, 12), 3.3, 5.9], true],
    ['it climbs below 1.6 times the capacity', [...steady(1, 12), 1.6, 2.4, 3.1], true],
    ['it stands', [...steady(1, 12), 3.3, 5.9, 5.9], false],
    ['its steps are noise', [1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 1, 4], false],
    ['capacity carries it', climb(0, 0.1, 12), false],
  ])('may still steepen: %s', (_, demands, stillSteepening) => {
    expect(sees(demands, 2).stillSteepening).toBe(stillSteepening);
  });

  it.each([
    ['half of 240 s', 240, 12, true],
    ['half of 240 s, and a window', 240, 13, false],
    ['half of 60 s', 60, 3, true],
    ['half of 60 s, and a window', 60, 4, false],
    ['a lead time of one window: the first is awaited nevertheless', 10, 1, true],
    ['but no second', 10, 2, false],
  ])('is watched for half the lead time from capacity on: %s', (_, lead, windows, isWatched) => {
    const ramp = [...steady(2, 12), ...climb(2, 0.9, windows)];
    expect(sees(ramp, 2, lead).stillSteepening).toBe(isWatched);
  });

  it('asks for what a ramp has come to, carried on, when it was watched long enough', () => {
    const ramp = [...steady(2, 12), ...climb(2, 1, 13)];
    expect(sees(ramp, 2)).toEqual({ capacity: 17, stillSteepening: false });
  });
});
