import * as z from 'zod';

const whole = z.int().min(0);
const place = {
  x: whole.max(23),
  y: whole,
  width: z.int().min(1).max(24),
  height: z.int().min(1).max(1000),
};
const rendering = {
  id: z.string().regex(/^[a-z]\w*$/),
  label: z.string(),
  visible: z.boolean(),
  stat: z.enum(['Sum', 'Average', 'Maximum', 'Minimum', 'SampleCount']),
};
const axis = z.strictObject({ min: z.number(), max: z.number(), label: z.string() }).partial();

const metricProperties = z.strictObject({
  title: z.string(),
  view: z.enum(['timeSeries', 'singleValue']),
  region: z.string(),
  period: z.int().refine((seconds) => seconds % 60 === 0, 'expected whole minutes'),
  stat: rendering.stat,
  metrics: z.array(z.array(z.unknown()).min(1)).min(1).max(500),
  stacked: z.boolean().optional(),
  sparkline: z.boolean().optional(),
  setPeriodToTimeRange: z.boolean().optional(),
  yAxis: z.strictObject({ left: axis, right: axis }).partial().optional(),
  legend: z.strictObject({ position: z.enum(['right', 'bottom', 'hidden']) }).optional(),
  annotations: z
    .strictObject({
      horizontal: z.array(z.strictObject({ label: z.string(), value: z.number() })),
    })
    .optional(),
});

/** The part of the documented structure of a dashboard's body that this stack uses, and no more. */
const bodySchema = z.strictObject({
  start: z.string().regex(/^-P(T\d+H|\d+[DWM])$/),
  periodOverride: z.enum(['auto', 'inherit']),
  variables: z
    .array(
      z.strictObject({
        id: z.string().max(32),
        label: z.string(),
        visible: z.boolean(),
        type: z.literal('property'),
        property: z.string(),
        inputType: z.enum(['select', 'radio', 'input']),
        search: z.string(),
        populateFrom: z.string(),
        defaultValue: z.string(),
      }),
    )
    .max(25),
  widgets: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({
          type: z.literal('text'),
          ...place,
          properties: z.strictObject({
            markdown: z.string(),
            background: z.enum(['transparent', 'solid']).optional(),
          }),
        }),
        z.strictObject({
          type: z.literal('alarm'),
          ...place,
          properties: z.strictObject({
            title: z.string(),
            alarms: z.array(z.string()).min(1).max(100),
            sortBy: z.enum(['default', 'stateUpdatedTimestamp', 'timestamp']).optional(),
          }),
        }),
        z.strictObject({ type: z.literal('metric'), ...place, properties: metricProperties }),
      ]),
    )
    .max(500),
});

type Body = z.output<typeof bodySchema>;
type Widget = Body['widgets'][number];

/** A metric as a widget names it; the dimensions' values left out. */
export interface ShownMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly string[];
}

export const metricKey = ({ namespace, name, dimensions }: ShownMetric) =>
  `${namespace} ${name} {${[...dimensions].sort().join()}}`;

/** What is wrong with a body: its structure, the grid, alarms left out or unknown, metrics unknown. */
export function dashboardFaults(
  body: unknown,
  alarms: ReadonlySet<string>,
  metrics: ReadonlySet<string>,
): string[] {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  }
  const { widgets, variables } = parsed.data;
  const shown = widgets.flatMap(shownMetrics);
  const searched = variables.flatMap(({ search }) => searches(`SEARCH('${search}', `));
  const watched = widgets.flatMap((w) => (w.type === 'alarm' ? w.properties.alarms : []));
  return [
    ...gridFaults(widgets),
    ...widgets.flatMap(expressionFaults),
    ...watched.filter((arn) => !alarms.has(arn)).map((arn) => `${arn}: no such alarm`),
    ...[...alarms].filter((arn) => !watched.includes(arn)).map((arn) => `${arn}: not shown`),
    ...[...shown, ...searched]
      .map(metricKey)
      .filter((key) => !metrics.has(key))
      .map((key) => `${key}: no such metric`),
  ];
}

/** Every metric that a widget shows, by name or by search. */
export function shownMetrics(widget: Widget): ShownMetric[] {
  if (widget.type !== 'metric') return [];
  return widget.properties.metrics.flatMap((row) => {
    const { expression } = optionsOf(row);
    if (typeof expression === 'string') return searches(expression);
    const [namespace, name, ...rest] = row.filter((part) => typeof part === 'string');
    const dimensions = rest.filter((_, i) => i % 2 === 0);
    return [{ namespace: namespace ?? '', name: name ?? '', dimensions }];
  });
}

export function allShown(body: unknown): ShownMetric[] {
  return bodySchema.parse(body).widgets.flatMap(shownMetrics);
}

function optionsOf(row: readonly unknown[]): Readonly<Record<string, unknown>> {
  const last = row.at(-1);
  return typeof last === 'object' && last !== null ? (last as Record<string, unknown>) : {};
}

function searches(expression: string): ShownMetric[] {
  const all = expression.matchAll(/SEARCH\('\{([^}]+)\} MetricName="(\w+)"'/g);
  return [...all].map(([, schema = '', name = '']) => {
    const [namespace = '', ...dimensions] = schema.split(',');
    return { namespace, name, dimensions };
  });
}

/** Words of metric math that are no ids of a widget's metrics. */
const MATH = /\b(?:SUM|RUNNING_SUM|METRICS|SEARCH)\b/g;

function expressionFaults(widget: Widget): string[] {
  if (widget.type !== 'metric') return [];
  const rows = widget.properties.metrics.map(optionsOf);
  const ids = rows.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
  const { title } = widget.properties;
  return [
    ...ids
      .filter((id, i) => ids.indexOf(id) !== i)
      .map((id) => `${title}: the id ${id} stands twice`),
    ...rows.flatMap(({ expression, ...options }) => {
      const allowed = z.strictObject(rendering).partial().safeParse(options);
      const faults = allowed.success ? [] : [`${title}: ${allowed.error.issues[0]?.message}`];
      if (typeof expression !== 'string') return faults;
      const bare = expression.replace(/'[^']*'|"[^"]*"/g, '').replace(MATH, '');
      const named = bare.match(/[A-Za-z_]\w*/g) ?? [];
      return [
        ...faults,
        ...named.filter((id) => !ids.includes(id)).map((id) => `${title}: ${id} is not defined`),
      ];
    }),
  ];
}

function gridFaults(widgets: readonly Widget[]): string[] {
  return widgets.flatMap((widget, i) => [
    ...(widget.x + widget.width > 24 ? [`widget ${i}: wider than the grid`] : []),
    ...widgets.slice(i + 1).flatMap((other, j) => {
      const overlaps =
        widget.x < other.x + other.width &&
        other.x < widget.x + widget.width &&
        widget.y < other.y + other.height &&
        other.y < widget.y + widget.height;
      return overlaps ? [`widgets ${i} and ${i + 1 + j} overlap`] : [];
    }),
  ]);
}
