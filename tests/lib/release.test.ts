import { beforeEach, describe, expect, it } from 'vitest';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { applyChange } from '../../lib/enrolment/apply-change.ts';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { release } from '../../lib/enrolment/release.ts';
import { enrolmentOf, NOW_SECONDS, TARGET, World } from './fakes.ts';

let world: World;
const { resourceId } = TARGET;
const run = () => applyChange(world.runtime(), TARGET);
const inForce = () => world.enrolments.inForce.get(resourceId)?.enrolment;

beforeEach(() => {
  world = new World();
});

describe('a deleted parameter', () => {
  beforeEach(() => {
    world.enrolments.inForce.set(resourceId, { target: TARGET, enrolment: enrolmentOf() });
    const targets = new Map([[resourceId, { fingerprint: '', dueAtSeconds: 0 }]]);
    world.enrolments.entries.set('checkout', { tag: undefined, news: 0, targets });
    world.alarms.set(highAlarmName(TARGET), { alarmName: highAlarmName(TARGET) } as never);
    world.alarms.set('somebody-elses', { alarmName: 'somebody-elses' } as never);
    world.leases.set(resourceId, { untilSeconds: 0, restores: { min: 1, max: 20 } });
    for (const policyName of ['owners', 'fast-scaler-backstop']) {
      world.policies.push({ resourceId, policyName, tracking: null, alarms: 0 });
    }
  });

  it.each([
    ['a raised floor', { min: 9, max: 20 }, [{ min: 1, max: 20 }]],
    ['bounds that the owner changed since', { min: 2, max: 6 }, []],
    ['the owner’s bounds', { min: 1, max: 20 }, []],
  ])('brings the baseline back and leaves nothing behind: %s', async (_, observed, nudges) => {
    world.enrolments.states.set(resourceId, {
      baseline: { min: 1, max: 20 },
      written: { min: 9, max: 20 },
      before: { min: 1, max: 20 },
    });
    world.bounds.set(resourceId, observed);
    const runtime = world.runtime();
    const { nudge } = runtime.scalableTargets;
    runtime.scalableTargets.nudge = async (target, bounds) => {
      world.bounds.set(target.resourceId, bounds);
      await nudge(target, bounds);
    };
    await applyChange(runtime, TARGET);
    expect(world.nudges).toEqual(nudges);
    expect([...world.alarms.keys()]).toEqual(['somebody-elses']);
    expect(world.policies.map(({ policyName }) => policyName)).toEqual(['owners']);
    expect([world.leases.size, world.enrolments.inForce.size]).toEqual([0, 0]);
  });

  it('takes a nudge back that a cycle sent in the meantime', async () => {
    world.enrolments.states.set(resourceId, {
      baseline: { min: 1, max: 20 },
      written: { min: 9, max: 20 },
      before: { min: 1, max: 20 },
    });
    const runtime = world.runtime();
    const { delete: deleteAlarms } = runtime.alarms;
    runtime.alarms.delete = async (names) => {
      world.bounds.set(resourceId, { min: 9, max: 20 });
      await deleteAlarms(names);
    };
    await applyChange(runtime, TARGET);
    expect(world.nudges).toEqual([{ min: 1, max: 20 }]);
  });

  const NUDGED = { min: 9, max: 20 };

  it.each([
    ['waits until a nudge must have arrived', 0, 20],
    ['the rest of that time', 19_000, 1],
    ['not where it has long arrived', 20_000, 0],
    ['no longer for a clock that is ahead', -30_000, 20],
  ])('%s', async (_, sinceMs, waitSeconds) => {
    const atSeconds = NOW_SECONDS - sinceMs / 1000;
    world.enrolments.states.set(resourceId, {
      baseline: { min: 1, max: 20 },
      writes: [{ bounds: NUDGED, atSeconds }],
    });
    await run();
    expect(world.nowMs / 1000 - NOW_SECONDS).toBe(waitSeconds);
    expect([world.leases.size, world.enrolments.inForce.size]).toEqual([0, 0]);
  });

  it.each([
    ['is left to somebody later when there is no time to wait', 19_999, false],
    ['is made when there is just enough', 20_000, true],
  ])('%s', async (_, budgetMs, isDone) => {
    const writes = [{ bounds: NUDGED, atSeconds: NOW_SECONDS }];
    world.enrolments.states.set(resourceId, { baseline: { min: 1, max: 20 }, writes });
    expect(await release(world.runtime(), TARGET, world.nowMs + budgetMs)).toBe(isDone);
    expect(inForce()?.signal ?? null).toBeNull();
    expect([world.leases.size, world.enrolments.inForce.size]).toEqual(isDone ? [0, 0] : [1, 1]);
  });

  it('that was enrolled anew meanwhile stays so, and is looked after by the sweep', async () => {
    const runtime = world.runtime();
    const { delete: deleteAlarms } = runtime.alarms;
    runtime.alarms.delete = async (names) => {
      await world.enrolments.enrol(TARGET, enrolmentOf());
      await deleteAlarms(names);
    };
    await applyChange(runtime, TARGET);
    expect(inForce()?.signal).toEqual(enrolmentOf().signal);
    // Once as it was withdrawn, once as something made for the new enrolment may have been deleted.
    expect(world.enrolments.entries.get('checkout')?.news).toBe(2);
  });

  it('is forgotten last, so that a fault is mended by the next try', async () => {
    world.fail('deleteAlarms');
    await expect(run()).rejects.toThrow('deleteAlarms is down');
    expect(inForce()?.signal).toBeNull();
    world.failing.clear();
    await run();
    expect(world.enrolments.inForce.size).toBe(0);
  });

  it('leaves a target enrolled whose endpoint is tagged', async () => {
    const entry = world.enrolments.entries.get('checkout');
    if (entry) entry.tag = 'observe';
    world.alarms.clear();
    world.parameters.set(DEFAULTS_PARAMETER, '{"targetPerInstance":60}');
    await run();
    expect(inForce()).toMatchObject({ config: { mode: 'observe' }, sources: { mode: 'tag' } });
  });

  it('leaves a target observed where everything is discovered', async () => {
    world.alarms.clear();
    world.parameters.set(DEFAULTS_PARAMETER, '{"discover":true,"targetPerInstance":60}');
    await run();
    expect(inForce()).toMatchObject({ config: { mode: 'observe' }, sources: { mode: 'discover' } });
  });

  it('is no error for a target that was never enrolled', async () => {
    world.enrolments.inForce.clear();
    world.enrolments.entries.clear();
    await run();
    expect(world.nudges).toEqual([]);
  });
});
