import { expect, it } from 'vitest';
import { PUBLISH_SECONDS } from '../../client/names.ts';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import {
  controlConfig,
  type SignalKind,
  signalOf,
  underWayBeside,
} from '../../lib/config/signal.ts';
import { demandOf } from '../../lib/control/demand.ts';
import { WINDOW_SECONDS } from '../../lib/control/demand-point.ts';
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
  ['busy seconds', 'busy', 'BusySeconds', 'variant', 0.1, 600],
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

it.each<[SignalKind, number | undefined, string | undefined]>([
  ['arrivals', 5, 'Invocations'],
  ['busy', 5, 'Invocations'],
  ['invocations', undefined, undefined],
  ['concurrency', undefined, undefined],
  [hits, undefined, undefined],
])('%o settles after %s s, witnessed by %s', (kind, settleSeconds, metricName) => {
  const signal = signalOf(variantTarget('a', 'b'), kind, 60);
  expect(signal.settleSeconds).toBe(settleSeconds);
  expect(signal.witness?.metricName).toBe(metricName);
});

it('a demand of three instances in busy seconds is three times the target under way', () => {
  const signal = signalOf(variantTarget('a', 'b'), 'busy', 4);
  const load = [{ startSeconds: 0, value: 3 * 4 * WINDOW_SECONDS }];
  expect(demandOf(load, controlConfig(DEFAULTS, signal), [])).toEqual([
    { startSeconds: 0, demand: 3 },
  ]);
});

it.each<[SignalKind, string | undefined, string | undefined, number | undefined]>([
  ['invocations', 'ConcurrentRequestsPerModel', 'instance', 1],
  ['arrivals', 'BusySeconds', 'variant', 0.1],
  ['concurrency', undefined, undefined, undefined],
  ['busy', undefined, undefined, undefined],
  [hits, undefined, undefined, undefined],
  [{ ...hits, metricName: 'Arrivals' }, undefined, undefined, undefined],
  [{ ...hits, metricName: 'Invocations' }, undefined, undefined, undefined],
])('beside %o: %s', (kind, metricName, scope, requestsPerUnit) => {
  const signal = signalOf(variantTarget('a', 'b'), kind, 60);
  const beside = underWayBeside(signal);
  expect(beside?.metric.metricName).toBe(metricName);
  expect(beside?.scope).toBe(scope);
  expect(beside?.requestsPerUnit).toBe(requestsPerUnit);
  if (beside) expect(beside.metric.dimensions).toEqual(signal.load.dimensions);
});

it('callers publish in the windows that are read', () => {
  expect(PUBLISH_SECONDS).toBe(WINDOW_SECONDS);
});
