import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UnreadableItem } from '../../lib/aws/endpoint-item.ts';
import { guardAccountBudget } from '../../lib/enrolment/account-budget.ts';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { variantTarget } from '../../lib/target.ts';
import { enrolmentOf, NOW_SECONDS, TARGET, World } from './fakes.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const MIDNIGHT = Math.ceil(NOW_SECONDS / DAY) * DAY;
const OTHER = variantTarget('search', 'AllTraffic');

let world: World;
const sweep = async () => guardAccountBudget(world.runtime(), await world.enrolments.fleet());
const spends = ({ resourceId }: typeof TARGET, hours: number) =>
  world.enrolments.states.set(resourceId, {
    spent: { untilSeconds: NOW_SECONDS, instances: 0, instanceSeconds: hours * HOUR },
  });
const setBudget = (hours: number | null) =>
  world.parameters.set(
    DEFAULTS_PARAMETER,
    JSON.stringify({ accountMaxInstanceHoursPerDay: hours }),
  );
const notedOn = () => [...world.enrolments.accountSpent.keys()].sort();
const told = () => world.published.map(({ attributes }) => attributes.kind);

beforeEach(() => {
  world = new World();
  for (const target of [TARGET, OTHER]) {
    const { resourceId, endpointName } = target;
    world.enrolments.inForce.set(resourceId, { target, enrolment: enrolmentOf() });
    const targets = new Map([[resourceId, { fingerprint: '', dueAtSeconds: 0 }]]);
    world.enrolments.entries.set(endpointName, { tag: undefined, news: 0, targets });
  }
  setBudget(10);
});

describe('what all targets spend together', () => {
  it.each([
    ['is noted on each endpoint once it is the budget', 4, ['checkout', 'search']],
    ['is not as long as it is less', 3.999, []],
  ])('%s', async (_, hours, endpoints) => {
    spends(TARGET, 6);
    spends(OTHER, hours);
    await sweep();
    expect(notedOn()).toEqual(endpoints);
    expect(new Set(world.enrolments.accountSpent.values())).toEqual(
      new Set(endpoints.map(() => MIDNIGHT)),
    );
    expect(told()).toEqual([endpoints.length > 0 ? 'account-budget-spent' : 'account-budget-near']);
    expect(world.enrolments.account).toEqual({
      spentInstanceHours: 6 + hours,
      maxInstanceHours: 10,
      atSeconds: NOW_SECONDS,
    });
  });

  it.each([
    ['is measured', 10, [6.5]],
    ['is not where there is no budget', null, []],
  ])('%s', async (_, budget, values) => {
    spends(TARGET, 6.5);
    world.enrolments.account = { spentInstanceHours: 1, maxInstanceHours: 10, atSeconds: 0 };
    setBudget(budget);
    const runtime = world.runtime();
    const measured = vi.spyOn(runtime.metrics, 'addMetric');
    await guardAccountBudget(runtime, await world.enrolments.fleet());
    expect(measured.mock.calls.map(([name, , value]) => [name, value])).toEqual(
      values.map((value) => ['AccountInstanceHours', value]),
    );
  });

  it('is told once', async () => {
    spends(TARGET, 10);
    await sweep();
    world.nowMs += 60_000;
    await sweep();
    expect(told()).toEqual(['account-budget-spent']);
  });
});

describe('that it is spent', () => {
  beforeEach(() => {
    // What an endpoint's item says is read with each of its targets.
    const { read } = world.enrolments;
    world.enrolments.read = async (endpointName) => {
      const record = await read.call(world.enrolments, endpointName);
      const accountSpentUntilSeconds = world.enrolments.accountSpent.get(endpointName);
      const noted = accountSpentUntilSeconds !== undefined && { accountSpentUntilSeconds };
      return { ...record, targets: record.targets.map((each) => ({ ...each, ...noted })) };
    };
  });

  /** The endpoints whose items a sweep writes. */
  const written = async () => {
    const names: string[] = [];
    const { noteAccountSpent } = world.enrolments;
    world.enrolments.noteAccountSpent = async (name, until) => {
      names.push(name);
      await noteAccountSpent.call(world.enrolments, name, until);
    };
    await sweep();
    return names;
  };

  it('is not written again where it stands', async () => {
    spends(TARGET, 10);
    world.enrolments.accountSpent.set('checkout', MIDNIGHT);
    expect(await written()).toEqual(['search']);
  });

  it('is written anew where what stands is of yesterday', async () => {
    spends(TARGET, 10);
    world.enrolments.accountSpent.set('checkout', NOW_SECONDS);
    expect(await written()).toEqual(['checkout', 'search']);
  });

  it.each([
    ['is taken back as long as it counts', 1, ['checkout']],
    ['is left alone once its day is over', 0, []],
  ])('where less is spent, %s', async (_, seconds, endpoints) => {
    spends(TARGET, 1);
    world.enrolments.accountSpent.set('checkout', NOW_SECONDS + seconds);
    expect(await written()).toEqual(endpoints);
  });

  it.each([
    ['the budget is raised', () => setBudget(100), { maxInstanceHours: 100 }],
    ['the budget is taken away', () => setBudget(null), null],
  ])('is taken back where it stands when %s', async (_, change, account) => {
    spends(TARGET, 10);
    world.enrolments.accountSpent.set('checkout', MIDNIGHT);
    world.enrolments.account = { spentInstanceHours: 10, maxInstanceHours: 10, atSeconds: 0 };
    change();
    expect(await written()).toEqual(['checkout']);
    expect(notedOn()).toEqual([]);
    expect(world.enrolments.account).toEqual(account && expect.objectContaining(account));
  });

  it('stays as it is while the defaults are not valid', async () => {
    world.enrolments.accountSpent.set('checkout', MIDNIGHT);
    world.parameters.set(DEFAULTS_PARAMETER, '{');
    expect(await written()).toEqual([]);
    expect(notedOn()).toEqual(['checkout']);
  });
});

it('costs no reading where there is no budget and never was', async () => {
  setBudget(null);
  const read = vi.spyOn(world.enrolments, 'read');
  const note = vi.spyOn(world.enrolments, 'noteAccount');
  await sweep();
  expect(read).not.toHaveBeenCalled();
  expect(note).not.toHaveBeenCalled();
});

it('an item that cannot be read keeps the budget from no other endpoint', async () => {
  spends(OTHER, 10);
  const { read } = world.enrolments;
  world.enrolments.read = async (endpointName) => {
    if (endpointName === 'checkout') throw new UnreadableItem(endpointName, 'is broken');
    return read.call(world.enrolments, endpointName);
  };
  await sweep();
  expect(notedOn()).toEqual(['search']);
});

it('any other fault leaves what was noted, and is for the next sweep', async () => {
  world.enrolments.accountSpent.set('checkout', MIDNIGHT);
  world.enrolments.read = async () => {
    throw new Error('throttled');
  };
  await expect(sweep()).resolves.toBeUndefined();
  expect(notedOn()).toEqual(['checkout']);
  expect(world.enrolments.account).toBeNull();
});
