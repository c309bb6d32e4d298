import { describe, expect, it } from 'vitest';
import { ConfigError, parseAccountSettings, parseTargetSettings } from '../../lib/config/parse.ts';
import { runsAround } from '../../lib/config/schedule.ts';
import { capacityWindows } from '../../lib/cycle/windows.ts';

const seconds = (iso: string) => Date.parse(iso) / 1000;
const iso = (epochSeconds: number) => new Date(epochSeconds * 1000).toISOString().slice(0, 16);

describe('the runs of a schedule around a moment', () => {
  const BERLIN = 'Europe/Berlin';
  const NEW_YORK = 'America/New_York';

  it.each([
    ['winter', '0 8 * * *', BERLIN, '2026-01-05T12:00Z', '2026-01-05T07:00', '2026-01-06T07:00'],
    [
      'a second before',
      '0 8 * * *',
      'UTC',
      '2026-01-05T07:59:59Z',
      '2026-01-04T08:00',
      '2026-01-05T08:00',
    ],
    [
      'the very second',
      '0 8 * * *',
      'UTC',
      '2026-01-05T08:00:00Z',
      '2026-01-05T08:00',
      '2026-01-06T08:00',
    ],
    [
      'a part of a second after',
      '0 8 * * *',
      'UTC',
      '2026-01-05T08:00:00.5Z',
      '2026-01-05T08:00',
      '2026-01-06T08:00',
    ],
    [
      'over the weekend',
      '0 8 * * 1-5',
      'UTC',
      '2026-01-10T12:00Z',
      '2026-01-09T08:00',
      '2026-01-12T08:00',
    ],
    [
      'Berlin, to summer',
      '0 8 * * *',
      BERLIN,
      '2026-03-28T12:00Z',
      '2026-03-28T07:00',
      '2026-03-29T06:00',
    ],
    [
      'Berlin, to winter',
      '0 8 * * *',
      BERLIN,
      '2026-10-24T12:00Z',
      '2026-10-24T06:00',
      '2026-10-25T07:00',
    ],
    [
      'New York, to summer',
      '0 8 * * *',
      NEW_YORK,
      '2026-03-07T18:00Z',
      '2026-03-07T13:00',
      '2026-03-08T12:00',
    ],
    [
      'New York, to winter',
      '0 8 * * *',
      NEW_YORK,
      '2026-10-31T18:00Z',
      '2026-10-31T12:00',
      '2026-11-01T13:00',
    ],
    [
      'Berlin, a time that is skipped',
      '30 2 * * *',
      BERLIN,
      '2026-03-28T12:00Z',
      '2026-03-28T01:30',
      '2026-03-29T01:00',
    ],
    [
      'New York, a time that is skipped',
      '30 2 * * *',
      NEW_YORK,
      '2026-03-07T12:00Z',
      '2026-03-07T07:30',
      '2026-03-08T07:00',
    ],
    [
      'Berlin, a time that comes twice',
      '30 2 * * *',
      BERLIN,
      '2026-10-25T00:45Z',
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ],
    [
      'New York, a time that comes twice',
      '30 1 * * *',
      NEW_YORK,
      '2026-11-01T05:45Z',
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ],
  ])('%s', (_, cron, timeZone, at, last, next) => {
    expect(runsAround(cron, timeZone, seconds(at)).map(iso)).toEqual([last, next]);
  });
});

describe('a window over a change of the clocks', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T00:30Z', '2026-03-28T21:00', '2026-03-29T05:00'],
    ['Europe/Berlin', '2026-10-25T00:30Z', '2026-10-24T20:00', '2026-10-25T04:00'],
    ['America/New_York', '2026-03-08T06:30Z', '2026-03-08T03:00', '2026-03-08T11:00'],
    ['America/New_York', '2026-11-01T05:30Z', '2026-11-01T02:00', '2026-11-01T10:00'],
  ])('%s at %s lasts as long as ever', (timeZone, at, from, until) => {
    const night = { cron: '0 22 * * *', timeZone, durationMinutes: 480, minInstances: 4 };
    const [current] = capacityWindows([night], [], seconds(at));
    expect(current && [iso(current.fromSeconds), iso(current.untilSeconds)]).toEqual([from, until]);
  });
});

describe('windows in a parameter', () => {
  const good = { cron: '0 8 * * 1-5', durationMinutes: 60, minInstances: 4 };
  const parse = (...windows: object[]) =>
    parseTargetSettings(JSON.stringify({ windows }), 'the parameter').windows;

  it('has UTC where no time zone is named', () => {
    expect(parse(good)).toEqual([{ ...good, timeZone: 'UTC' }]);
  });

  it.each([
    ['names of days', { cron: '0 8 * * MON-FRI' }],
    ['a nickname', { cron: '@daily' }],
    ['the last day of the month', { cron: '0 8 L * *' }],
    ['the shortest', { durationMinutes: 1 }],
    ['the longest', { durationMinutes: 10_080 }],
    ['equal bounds', { minInstances: 4, maxInstances: 4 }],
    ['a ceiling alone', { minInstances: undefined, maxInstances: 4 }],
    ['a time zone', { timeZone: 'America/Argentina/Buenos_Aires' }],
  ])('takes %s', (_, changes) => {
    expect(parse({ ...good, ...changes })).toHaveLength(1);
  });

  it.each([
    [
      'a minute that there is not',
      { cron: '61 8 * * *' },
      'windows.0.cron: "61 8 * * *" is no cron expression of five fields: Invalid value for minute: 61',
    ],
    [
      'seconds',
      { cron: '0 0 8 * * *' },
      'windows.0.cron: "0 0 8 * * *" is no cron expression of five fields: it has 6',
    ],
    ['a day that never comes', { cron: '0 8 30 2 *' }, 'windows.0.cron: "0 8 30 2 *" never comes'],
    ['an endless expression', { cron: `0 ${'8,'.repeat(60)}8 * * *` }, 'windows.0.cron: Too big'],
    [
      'a time zone that there is not',
      { timeZone: 'Berlin' },
      'windows.0.timeZone: "Berlin" is no IANA time zone that is known here (such as "Europe/Berlin")',
    ],
    ['no time at all', { durationMinutes: 0 }, 'windows.0.durationMinutes: Too small'],
    ['more than a week', { durationMinutes: 10_081 }, 'windows.0.durationMinutes: Too big'],
    [
      'a part of a minute',
      { durationMinutes: 1.5 },
      'windows.0.durationMinutes: Invalid input: expected int',
    ],
    [
      'crossed bounds',
      { minInstances: 5, maxInstances: 4 },
      '"minInstances" is above "maxInstances"',
    ],
    [
      'neither bound',
      { minInstances: undefined },
      'says neither "minInstances" nor "maxInstances"',
    ],
    ['a misspelt key', { timezone: 'UTC' }, 'Unrecognized key: "timezone"'],
    ['fewer than none', { minInstances: -1 }, 'windows.0.minInstances: Too small'],
  ])('refuses %s', (_, changes, complaint) => {
    expect(() => parse({ ...good, ...changes })).toThrow(ConfigError);
    expect(() => parse({ ...good, ...changes })).toThrow(complaint);
  });

  const faultsOf = (text: string) => {
    try {
      parseTargetSettings(text, 'the parameter');
      return [];
    } catch (error) {
      return (error as Error).message.split('\n').slice(1);
    }
  };

  it.each<[string, object, string[]]>([
    [
      'its time, its zone and its bounds',
      { cron: 'noon', timeZone: 'Berlin', durationMinutes: 0, minInstances: 5, maxInstances: 4 },
      ['0.cron', '0.timeZone', '0.durationMinutes', '0: "minInstances" is above'],
    ],
    [
      'a key and no bound',
      { cron: 'noon', minInstances: undefined },
      ['0.cron', '0: says neither'],
    ],
    ['a bound of no number', { minInstances: '5', maxInstances: 4 }, ['0.minInstances']],
    ['a bound out of range', { minInstances: 5, maxInstances: -1 }, ['0.maxInstances', '0: "minI']],
  ])('tells every fault of a window at once, and those of the next: %s', (_, changes, faults) => {
    const text = JSON.stringify({
      windows: [
        { ...good, ...changes },
        { ...good, minInstances: undefined },
      ],
    });
    expect(faultsOf(text)).toEqual([
      ...faults.map((fault) => expect.stringContaining(`windows.${fault}`)),
      expect.stringContaining('windows.1: says neither'),
    ]);
  });

  it.each([
    ['null', null],
    ['a list', []],
    ['a number', 5],
  ])('%s is no window, and that is all', (_, window) => {
    expect(() => parse(window as never)).toThrow(
      /windows\.0: Invalid input: expected object[^\n]*$/,
    );
  });

  it('takes twenty and no more', () => {
    const many = Array.from({ length: 21 }, () => good);
    expect(parse(...many.slice(1))).toHaveLength(20);
    expect(() => parse(...many)).toThrow('windows: Too big');
  });
});

describe('budgets in a parameter', () => {
  it.each([
    ['a little', 0.5, true],
    ['none', null, true],
    ['nothing', 0, false],
    ['the most', 1_000_000, true],
    ['more than the most', 1_000_001, false],
  ])('%s', (_, value, isTaken) => {
    const target = () =>
      parseTargetSettings(JSON.stringify({ maxInstanceHoursPerDay: value }), 'x');
    const account = () =>
      parseAccountSettings(JSON.stringify({ accountMaxInstanceHoursPerDay: value }), 'x');
    for (const read of [target, account]) {
      if (isTaken) expect(read).not.toThrow();
      else expect(read).toThrow(ConfigError);
    }
  });

  it('of the account has no place in a target’s parameter', () => {
    const read = () => parseTargetSettings('{"accountMaxInstanceHoursPerDay":5}', 'x');
    expect(read).toThrow('Unrecognized key: "accountMaxInstanceHoursPerDay"');
  });
});
