import { describe, expect, it } from 'vitest';
import { combined } from '../../simulator/scale/day.ts';
import type { Usage } from '../../simulator/scale/usage.ts';
import { type Cost, costTables, HOT_HOURS, measuredCost, writtenTables } from '../../tools/cost.ts';

/** Without what a formatter does to tables: the width of their columns. */
const plain = (markdown: string) => markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

describe('the cost of a day', async () => {
  const cost = await measuredCost(HOT_HOURS);
  const sum = (bill: Cost['rest']) => [...bill.values()].reduce((a, b) => a + b, 0);

  it('stands in docs/cost.md as `npm run cost -- --write` writes it', () => {
    expect(plain(writtenTables())).toBe(plain(costTables(cost)));
  });

  it('of a hot target is more than that of one at rest, in no part less', () => {
    expect(sum(cost.hot)).toBeGreaterThan(sum(cost.rest) * 1.2);
    for (const [what, dollars] of cost.rest) {
      expect(cost.hot.get(what)).toBeGreaterThanOrEqual(dollars);
    }
  });

  it.each([
    ['CloudWatch: the dashboard', 3],
    ['CloudWatch: alarms of the stack on itself', 2.6],
    ['KMS: the key of the topic', 1],
  ])('of the stack has what stands there all the month: %s', (what, dollars) => {
    expect(cost.fixed.get(what)).toBeCloseTo(dollars, 5);
  });

  it('of a target at rest is what a minute’s look makes of it', () => {
    const looks = 60 * 730;
    // One metric a look, and now and then one more to work an enrolment out again.
    const read = cost.rest.get('CloudWatch: metrics read (GetMetricData)') ?? 0;
    expect(read / ((looks * 0.01) / 1000)).toBeGreaterThanOrEqual(0.98);
    expect(read / ((looks * 0.01) / 1000)).toBeLessThan(1.1);
    // Two metrics, written in every hour of the month.
    expect(cost.rest.get('CloudWatch: custom metrics')).toBeCloseTo(0.6, 5);
  });
});

it('combines usages count by count', () => {
  const usage = (value: number) => ({ events: value, logBytes: 2 * value }) as unknown as Usage;
  expect(combined(usage(5), usage(3), (a, b) => a - b)).toEqual({ events: 2, logBytes: 4 });
});
