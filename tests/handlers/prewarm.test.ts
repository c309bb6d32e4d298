import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createHandler as prewarm } from '../../handlers/prewarm.ts';
import { NO_PREWARMS, type Prewarms } from '../../lib/prewarm/prewarm.ts';
import { World } from '../lib/fakes.ts';
import { context, sample } from './calls.ts';

let world: World;

beforeEach(() => {
  world = new World();
  world.setDemand(9);
});

/** A runtime with the prewarms of one enrolled target. */
function prewarming() {
  let kept: Prewarms = NO_PREWARMS;
  const change = vi.fn(async (target: { endpointName: string }, how: (p: Prewarms) => Prewarms) => {
    if (target.endpointName !== 'checkout') return undefined;
    kept = how(kept);
    return kept;
  });
  return { runtime: { ...world.runtime(), prewarms: { change } }, change, kept: () => kept };
}

describe('a request for a prewarm', () => {
  const at = (nowSeconds: number) => {
    world.nowMs = nowSeconds * 1000;
    return prewarming();
  };
  const asked = Date.parse(sample('prewarm-request').time) / 1000;

  it('is kept, and its endpoint looked at', async () => {
    const { runtime, kept } = at(asked + 1);
    const claim = vi.spyOn(runtime.store, 'claim');
    await prewarm(runtime)(sample('prewarm-request'), context);
    const times = { fromSeconds: asked, untilSeconds: asked + 7200, askedAtSeconds: asked };
    expect(kept().list).toEqual([{ minInstances: 6, ...times }]);
    expect(claim.mock.calls.map(([name, by]) => [name, by.cause])).toEqual([['checkout', 'event']]);
  });

  it('that comes twice is kept once', async () => {
    const { runtime, kept } = at(asked + 1);
    for (let n = 0; n < 2; n += 1) await prewarm(runtime)(sample('prewarm-request'), context);
    expect(kept().list).toHaveLength(1);
  });

  it('is dropped by its cancellation', async () => {
    const { runtime, kept } = at(asked + 1);
    await prewarm(runtime)(sample('prewarm-request'), context);
    await prewarm(runtime)(sample('prewarm-cancellation'), context);
    expect(kept().list).toEqual([]);
  });

  const dated = (name: string, afterSeconds: number) => ({
    ...sample(name),
    time: new Date((asked + afterSeconds) * 1000).toISOString(),
  });

  it.each([
    ['a minute ahead', 60, 59, []],
    ['a minute ahead', 60, 60, [6]],
    ['a year ahead', 365 * 86_400, 59, []],
    ['a year ahead', 365 * 86_400, 60, [6]],
  ])('after a cancellation that is dated %s (%i s), %i s later', async (_, ahead, after, taken) => {
    const { runtime, kept } = at(asked);
    await prewarm(runtime)(dated('prewarm-cancellation', ahead), context);
    world.nowMs = (asked + after) * 1000;
    await prewarm(runtime)(dated('prewarm-request', after), context);
    expect(kept().list.map(({ minInstances }) => minInstances)).toEqual(taken);
  });

  it('that is dated a year ahead can be cancelled', async () => {
    const { runtime, kept } = at(asked);
    const detail = {
      ...sample('prewarm-request').detail,
      from: new Date(asked * 1000).toISOString(),
    };
    await prewarm(runtime)({ ...dated('prewarm-request', 365 * 86_400), detail }, context);
    expect(kept().list).toHaveLength(1);
    world.nowMs = (asked + 120) * 1000;
    await prewarm(runtime)(dated('prewarm-cancellation', 120), context);
    expect(kept().list).toEqual([]);
  });

  it.each([
    ['over', 7200, {}],
    ['for a target that is not enrolled', 1, { endpointName: 'ads' }],
  ])('is refused and counted when it is %s', async (_, afterSeconds, detail) => {
    const { runtime, kept } = at(asked + afterSeconds);
    const counted = vi.spyOn(runtime.metrics, 'addMetric');
    const event = sample('prewarm-request');
    await prewarm(runtime)({ ...event, detail: { ...event.detail, ...detail } }, context);
    expect(counted).toHaveBeenCalledWith('PrewarmRefused', 'Count', 1);
    expect([kept().list, world.rechecks]).toEqual([[], []]);
  });

  it.each([
    ['a moment to begin at', { from: '2026-11-23T12:00:00Z' }, true],
    ['a moment with an offset', { from: '2026-11-23T13:00+01:00' }, true],
    ['a moment without a zone', { from: '2026-11-23T12:00:00' }, false],
    ['a day', { from: '2026-11-23' }, false],
    ['no day of the calendar', { from: '2026-13-45T12:00:00Z' }, false],
    ['one instance', { minInstances: 1 }, true],
    ['no instance', { minInstances: 0 }, false],
    ['the most instances', { minInstances: 10_000 }, true],
    ['more than the most', { minInstances: 10_001 }, false],
    ['half an instance', { minInstances: 1.5 }, false],
    ['a minute', { durationMinutes: 1 }, true],
    ['no time', { durationMinutes: 0 }, false],
    ['a week', { durationMinutes: 10_080 }, true],
    ['more than a week', { durationMinutes: 10_081 }, false],
    ['another version', { schemaVersion: 2 }, false],
    ['a path for an endpoint', { endpointName: '../x' }, false],
    ['no variant', { variantName: undefined }, false],
    ['a misspelt key', { minInstance: 4 }, false],
  ])('with %s', async (_, detail, isTaken) => {
    const { runtime, change } = at(asked);
    const event = sample('prewarm-request');
    await prewarm(runtime)({ ...event, detail: { ...event.detail, ...detail } }, context);
    expect(change).toHaveBeenCalledTimes(isTaken ? 1 : 0);
  });

  it('of an unknown kind is told', async () => {
    const { runtime } = at(asked);
    const logged = vi.spyOn(runtime.logger, 'error');
    await prewarm(runtime)({ ...sample('prewarm-request'), 'detail-type': 'Prewarm' }, context);
    expect(logged).toHaveBeenCalledWith('malformed event dropped', expect.anything());
  });
});
