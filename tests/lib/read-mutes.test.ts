import { beforeEach, describe, expect, it } from 'vitest';
import { watched } from '../../lib/cycle/look.ts';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { readMutes } from '../../lib/enrolment/read-mutes.ts';
import { enrolmentOf, NOW_SECONDS, TARGET, World } from './fakes.ts';

let world: World;
const { resourceId } = TARGET;

beforeEach(() => {
  world = new World();
  world.enrolments.inForce.set(resourceId, { target: TARGET, enrolment: enrolmentOf() });
  const targets = new Map([[resourceId, { fingerprint: '', dueAtSeconds: 0 }]]);
  world.enrolments.entries.set('checkout', { tag: undefined, news: 0, targets });
});

const run = async () => readMutes(world.runtime(), await world.enrolments.fleet());

describe('a sweep', () => {
  it('notes an enrolled target whose alarm is muted, until a while after the next sweep', async () => {
    world.muteRules.set('quiet', ['somebody-elses', highAlarmName(TARGET)]);
    await run();
    expect([...world.enrolments.mutes]).toEqual([[resourceId, NOW_SECONDS + 90]]);
  });

  it.each([
    ['no rule', []],
    ['an alarm of somebody else', ['somebody-elses']],
    ['a target that is not enrolled', ['fast-scaler/endpoint/other/variant/v/high']],
  ])('notes nothing for %s', async (_, alarmNames) => {
    world.muteRules.set('quiet', alarmNames);
    await run();
    expect(world.enrolments.mutes.size).toBe(0);
  });

  it('asks for nothing where nothing is enrolled', async () => {
    world.enrolments.entries.clear();
    world.fail('muteRules');
    await expect(run()).resolves.toBeUndefined();
  });

  it('goes on when the rules cannot be read', async () => {
    world.fail('muteRules');
    await expect(run()).resolves.toBeUndefined();
    expect(world.enrolments.mutes.size).toBe(0);
  });

  it('reads forty rules at most', async () => {
    for (let i = 0; i < 100; i += 1) world.muteRules.set(`rule-${i}`, []);
    await run();
    expect(world.nowMs - NOW_SECONDS * 1000).toBeLessThanOrEqual(10_000);
  });
});

describe('a look', () => {
  it.each([
    ['nobody muted', undefined, null, null],
    ['an event told', undefined, 50, 50],
    ['a sweep found', 70, null, 70],
    ['both, the sweep longer', 70, 50, 70],
    ['both, the event longer', 50, 70, 70],
  ])('counts the later end: %s', (_, found, told, expected) => {
    const record = world.enrolled({ mutedUntilSeconds: told });
    const targets = record.targets.map((stored) => ({
      ...stored,
      ...(found !== undefined && { mutedUntilSeconds: found }),
    }));
    const [target] = watched({ ...record, targets }, undefined);
    expect(target?.state.mutedUntilSeconds).toBe(expected);
  });
});
