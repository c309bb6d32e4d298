import { describe, expect, it } from 'vitest';
import { fromHistory } from '../../cli/operate/backtest-replay.ts';
import type { HistoryColumns } from '../../lib/aws/metric-history.ts';

/** Two hours of 600 requests a minute; two instances, but four while 9,000 come. */
function history(requests: (minute: number) => number | null): HistoryColumns {
  const invocations = Array.from({ length: 120 }, (_, minute) => requests(minute));
  const perInstance = invocations.map((count) => count && count / (count > 600 ? 4 : 2));
  return {
    invocations,
    perInstance,
    concurrency: invocations.map(() => null),
    latencyMicroseconds: invocations.map((count) => count && (count > 600 ? 90_000 : 30_000)),
  };
}

const between = (minute: number, from: number, to: number) => minute >= from && minute < to;

function asItRan(requests: (minute: number) => number | null, gaps: 'skip' | 'zero' = 'skip') {
  const sizes = { targetPerInstance: 1500, bounds: { min: 1, max: 8 } };
  return fromHistory('checkout', 0, history(requests), 'invocations', sizes, gaps).asItRan;
}

describe('as it really ran', () => {
  it.each([
    { label: 'all minutes', gap: [0, 0], gaps: 'skip', minutes: 120 },
    { label: 'a gap of five minutes is bridged', gap: [70, 75], gaps: 'skip', minutes: 120 },
    {
      label: 'a sixth cuts off what is shorter than an hour',
      gap: [70, 76],
      gaps: 'skip',
      minutes: 70,
    },
    { label: 'a gap taken for no load', gap: [70, 90], gaps: 'zero', minutes: 120 },
    { label: 'the same before the first request', gap: [0, 30], gaps: 'zero', minutes: 120 },
  ] as const)(
    'counts the minutes that are replayed: $label',
    ({ gap: [from, to], gaps, minutes }) => {
      const ran = asItRan((minute) => (between(minute, from, to) ? null : 600), gaps);
      expect(ran?.instanceHours).toBeCloseTo((minutes * 2) / 60, 9);
    },
  );

  it('has the load of bridged minutes in what was unserved, and not among those overloaded', () => {
    // Three measured minutes and two bridged ones need six instances; four were there.
    const ran = asItRan((minute) => {
      if (between(minute, 61, 63)) return null;
      return between(minute, 60, 65) ? 9000 : 600;
    });
    expect(ran?.overloadedMinutes).toBe(3);
    expect(ran?.unservedFraction).toBeCloseTo((5 * 2) / (5 * 6 + 115 * 0.4), 9);
    expect(ran?.unservedInstanceHours).toBeCloseTo((5 * 2) / 60, 9);
    expect(ran?.instanceHours).toBeCloseTo((5 * 4 + 115 * 2) / 60, 9);
    expect(ran?.latencyRatio).toBe(3);
  });

  it('is not told where no request ever came', () => {
    expect(asItRan(() => null, 'zero')).toBeNull();
  });
});
