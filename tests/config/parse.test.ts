import { describe, expect, it } from 'vitest';
import { ConfigError, parseTargetConfig } from '../../lib/config/parse.ts';
import { controlConfig, signalOf } from '../../lib/config/signal.ts';
import { variantTarget } from '../../lib/target.ts';

const parse = (text: string) => parseTargetConfig(text, '/fast-scaler/targets/a/b');

describe('a target’s parameter', () => {
  it('fills in every default', () => {
    expect(parse('{"targetPerInstance":1500}')).toEqual({
      mode: 'act',
      signal: 'invocations',
      targetPerInstance: 1500,
      riskPrice: 10,
      leadTimeSeconds: 300,
      scaleInStableSeconds: null,
      scaleOutSpacingSeconds: 20,
      scaleInSpacingSeconds: 60,
      wakeFraction: 0.8,
    });
  });

  it('names the source and every fault at once', () => {
    const text = '{"targetPerInstance":0,"riskPrice":"high","surprise":1}';
    expect(() => parse(text)).toThrow(ConfigError);
    for (const named of ['targets/a/b', 'targetPerInstance', 'riskPrice', 'surprise']) {
      expect(() => parse(text)).toThrow(named);
    }
  });

  it.each([
    ['no JSON', '{', /is not JSON/],
    ['no object', '[]', /top level/],
    ['a mode that there is not', '{"targetPerInstance":1,"mode":"off"}', /mode/],
    ['a risk price below 1', '{"targetPerInstance":1,"riskPrice":0.9}', /riskPrice/],
    ['a stable span below 30 s', '{"targetPerInstance":1,"scaleInStableSeconds":29}', /scaleIn/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it.each([
    ['a risk price of 1', '{"targetPerInstance":1,"riskPrice":1}'],
    ['a stable span of 30 s', '{"targetPerInstance":1,"scaleInStableSeconds":30}'],
    ['no fixed stable span', '{"targetPerInstance":1,"scaleInStableSeconds":null}'],
  ])('takes %s', (_, text) => {
    expect(() => parse(text)).not.toThrow();
  });
});

describe('signals', () => {
  const target = variantTarget('a', 'b');

  it.each([
    ['invocations', '{"targetPerInstance":60}', 'Invocations', 'variant', 6, 10],
    [
      'concurrency',
      '{"targetPerInstance":6,"signal":"concurrency"}',
      'ConcurrentRequestsPerModel',
      'instance',
      1,
      6,
    ],
    [
      'a custom sum',
      '{"targetPerInstance":60,"signal":{"namespace":"App","metricName":"Hits","statistic":"Sum"}}',
      'Hits',
      'variant',
      6,
      10,
    ],
  ])('reads %s', (_, text, metricName, loadScope, windowsPerTargetUnit, alarmValueAtTarget) => {
    const config = parse(text);
    const signal = signalOf(target, config);
    expect(signal).toMatchObject({
      load: { metricName },
      loadScope,
      windowsPerTargetUnit,
      alarmValueAtTarget,
    });
    expect(controlConfig(config, signal)).toMatchObject({ loadScope, windowsPerTargetUnit });
  });
});
