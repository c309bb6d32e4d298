import { describe, expect, it } from 'vitest';
import { alarmTarget, highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { parameterTarget, targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { jitterSeconds } from '../../lib/sweep.ts';
import { isResourceName, parseResourceId, variantTarget } from '../../lib/target.ts';

const longest = 'a'.repeat(63);

describe('names', () => {
  it.each([
    ['a letter', 'a', true],
    ['63 characters', longest, true],
    ['64 characters', `${longest}a`, false],
    ['an inner hyphen', 'a-b', true],
    ['a hyphen at the end', 'a-', false],
    ['a slash', 'a/b', false],
    ['nothing', '', false],
  ])('takes or refuses %s', (_, name, accepted) => {
    expect(isResourceName(name)).toBe(accepted);
  });

  it('refuses to make a target of a name that SageMaker would not allow', () => {
    expect(() => variantTarget('a/../b', 'c')).toThrow(/not a SageMaker endpoint name/);
  });

  it('come back from what is made of them, hyphens and all', () => {
    const target = variantTarget('a-high-b', 'v-1');
    expect(alarmTarget(highAlarmName(target))).toEqual(target);
    expect(parameterTarget(targetParameterName(target))).toEqual(target);
    expect(parseResourceId(target.resourceId)).toEqual(target);
  });

  it.each([
    ['another alarm', 'TargetTracking-endpoint/a/variant/b-AlarmHigh-1'],
    ['another kind', 'fast-scaler/endpoint/a/variant/b/low'],
    ['a name of the same length', 'fast-scaler/endpoint/a/variant/b/late'],
    ['another maker’s of the same length', 'slow-scaler/endpoint/a/variant/b/high'],
    ['a broken name', 'fast-scaler/endpoint/a/variant//high'],
  ])('no target in %s', (_, name) => {
    expect(alarmTarget(name)).toBeUndefined();
  });

  it.each([
    ['another kind', 'endpoints/a/variant/b'],
    ['another part', 'endpoint/a/model/b'],
    ['a part more', 'endpoint/a/variant/b/c'],
    ['a part less', 'endpoint/a/variant'],
    ['no endpoint', 'endpoint//variant/b'],
    ['an endpoint that cannot be', 'endpoint/a-/variant/b'],
    ['a variant that cannot be', 'endpoint/a/variant/b-'],
  ])('no target in the resource id of %s', (_, resourceId) => {
    expect(parseResourceId(resourceId)).toBeUndefined();
  });

  it.each([
    '/fast-scaler/defaults',
    '/fast-scaler/targets/a',
    '/fast-scaler/targets/a/b/c',
    '/other/targets/a/b',
  ])('no target in the parameter %s', (name) => {
    expect(parameterTarget(name)).toBeUndefined();
  });
});

it('spreads the sweep over the minute, the same for a name every time', () => {
  const delays = Array.from({ length: 500 }, (_, i) => jitterSeconds(`endpoint-${i}`));
  expect(jitterSeconds('endpoint-1')).toBe(delays[1]);
  expect(Math.max(...delays)).toBeLessThan(50);
  expect(new Set(delays).size).toBe(50);
});
