import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredTarget } from '../../lib/aws/state-store.ts';
import { look, type Mute, watched } from '../../lib/cycle/look.ts';
import { CONFIG, NOW_SECONDS, TARGET, World } from './fakes.ts';

const { resourceId } = TARGET;

let world: World;

beforeEach(() => {
  world = new World();
  world.setDemand(9);
});

/** A look at the world's one target, as it is stored but for `changes`. */
async function lookAt(changes: Partial<StoredTarget> = {}, mute?: Mute) {
  const record = world.enrolled();
  const targets = record.targets.map((stored) => ({ ...stored, ...changes }));
  const [seen] = await look(
    world.runtime(),
    'checkout',
    watched({ ...record, targets }, mute),
    NOW_SECONDS,
  );
  return seen;
}

const reasonsOf = async (changes: Partial<StoredTarget>) =>
  (await lookAt(changes))?.decision.steps.map(({ reason }) => reason);

describe('a mute', () => {
  const state = (mutedUntilSeconds: number | null) => world.enrolled({ mutedUntilSeconds });
  const until = (told: number | null, found?: number, mute?: Mute) => {
    const { targets, ...record } = state(told);
    const noted = found === undefined ? {} : { mutedUntilSeconds: found };
    const [seen] = watched(
      { ...record, targets: targets.map((each) => ({ ...each, ...noted })) },
      mute,
    );
    return seen?.state.mutedUntilSeconds;
  };

  it.each([
    ['nobody', null, undefined, undefined, null],
    ['an event', null, undefined, { resourceId, untilSeconds: 7 }, 7],
    ['an event, which is the latest to tell', 9, undefined, { resourceId, untilSeconds: 7 }, 7],
    ['an event of another target', 9, undefined, { resourceId: 'x', untilSeconds: 7 }, 9],
    ['a sweep', null, 8, undefined, 8],
    ['a sweep that found a longer one', 7, 8, undefined, 8],
    ['a sweep that found a shorter one', 9, 8, undefined, 9],
  ])('is known from %s', (_, told, found, mute, expected) => {
    expect(until(told, found, mute)).toBe(expected);
  });

  it.each([
    ['pauses its target until it is over', 1, 'paused'],
    ['and no longer', 0, 'act'],
  ])('%s', async (_, seconds, mode) => {
    const mute = { resourceId, untilSeconds: NOW_SECONDS + seconds };
    const config = { ...CONFIG, mode: 'act' as const };
    const [stored] = world.enrolled({}, config).targets as [StoredTarget];
    const seen = await lookAt({ enrolment: stored.enrolment }, mute);
    expect(seen?.control.mode).toBe(mode);
    expect(seen?.decision.state.mutedUntilSeconds).toBe(
      mode === 'paused' ? mute.untilSeconds : null,
    );
  });
});

describe('budgets', () => {
  it.each([
    ['holds at Min as long as it is spent', 1, true],
    ['and no longer', 0, false],
  ])('that of the account %s', async (_, seconds, isHeld) => {
    const reasons = await reasonsOf({ accountSpentUntilSeconds: NOW_SECONDS + seconds });
    expect(reasons?.includes('account-budget-spent')).toBe(isHeld);
  });

  it.each([
    ['holds at Min once it is spent', 3600, true],
    ['lets go on until then', 3599, false],
  ])('that of a target %s', async (_, instanceSeconds, isHeld) => {
    const spent = { untilSeconds: NOW_SECONDS, instances: 1, instanceSeconds };
    const config = { ...CONFIG, maxInstanceHoursPerDay: 1 };
    const [stored] = world.enrolled({ spent }, config).targets as [StoredTarget];
    expect((await reasonsOf(stored))?.includes('budget-spent')).toBe(isHeld);
  });
});

describe('an endpoint', () => {
  it.each([
    ['InService', false, true],
    ['Creating', true, true],
    ['Updating', true, true],
    ['SystemUpdating', true, true],
    ['RollingBack', true, true],
    ['Failed', false, false],
    ['OutOfService', false, false],
    ['Deleting', false, false],
  ])('that is %s', async (status, locked, scalable) => {
    world.endpoint = world.withCounts(2, 3, status);
    const seen = await lookAt();
    expect(seen?.observation.capacity).toEqual({ inService: 2, desired: 3, locked, scalable });
    expect(seen?.endpointStatus).toBe(status);
  });

  it('that is gone takes no change', async () => {
    world.endpoint = undefined;
    const seen = await lookAt();
    const none = { inService: 0, desired: 0, locked: false, scalable: false };
    expect(seen?.observation.capacity).toEqual(none);
    expect(seen?.endpointStatus).toBeNull();
  });

  it.each([
    ['InService', true],
    ['Failed', false],
    ['Deleting', false],
  ])('that is %s is held against target tracking: %s', async (status, isHeld) => {
    world.endpoint = world.withCounts(2, 2, status);
    const shadow = {
      untilSeconds: NOW_SECONDS - 310,
      inService: 2,
      desired: 2,
      unlockedAtSeconds: 0,
      mayReleaseAtSeconds: 0,
      highMinutes: 0,
      lowMinutes: 0,
      loadOfMinute: 0,
    };
    const { state } = world.enrolled({ baseline: { min: 1, max: 20 }, shadow })
      .targets[0] as StoredTarget;
    const seen = await lookAt({ state });
    expect([seen?.gain !== null, seen?.decision.state.shadow !== null]).toEqual([isHeld, isHeld]);
  });

  it('without the target’s variant takes none either', async () => {
    world.endpoint = { ...world.withCounts(2, 3), variants: new Map() };
    expect((await lookAt())?.observation.capacity.scalable).toBe(false);
  });
});
