import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AlarmRule,
  evaluateAlarm,
  MISSING_DATA_TREATMENTS,
  type MissingDataTreatment,
} from '../../simulator/account/cloudwatch/alarm-evaluation.ts';

const POINTS: Readonly<Record<string, number | undefined>> = { '0': 1, X: 9, '-': undefined };

/** Points as in the user guide, newest right: 0 within the threshold, X breaching, - missing. */
function decide(
  points: string,
  m: number,
  n: number,
  treatMissingData: MissingDataTreatment,
): string {
  const rule: AlarmRule = {
    evaluationPeriods: n,
    datapointsToAlarm: m,
    threshold: 5,
    comparisonOperator: 'GreaterThanThreshold',
    treatMissingData,
  };
  const range = [...points].map((point) => POINTS[point]);
  return evaluateAlarm(range, rule).state ?? 'keep';
}

describe('the tables of the user guide', () => {
  /** Columns: missing, ignore, breaching, notBreaching. */
  const rows: [
    m: number,
    points: string,
    filled: number,
    states: [string, string, string, string],
  ][] = [
    [3, '0-X-X', 0, ['OK', 'OK', 'OK', 'OK']],
    [3, '0----', 2, ['OK', 'OK', 'OK', 'OK']],
    [3, '-----', 3, ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK']],
    [3, '0XX-X', 0, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [3, '--X--', 2, ['ALARM', 'keep', 'ALARM', 'OK']],
    [2, '0-X-X', 0, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [2, '00X0X', 0, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [2, '0-X--', 1, ['OK', 'OK', 'ALARM', 'OK']],
    [2, '----0', 2, ['OK', 'OK', 'ALARM', 'OK']],
    [2, '---X-', 2, ['ALARM', 'keep', 'ALARM', 'OK']],
  ];
  const cells = rows.flatMap(([m, points, filled, states]) =>
    MISSING_DATA_TREATMENTS.map(
      (treatment, column) => [m, points, treatment, states[column] as string, filled] as const,
    ),
  );

  it('are all here', () => {
    expect(cells).toHaveLength(40);
  });

  it.each(cells)('%i of 3, %s, %s: %s', (m, points, treatment, state) => {
    expect(decide(points, m, 3, treatment)).toBe(state);
  });

  it.each(cells)(
    '%i of 3, %s, %s: fills in as told',
    (m, points, treatMissingData, _state, filled) => {
      const verdict = evaluateAlarm(
        [...points].map((point) => POINTS[point]),
        {
          evaluationPeriods: 3,
          datapointsToAlarm: m,
          threshold: 5,
          comparisonOperator: 'GreaterThanThreshold',
          treatMissingData,
        },
      );
      expect(verdict.filled).toBe(filled);
      expect(verdict.evaluated).toHaveLength(3 - filled);
    },
  );
});

describe('M out of N without gaps', () => {
  it.each([
    ['M - 1 breaching', '000X0X', 3, 5, 'OK'],
    ['M breaching', '00XX0X', 3, 5, 'ALARM'],
    ['M breaching, one of them too old', 'X00X0X', 3, 5, 'OK'],
    ['1 of 1 breaching', '00X', 1, 1, 'ALARM'],
    ['1 of 1, the breach is past', '0X0', 1, 1, 'OK'],
    ['N of N', '00XXX', 3, 3, 'ALARM'],
    ['N of N but one', '0X0XX', 3, 3, 'OK'],
  ])('%s', (_label, points, m, n, state) => {
    for (const treatment of MISSING_DATA_TREATMENTS) {
      expect(decide(points, m, n, treatment)).toBe(state);
    }
  });
});

describe('premature alarms', () => {
  it.each([
    ['breach as old as M', '--X--', 3, 'ALARM'],
    ['breach one period younger', '---X-', 3, 'OK'],
    ['breach in the newest period', '----X', 3, 'OK'],
    ['older breach, newer ones breach too', '--X-X', 3, 'ALARM'],
    ['younger breaches alone', '---XX', 3, 'OK'],
    ['a point within the threshold after it', '-X-0-', 3, 'OK'],
    ['a point within the threshold before it', '0-X--', 3, 'OK'],
  ])('%s', (_label, points, m, state) => {
    expect(decide(points, m, 3, 'missing')).toBe(state);
  });

  it('keep the state where missing data are ignored', () => {
    expect(decide('--X--', 3, 3, 'ignore')).toBe('keep');
    expect(decide('----X', 3, 3, 'ignore')).toBe('keep');
    expect(decide('-X-0-', 3, 3, 'ignore')).toBe('OK');
    expect(decide('---XX', 2, 3, 'ignore')).toBe('ALARM');
  });
});

describe('the threshold', () => {
  it.each([
    ['GreaterThanThreshold', 'OK', 'OK', 'ALARM'],
    ['GreaterThanOrEqualToThreshold', 'OK', 'ALARM', 'ALARM'],
    ['LessThanThreshold', 'ALARM', 'OK', 'OK'],
    ['LessThanOrEqualToThreshold', 'ALARM', 'ALARM', 'OK'],
  ] as const)('%s: below %s, at it %s, above %s', (comparisonOperator, ...states) => {
    const rule: AlarmRule = {
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      threshold: 5,
      comparisonOperator,
      treatMissingData: 'missing',
    };
    expect([4.9, 5, 5.1].map((value) => evaluateAlarm([value], rule).state)).toEqual(states);
  });
});

describe('any range', () => {
  const range = fc.string({
    unit: fc.constantFrom('0', 'X', '-'),
    minLength: 5,
    maxLength: 5,
  });

  it('treats gaps alike where the real points suffice', () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 3 }), (points, m) => {
        fc.pre([...points].filter((point) => point !== '-').length >= 3);
        const states = MISSING_DATA_TREATMENTS.map((treatment) => decide(points, m, 3, treatment));
        return new Set(states).size === 1;
      }),
    );
  });

  it('is never milder on gaps that breach than on gaps that do not', () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 3 }), (points, m) => {
        const mild = decide(points, m, 3, 'notBreaching');
        return mild === 'OK' || decide(points, m, 3, 'breaching') === 'ALARM';
      }),
    );
  });
});
