import { beforeEach, describe, expect, it } from 'vitest';
import type { Signal } from '../../lib/config/signal.ts';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { applyChange } from '../../lib/enrolment/apply-change.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { enrolmentOf, NOW_SECONDS, TARGET, World } from './fakes.ts';

const { resourceId } = TARGET;
const OWNERS = { min: 1, max: 20 };
const RAISED = { min: 9, max: 20 };

let world: World;
const run = () => applyChange(world.runtime(), TARGET);
const inForce = () => world.enrolments.inForce.get(resourceId)?.enrolment;

beforeEach(() => {
  world = new World();
  world.parameters.set(targetParameterName(TARGET), '{"targetPerInstance":60}');
});

describe('the lease that an earlier scaler left behind', () => {
  const leaseFor = (seconds: number) => ({ untilSeconds: NOW_SECONDS + seconds, restores: OWNERS });

  it.each([
    ['tells whose bounds stand', 1, { bounds: RAISED, lease: leaseFor(1) }],
    ['tells nothing once it is over', 0, undefined],
  ])('%s', async (_, seconds, inherited) => {
    world.bounds.set(resourceId, RAISED);
    world.leases.set(resourceId, leaseFor(seconds));
    await run();
    expect(inForce()?.inherited).toEqual(inherited);
  });

  it('tells nothing of a target that is known: its lease is its own', async () => {
    world.enrolments.inForce.set(resourceId, { target: TARGET, enrolment: enrolmentOf() });
    world.bounds.set(resourceId, RAISED);
    world.leases.set(resourceId, leaseFor(600));
    await run();
    expect(inForce()?.inherited).toBeUndefined();
  });

  it('tells nothing where no scalable target is registered', async () => {
    world.bounds.clear();
    world.leases.set(resourceId, leaseFor(600));
    await run();
    expect(inForce()?.inherited).toBeUndefined();
  });
});

describe('an alarm that is no longer wanted', () => {
  const left = `${highAlarmName(TARGET)}-of-old`;

  beforeEach(() => {
    const { alarm: metric } = enrolmentOf().signal as Signal;
    world.alarms.set(left, { alarmName: left, description: '', metric, threshold: 1 });
    // A backstop would wait in a line of its own.
    world.policies.push({ resourceId, policyName: 'owners', tracking: null, alarms: 0 });
  });

  it.each([
    ['is left to the sweep where the line is too long', 8001, true],
    ['is deleted where there is just time', 8000, false],
  ])('%s', async (_, lineMs, isLeft) => {
    world.enrolments.lines.set('DeleteAlarms', world.nowMs + lineMs);
    await run();
    expect(world.alarms.has(left)).toBe(isLeft);
    // Whoever comes next finds it undone.
    const { targets } = (await world.enrolments.entry('checkout')).entry;
    expect(targets.get(resourceId)?.dueAtSeconds === 0).toBe(isLeft);
  });
});
