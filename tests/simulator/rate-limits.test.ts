import { beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { limitRates, type RateLimit } from '../../simulator/account/rate-limits.ts';
import type { AwsError } from '../../simulator/account/service.ts';

const START_MS = Date.UTC(2026, 0, 5);
let clock: VirtualClock;

/** What becomes of calls made now, one letter each: taken, refused, or failed for what it calls itself. */
function limited(limit: RateLimit) {
  const intercepts: Parameters<EmbeddedAccount['intercept']>[0][] = [];
  const account = new EmbeddedAccount(clock, { region: 'eu-west-1', accountId: '123456789012' });
  account.intercept = (interceptor) => {
    intercepts.push(interceptor);
  };
  limitRates(account, [limit]);
  return (operations: readonly string[], service = 'cloudwatch', input = {}) =>
    operations
      .map((operation) => {
        try {
          for (const intercept of intercepts) void intercept({ service, operation, input });
          return 't';
        } catch (error) {
          expect(error).toMatchObject({ statusCode: 400 });
          const { code } = error as AwsError;
          expect(['ThrottlingException', 'FailedResourceAccessException']).toContain(code);
          return code === 'ThrottlingException' ? 'r' : 'f';
        }
      })
      .join('');
}

const after = (seconds: number) => clock.runUntil(clock.nowMs + seconds * 1000);
const times = (count: number, operation = 'PutMetricAlarm') => Array(count).fill(operation);

beforeEach(() => {
  clock = new VirtualClock(START_MS);
});

describe('a rate limit', () => {
  it('takes a second’s calls at once, and no more', () => {
    const call = limited({ service: 'cloudwatch', perSecond: 3 });
    expect(call(times(4))).toBe('tttr');
  });

  it.each<[label: string, seconds: number, expected: string]>([
    ['just before a token is back', 0.333, 'r'],
    ['when one is', 0.334, 'tr'],
    ['after a second', 1, 'tttr'],
    ['after a minute, no more than a bucket', 60, 'tttr'],
  ])('refills: %s', async (_, seconds, expected) => {
    const call = limited({ service: 'cloudwatch', perSecond: 3 });
    call(times(3));
    await after(seconds);
    expect(call(times(expected.length))).toBe(expected);
  });

  it('takes a larger burst where one is published', () => {
    const call = limited({ service: 'cloudwatch', perSecond: 1, burst: 5 });
    expect(call(times(6))).toBe('tttttr');
  });

  it('is shared by its operations, and by nobody else', () => {
    const operations = ['GetParameter', 'GetParametersByPath'];
    const call = limited({ service: 'ssm', operations, perSecond: 2 });
    expect(call([...operations, 'GetParameter'], 'ssm')).toBe('ttr');
    expect(call(['PutParameter'], 'ssm')).toBe('t');
    expect(call(operations, 'cloudwatch')).toBe('tt');
  });

  it('of a whole service counts all its operations', () => {
    const call = limited({ service: 'ssm', perSecond: 1 });
    expect(call(['GetParameter', 'PutParameter'], 'ssm')).toBe('tr');
  });

  it('counts what another service calls for the account, which fails then', () => {
    const service = 'application-auto-scaling';
    const behind = [{ service, operation: 'PutScalingPolicy', tokens: 2 }];
    const operations = ['PutMetricAlarm'];
    const call = limited({ service: 'cloudwatch', operations, perSecond: 3, behind });
    expect(call(['PutScalingPolicy', 'PutScalingPolicy'], service)).toBe('tf');
    expect(call(times(2))).toBe('tr');
    expect(call(['DescribeScalingPolicies'], service)).toBe('t');
  });

  it('counts by weight', () => {
    const weight = ({ points }: Readonly<Record<string, unknown>>) => Number(points);
    const call = limited({ service: 'cloudwatch', perSecond: 10, weight });
    expect(call(['GetMetricData'], 'cloudwatch', { points: 6 })).toBe('t');
    expect(call(['GetMetricData'], 'cloudwatch', { points: 5 })).toBe('r');
    expect(call(['GetMetricData'], 'cloudwatch', { points: 4 })).toBe('t');
  });
});
