import { loadText } from '../../lib/operate/signal-words.ts';
import type { DetailedStatus, TargetStatus } from '../../lib/operate/status.ts';
import { amount, duration, moment } from '../../lib/operate/words.ts';
import { table } from '../table.ts';
import { printEntry } from './explain-text.ts';
import { fitted, type Printer } from './print.ts';
import type { Output } from './surroundings.ts';

const HEADER = [
  'target',
  'mode',
  'load',
  'demand',
  'capacity',
  'Min–Max',
  'yours',
  'lease',
  'signal',
  'last decision (UTC)',
];

/** What a narrow terminal can do without, the first first. */
const SPARED = ['signal', 'load', 'yours', 'demand'];

/** One line a target. */
export function statusTable(statuses: readonly TargetStatus[], nowMs: number): string {
  return tableOf(
    HEADER,
    statuses.map((status) => row(status, nowMs)),
  );
}

/** {@link statusTable} where there is room for it; else with fewer columns, and the last decision below each target. */
export function statusTableFor(
  output: Output,
  statuses: readonly TargetStatus[],
  nowMs: number,
): string {
  const fits = (text: string) => fitted(text, output) === text;
  const whole = statusTable(statuses, nowMs);
  if (fits(whole)) return whole;
  const rows = statuses.map((status) => row(status, nowMs));
  const decisions = rows.map((cells) => cells.at(-1) as string);
  const without = (spared: number) => {
    const shown = HEADER.slice(0, -1).map((name) => !SPARED.slice(0, spared).includes(name));
    const some = (cells: readonly string[]) => cells.filter((_, column) => shown[column]);
    return tableOf(some(HEADER), rows.map(some));
  };
  const narrow = SPARED.map((_, spared) => without(spared)).find(fits) ?? without(SPARED.length);
  const [header, rule, ...lines] = narrow.split('\n');
  const below = lines.flatMap((line, i) => [
    line,
    ...(decisions[i] === '–' ? [] : [`  ${decisions[i]}`]),
  ]);
  return fitted([header, rule, ...below].join('\n'), output);
}

function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return table(header, rows, ['mode', 'lease', 'signal', 'last decision (UTC)']);
}

function row(status: TargetStatus, nowMs: number): string[] {
  const { signal, load, demand, capacity, bounds, baseline, lease, lastDecision } = status;
  const range = (pair: TargetStatus['bounds']) => (pair ? `${pair.min}–${pair.max}` : '–');
  return [
    status.target,
    status.mode,
    load && signal ? loadText(load.value, signal.unit) : '–',
    demand === null ? '–' : amount(demand),
    capacity ? capacityText(capacity) : '–',
    range(bounds),
    range(baseline),
    leaseText(lease),
    signal?.kind ?? '–',
    lastDecision ? `${moment(Date.parse(lastDecision.at), nowMs)} ${lastDecision.headline}` : '–',
  ];
}

/** `3`, or `3 → 12` while it changes. */
function capacityText({ inService, desired }: { inService: number; desired: number }): string {
  return inService === desired ? String(inService) : `${inService} → ${desired}`;
}

function leaseText(lease: TargetStatus['lease']): string {
  if (!lease) return '–';
  return lease.secondsLeft > 0
    ? `${duration(lease.secondsLeft)} left`
    : `over for ${duration(-lease.secondsLeft)}`;
}

/** What needs attention, each with what mends it. */
export function printAttention(
  printer: Printer,
  statuses: readonly Pick<TargetStatus, 'target' | 'attention'>[],
): void {
  for (const { target, attention } of statuses) {
    for (const { what, fix } of attention) {
      printer.line();
      printer.line(`${printer.paint('yellow', '!')} ${target}`);
      printer.paragraph(what, '  ');
      printer.line(`  ${printer.paint('dim', 'fix:')} ${fix}`);
    }
  }
}

/** Everything about one target. */
export function printDetail(printer: Printer, status: DetailedStatus, nowMs: number): void {
  const { signal, load, demand, capacity, bounds, baseline, lease, detail } = status;
  const at = (iso: string) => `${moment(Date.parse(iso), nowMs)} UTC`;
  const line = (label: string, text: string) =>
    printer.line(`  ${printer.paint('dim', label.padEnd(14))}${text}`);
  printer.line(printer.paint('bold', status.target));
  line('endpoint', status.endpointStatus ?? 'does not exist');
  line('mode', detail.mutedUntil ? `${status.mode} until ${at(detail.mutedUntil)}` : status.mode);
  line('signal', signal ? signalText(signal) : 'none: the load cannot be measured');
  if (load && signal)
    line('load', `${loadText(load.value, signal.unit)}, ten seconds from ${at(load.at)}`);
  line('demand', demand === null ? 'not known' : `${amount(demand)} instances`);
  line(
    'capacity',
    capacity ? `${capacity.inService} in service, ${capacity.desired} asked for` : 'not known',
  );
  line('Min–Max', bounds ? `${bounds.min}–${bounds.max}` : 'no scalable target');
  if (baseline) line('yours', `${baseline.min}–${baseline.max}`);
  line(
    'lease',
    lease
      ? `${leaseText(lease)}, until ${at(lease.until)}; then ${lease.restores.min}–${lease.restores.max}`
      : 'none: Min and Max are yours',
  );
  for (const { source, from, until, atLeast, atMost, isInForce } of detail.windows) {
    const wants = [
      ...(atLeast === null ? [] : [`at least ${atLeast}`]),
      ...(atMost === null ? [] : [`at most ${atMost}`]),
    ];
    const when = `${at(from)} to ${at(until)}${isInForce ? ', in force' : ''}`;
    line(source === 'prewarm' ? 'prewarm' : 'window', `${wants.join(', ')}: ${when}`);
  }
  if (detail.spending) line('spent today', spendingText(detail.spending));
  line('last look', status.lookedAt ? at(status.lookedAt) : 'never');
  if (detail.learned) {
    const { leadTimeSeconds, metricLagSeconds, reversals } = detail.learned;
    const leadTime =
      leadTimeSeconds === null ? 'not measured yet' : `${duration(leadTimeSeconds)}, measured`;
    line('lead time', leadTime);
    line('metric lag', `${metricLagSeconds} s`);
    if (reversals > 0) line('reversals', `${reversals}: capacity given away was needed again soon`);
  }
  if (detail.tuning) printTuning(line, detail.tuning, at);
  if (detail.config.length > 0) {
    printer.line();
    printer.line(`  ${printer.paint('bold', 'Configuration')}`);
  }
  for (const { key, value, source } of detail.config) {
    const shown = JSON.stringify(value);
    const from = source === 'built-in' ? printer.paint('dim', source) : source;
    printer.line(`  ${key.padEnd(24)}${shown.padEnd(15)} ${from}`);
  }
  for (const note of detail.notes) {
    printer.line();
    printer.paragraph(note, '  ');
  }
  if (detail.now) {
    printer.line();
    printer.line(`  ${printer.paint('bold', 'A look at this moment')}`);
    printEntry(printer, detail.now, '  ');
  }
  printAttention(printer, [status]);
}

function spendingText({
  spentInstanceHours,
  maxInstanceHoursPerDay,
  accountSpentUntil,
}: NonNullable<DetailedStatus['detail']['spending']>): string {
  const of = maxInstanceHoursPerDay === null ? '' : ` of ${maxInstanceHoursPerDay}`;
  const account = accountSpentUntil ? '; the account has spent its budget of the day' : '';
  return `${amount(spentInstanceHours)}${of} instance-hours (UTC)${account}`;
}

function signalText({
  kind,
  metric,
  statistic,
  targetPerInstance,
  unit,
}: NonNullable<TargetStatus['signal']>): string {
  return `${kind} (${statistic} of ${metric}), ${loadText(targetPerInstance, unit)} for an instance`;
}

function printTuning(
  line: (label: string, text: string) => void,
  { rules, since }: NonNullable<DetailedStatus['detail']['tuning']>,
  at: (iso: string) => string,
): void {
  line(
    'tuning',
    `an instance is asked for by how much it would be used, scored since ${at(since)}`,
  );
  for (const rule of rules) {
    const { fromInstance: from, toInstance: to, memorySeconds, askAbove, giveBelow } = rule;
    const range = to === null ? `${from} and up` : to === from ? `${from}` : `${from}–${to}`;
    const reflexes = [
      ...(rule.jumps ? ['taken at once in a surge'] : []),
      ...(rule.drops ? ['given back at once in a calm'] : []),
    ];
    const every = rule.recursEverySeconds;
    if (every !== null) {
      line('', `instance ${range}: ahead of a load that comes again every ${duration(every)}`);
      continue;
    }
    const use = `in above ${percent(askAbove)}, out below ${percent(giveBelow)} of ${duration(memorySeconds)}`;
    line('', [`instance ${range}: ${use}`, ...reflexes].join(', '));
  }
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
