import { expect, it } from 'vitest';
import { DEFAULTS } from '../../lib/config/schema.ts';
import { controlConfig, type SignalKind, signalOf } from '../../lib/config/signal.ts';
import { variantTarget } from '../../lib/target.ts';

const hits: SignalKind = {
  namespace: 'App',
  metricName: 'Hits',
  dimensions: { Queue: 'q' },
  statistic: 'Sum',
  loadScope: 'variant',
};

it.each<[string, SignalKind, string, string, number, number]>([
  ['invocations', 'invocations', 'Invocations', 'variant', 6, 10],
  ['arrivals', 'arrivals', 'Arrivals', 'variant', 6, 10],
  ['concurrency', 'concurrency', 'ConcurrentRequestsPerModel', 'instance', 1, 60],
  ['a custom sum', hits, 'Hits', 'variant', 6, 10],
  ['a custom mean', { ...hits, statistic: 'Average' }, 'Hits', 'variant', 1, 60],
])('reads %s', (_, kind, metricName, loadScope, windowsPerTargetUnit, alarmValueAtTarget) => {
  const signal = signalOf(variantTarget('a', 'b'), kind, 60);
  expect(signal).toMatchObject({
    load: { metricName },
    loadScope,
    windowsPerTargetUnit,
    alarmValueAtTarget,
  });
  expect(controlConfig(DEFAULTS, signal)).toMatchObject({
    loadScope,
    windowsPerTargetUnit,
    targetPerInstance: 60,
    mode: 'act',
  });
});
