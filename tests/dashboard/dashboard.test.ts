import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { REASONS } from '../../lib/control/reasons.ts';
import { alarmArns, dashboardBody, stackResources } from './body.ts';
import { emittedMetrics, metricsAtRest } from './emitted.ts';
import { allShown, dashboardFaults, metricKey } from './faults.ts';

const root = resolve(import.meta.dirname, '../..');
const docs = readFileSync(join(root, 'docs/metrics.md'), 'utf8');

const resources = stackResources();
const body = dashboardBody(resources) as Body;
const alarms = alarmArns(resources);

interface Body {
  widgets: { type: string; x: number; properties: Record<string, unknown> }[];
  variables: { search: string }[];
  [key: string]: unknown;
}

/** Of other services, as their documentation lists them. */
const OTHERS = [
  { namespace: 'AWS/Lambda', name: 'Errors', dimensions: ['FunctionName'] },
  { namespace: 'AWS/Lambda', name: 'Throttles', dimensions: ['FunctionName'] },
  { namespace: 'AWS/Lambda', name: 'Duration', dimensions: ['FunctionName'] },
  { namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', dimensions: ['QueueName'] },
];

/** Metrics that docs/metrics.md has, with the dimensions that its headings name. */
const documented = new Set(
  [...OTHERS, ...docs.split(/^## /m).flatMap(section)].map((metric) => metricKey(metric)),
);

function section(text: string) {
  const [, list] = /^[^\n]*\(([^)]*)\)\n/.exec(text) ?? [];
  if (list === undefined) return [];
  const dimensions = [...list.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  const names = [...text.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
  return names.map((name) => ({ namespace: 'FastScaler', name, dimensions }));
}

it('has no fault: structure, grid, alarms, metrics that docs/metrics.md tells of', () => {
  expect(dashboardFaults(body, alarms, documented)).toEqual([]);
});

describe('what it shows', () => {
  let emitted: ReadonlySet<string>;

  beforeAll(async () => {
    emitted = await emittedMetrics();
  });

  it('is really written', () => {
    // These take an item of a newer version, and an Application Auto Scaling that does not do what it
    // was told; tests/lib has both.
    const elsewhere = new Set(['StateUnreadable', 'LeaseOverdue']);
    const shown = allShown(body).filter(
      ({ namespace, name }) => namespace === 'FastScaler' && !elsewhere.has(name),
    );
    expect(shown.length).toBeGreaterThan(20);
    expect(shown.map(metricKey).filter((key) => !emitted.has(key))).toEqual([]);
  });

  it('adds up over all targets only what one at rest writes, too, or what is a sum itself', async () => {
    const atRest = await metricsAtRest();
    const sums = body.widgets.flatMap(({ properties }) =>
      [
        ...JSON.stringify(properties).matchAll(
          /(RUNNING_SUM\()?SUM\(SEARCH\('(.*?)MetricName=\\"(\w+)/g,
        ),
      ].map(([, running, , name = '']) => ({ name, isRunning: running !== undefined })),
    );
    expect(sums.length).toBeGreaterThan(3);
    const levels = sums.filter(({ isRunning }) => !isRunning).map(({ name }) => name);
    const written = (name: string) =>
      [...atRest].some((key) => key.startsWith(`FastScaler ${name} `));
    expect(levels.filter((name) => !written(name))).toEqual([]);
    expect(written('DesiredCapacity')).toBe(false);
  });

  it('answers for the whole account and for one target', () => {
    const views = body.widgets.map(({ properties }) => JSON.stringify(properties));
    expect(views.filter((text) => text.includes('SEARCH(')).length).toBeGreaterThan(3);
    expect(views.filter((text) => text.includes('"ResourceId","-"')).length).toBeGreaterThan(3);
  });

  it('calls every estimate one', () => {
    const isEstimate = (text: string) => /Estimate["\\]/.test(text);
    const shown = body.widgets.filter(({ properties }) => isEstimate(JSON.stringify(properties)));
    expect(shown.length).toBeGreaterThanOrEqual(5);
    for (const { properties } of shown) {
      const words = JSON.stringify(properties).replace(/\w+Estimate/g, '');
      expect(words, String(properties.title)).toContain('estimate');
    }
  });

  it('goes by reasons that there are', () => {
    const text = JSON.stringify(body);
    const named = [...text.matchAll(/"Reason","([^"]+)"/g)].map(([, reason]) => reason);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((reason) => !(REASONS as readonly unknown[]).includes(reason))).toEqual([]);
  });

  it('is documented, as everything that is written is', () => {
    expect([...emitted].filter((key) => !documented.has(key))).toEqual([]);
  });

  it('has three sets of dimensions', () => {
    const sets = new Set([...emitted].map((key) => key.slice(key.indexOf('{'))));
    expect([...sets].sort()).toEqual(['{Reason,service}', '{ResourceId,service}', '{service}']);
  });
});

describe('a fault is found', () => {
  const changed = (change: (copy: Body) => void) => {
    const copy = structuredClone(body);
    change(copy);
    return dashboardFaults(copy, alarms, documented).join('\n');
  };
  const alarmsOf = (widgets: Body['widgets']) =>
    widgets.flatMap(({ type, properties }) => (type === 'alarm' ? [properties] : []))[0]
      ?.alarms as string[];
  const metric = (copy: Body) =>
    copy.widgets.find(({ type }) => type === 'metric')?.properties as { metrics: unknown[][] };

  it.each<[string, (copy: Body) => void, RegExp]>([
    ['overlapping widgets', ({ widgets }) => Object.assign(widgets[4] ?? {}, { x: 10 }), /overlap/],
    [
      'a widget beyond the grid',
      ({ widgets }) => Object.assign(widgets.at(-1) ?? {}, { x: 20 }),
      /wider than the grid/,
    ],
    ['a key that is not documented', (copy) => Object.assign(copy, { end: 'now' }), /Unrecognized/],
    ['a property likewise', (copy) => Object.assign(metric(copy), { colour: 1 }), /Unrecognized/],
    [
      'a kind of widget that there is not',
      ({ widgets }) => Object.assign(widgets[0] ?? {}, { type: 'picture' }),
      /widgets\.0/,
    ],
    [
      'a metric that there is not',
      (copy) => metric(copy).metrics.push(['FastScaler', 'Demands', 'service', 's']),
      /FastScaler Demands \{service\}: no such metric/,
    ],
    [
      'a metric without its dimension',
      (copy) => metric(copy).metrics.push(['FastScaler', 'Demand', 'service', 's']),
      /FastScaler Demand \{service\}: no such metric/,
    ],
    [
      'a search for a metric that there is not',
      (copy) =>
        metric(copy).metrics.push([
          { expression: "SUM(SEARCH('{FastScaler,service} MetricName=\"Nothing\"', 'Sum'))" },
        ]),
      /FastScaler Nothing/,
    ],
    [
      'an id that is not there',
      (copy) => metric(copy).metrics.push([{ expression: 'RUNNING_SUM(gone)', id: 'here' }]),
      /gone is not defined/,
    ],
    [
      'a variable that finds nothing',
      ({ variables }) =>
        Object.assign(variables[0] ?? {}, { search: '{FastScaler,service} MetricName="No"' }),
      /FastScaler No/,
    ],
    [
      'an alarm that is left out',
      ({ widgets }) => {
        alarmsOf(widgets).pop();
      },
      /alarm:sagemaker-fast-scaler-prod-[a-z-]+: not shown/,
    ],
    [
      'an alarm that the stack has not',
      ({ widgets }) => {
        alarmsOf(widgets).push('alarm:Other');
      },
      /alarm:Other: no such alarm/,
    ],
  ])('%s', (_, change, expected) => {
    expect(changed(change)).toMatch(expected);
  });

  it('a variable that names nothing in the stack', () => {
    const without = new Map(resources);
    without.delete('SweepLambdaFunction');
    expect(() => dashboardBody(without)).toThrow('SweepLambdaFunction');
  });
});
