import { describe, expect, it } from 'vitest';
import type { Reason } from '../../lib/control/reasons.ts';
import { unmeasured } from '../../lib/notify/blind.ts';
import { conditionsOf, leaseOverdueSeconds } from '../../lib/notify/conditions.ts';
import { lookOf, type Seen } from './seen.ts';

const NOW = 1_800_000_000;
const kindsOf = (seen: Seen) =>
  conditionsOf(lookOf(seen), NOW, 'eu-west-1').map(({ kind }) => kind);

const RAISED = { min: 9, max: 20 };
const leaseOver = (seconds: number) => ({
  lease: { untilSeconds: NOW - seconds, restores: { min: 1, max: 20 } },
});

describe('a lease that should be over', () => {
  it.each<[string, Seen, number]>([
    ['may be a minute late', { before: leaseOver(60), bounds: RAISED }, 0],
    ['is told of after that', { before: leaseOver(61), bounds: RAISED }, 61],
    ['is over once the owner’s bounds stand', { before: leaseOver(61) }, 0],
    ['is not while Min is another', { before: leaseOver(61), bounds: { min: 2, max: 20 } }, 61],
    ['is not while Max is another', { before: leaseOver(61), bounds: { min: 1, max: 9 } }, 61],
    ['is none where none was put', { bounds: RAISED }, 0],
    ['cannot be told without bounds', { before: leaseOver(61), bounds: null }, 0],
    [
      'cannot be told where nobody knows the owner’s',
      { before: leaseOver(61), bounds: RAISED, after: { baseline: null } },
      0,
    ],
  ])('%s', (_, seen, seconds) => {
    expect(leaseOverdueSeconds(lookOf(seen), NOW)).toBe(seconds);
    expect(kindsOf(seen).includes('lease-overdue')).toBe(seconds > 0);
  });

  it('is told of in any mode', () => {
    const seen = { before: leaseOver(61), bounds: RAISED };
    expect(kindsOf({ ...seen, mode: 'paused' })).toEqual(['lease-overdue']);
  });
});

describe('the owner’s Max', () => {
  const capped = { name: 'bounds', reason: 'owner-maximum', before: 8, after: 5 } as const;
  const ramp = { name: 'growth', reason: 'demand-growing', before: 3, after: 8 } as const;

  it.each<[string, Seen, boolean]>([
    ['is told of where it is asked for', { steps: [capped], desired: 5, demand: 3 }, true],
    ['is not while less is asked for', { steps: [capped], desired: 4, demand: 5 }, false],
    ['is where demand is above it', { steps: [capped], desired: 4, demand: 5.1 }, true],
    ['is not where a ramp may end there', { steps: [capped, ramp], desired: 5, demand: 5 }, false],
    ['is where a ramp is there', { steps: [capped, ramp], desired: 5, demand: 5.1 }, true],
    ['is not where a ramp has no demand', { steps: [capped, ramp], desired: 5 }, false],
    ['is not where it cuts nothing', { steps: [{ ...capped, before: 5 }], desired: 5 }, false],
    ['is not where the scaler only observes', { steps: [capped], mode: 'observe' }, false],
  ])('%s', (_, seen, isTold) => {
    expect(kindsOf(seen)).toEqual(isTold ? ['scaled-to-ceiling'] : []);
  });

  it.each([
    ['what is wanted', [capped], 8],
    ['no more than a ramp has reached', [capped, ramp], 6],
  ])('is to be raised to %s', (_, steps, wanted) => {
    const [notice] = conditionsOf(lookOf({ steps, desired: 5, demand: 5.1 }), NOW, 'eu-west-1');
    expect(notice?.details).toMatchObject({ wanted, max: 5, demand: 5.1 });
  });
});

describe('a window for more than the owner’s Max', () => {
  const capped = { name: 'owner-bounds', reason: 'owner-maximum', before: 40, after: 20 } as const;
  const of = (reason: Reason, load: number) =>
    ({ name: 'windows', reason, before: load, after: 40 }) as const;

  it.each<[string, Reason, number, number, string]>([
    ['a prewarm', 'prewarm-floor', 1, 40, 'gets 20 of the 40 instances that a prewarm asks for'],
    [
      'a window',
      'schedule-floor',
      20,
      40,
      'gets 20 of the 40 instances that its schedule asks for',
    ],
    ['load beyond Max, too', 'prewarm-floor', 30, 30, 'needs 30 instances'],
  ])('is told of as what it is: %s', (_, reason, load, wanted, words) => {
    const seen = { steps: [of(reason, load), capped], desired: 20, demand: load };
    const [notice] = conditionsOf(lookOf(seen), NOW, 'eu-west-1');
    expect(notice?.text).toContain(words);
    expect(notice?.text.includes('is not served')).toBe(load > 20);
    expect(notice?.text).toContain(`--max-capacity ${wanted}`);
    expect(notice?.details).toMatchObject({ wanted, max: 20 });
  });

  it('says nothing where the window asks for no more than the load', () => {
    const raised = { name: 'floor', reason: 'prewarm-floor', before: 1, after: 20 } as const;
    const seen = { steps: [capped, raised], desired: 20, demand: 40 };
    const [notice] = conditionsOf(lookOf(seen), NOW, 'eu-west-1');
    expect(notice?.text).toContain('needs 40 instances');
  });

  it('does not keep load beyond Max from being told', () => {
    const digestOf = (load: number) => {
      const seen = { steps: [of('prewarm-floor', load), capped], desired: 20, demand: load };
      return conditionsOf(lookOf(seen), NOW, 'eu-west-1')[0]?.digest;
    };
    expect(digestOf(1)).not.toBe(digestOf(30));
  });
});

describe('a request that came to nothing', () => {
  const futile = {
    wanted: 9,
    most: 4,
    attempts: 2,
    refusedAtSeconds: NOW,
    retryAtSeconds: NOW + 120,
    quota: null,
  } as const;
  const quota = { name: 'ml.g5.xlarge for endpoint usage', limit: 4, inUse: 1, asked: 8 };
  const retryAt = '2027-01-15T08:02:00Z';

  it.each([
    [
      'a quota',
      { ...futile, reason: 'quota-refused', quota },
      { wanted: 9, possible: 4, desired: 2, retryAt, quota: quota.name, limit: 4, needed: 9 },
    ],
    [
      'a quota that the refusal does not name',
      { ...futile, reason: 'quota-refused' },
      { wanted: 9, possible: 4, desired: 2, retryAt, quota: null },
    ],
    [
      'a lack of instances',
      { ...futile, reason: 'insufficient-capacity' },
      { wanted: 9, desired: 2, retryAt, attempts: 2 },
    ],
    [
      'a fault',
      { ...futile, reason: 'request-failed' },
      { wanted: 9, desired: 2, retryAt, attempts: 2 },
    ],
  ] as const)('is told with its cause: %s', (_, refused, details) => {
    const seen = { after: { futile: refused }, desired: 2 };
    const notices = conditionsOf(lookOf(seen), NOW, 'eu-west-1');
    expect(notices.map(({ kind }) => kind)).toEqual([refused.reason]);
    expect(notices[0]?.details).toMatchObject(details);
    expect(kindsOf({ ...seen, mode: 'observe' })).toEqual([]);
  });
});

describe('the owner’s edit', () => {
  const edited = { name: 'baseline', reason: 'owner-changed-bounds' } as const;

  it.each<[string, Seen, string]>([
    ['with what was before', { before: { baseline: { min: 2, max: 9 } } }, ' (before: 2 and 9);'],
    ['alone where nothing was', {}, 'MaxCapacity 20;'],
  ])('is told %s', (_, seen, words) => {
    const look = lookOf({ ...seen, steps: [edited] });
    const [notice] = conditionsOf(look, NOW, 'eu-west-1');
    expect(notice).toMatchObject({ kind: 'owner-edit-adopted', digest: '1..20' });
    expect(notice?.text).toContain(words);
  });

  it('is none where nobody edited, or nobody knows the outcome', () => {
    expect(kindsOf({})).toEqual([]);
    expect(kindsOf({ steps: [edited], after: { baseline: null } })).toEqual([]);
  });
});

describe('an endpoint', () => {
  it.each([
    ['Failed', true],
    ['OutOfService', true],
    ['UpdateRollbackFailed', true],
    ['Updating', false],
    ['InService', false],
    [null, false],
  ])('that is %s', (endpointStatus, isTold) => {
    expect(kindsOf({ endpointStatus })).toEqual(isTold ? ['endpoint-not-scalable'] : []);
  });
});

describe('a target that nobody can scale', () => {
  const problems = [{ what: 'No metric.', fix: 'Publish one.' }];

  it.each<[string, Seen, string[]]>([
    ['is told of', { bounds: null }, ['blind']],
    ['is not where its mode asks for no scaling', { bounds: null, mode: 'observe' }, []],
    ['is not where its endpoint is gone', { bounds: null, endpointStatus: null }, []],
    ['is none where it is registered', { problems }, []],
  ])('%s', (_, seen, kinds) => {
    expect(kindsOf(seen)).toEqual(kinds);
  });

  it('is told of once that has lasted for half an hour, with what is wrong', () => {
    const look = lookOf({ bounds: null, problems });
    const [notice] = conditionsOf(look, NOW, 'eu-west-1');
    expect(notice?.dueFromSeconds).toBe(NOW + 1800);
    expect(notice?.text).toContain('No metric. Publish one.');
    expect(unmeasured(look.stored, NOW)).toEqual([notice]);
  });

  it.each<[string, Seen]>([
    ['has no problem', {}],
    ['does not act', { problems, mode: 'observe' }],
  ])('is no news while unmeasured where it %s', (_, seen) => {
    expect(unmeasured(lookOf(seen).stored, NOW)).toEqual([]);
  });
});

describe('load that nobody sees', () => {
  const unseen = { name: 'data', reason: 'load-unseen' } as const;
  const noData = { name: 'data', reason: 'no-data' } as const;
  const entry = { digest: 'load', toldAtSeconds: NOW, triedAtSeconds: NOW, untold: null };
  const told = (changes: object = {}) => ({
    notices: { blind: { ...entry, absentSinceSeconds: null, ...changes } },
  });

  it.each<[string, Seen, boolean]>([
    ['is told of', { steps: [unseen] }, true],
    ['may be calm where it never was', { steps: [noData] }, false],
    ['stays so until a window is seen', { steps: [noData], before: told() }, true],
    ['is over with one', { before: told() }, false],
    [
      'is over once it was over',
      { steps: [noData], before: told({ absentSinceSeconds: 1 }) },
      false,
    ],
    ['is another thing than a problem', { steps: [noData], before: told({ digest: 'x' }) }, false],
  ])('%s', (_, seen, isTold) => {
    expect(kindsOf(seen)).toEqual(isTold ? ['blind'] : []);
  });
});
