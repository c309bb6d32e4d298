// What the service costs, by the calls that its functions make in the embedded account in a day, and
// AWS's list prices. Prints the tables; writes them into docs/cost.md when asked to (`--write`).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { number } from '../cli/options.ts';
import { runTool, tool } from '../cli/tool.ts';
import { combined, usageOfDay } from '../simulator/scale/day.ts';
import type { Usage, UsageName } from '../simulator/scale/usage.ts';
import { HOURS_A_MONTH, INSTANCE_HOUR, PRICES, type Price, STANDING } from './prices.ts';

/** Hours of a day in which a target is hot, as docs/cost.md has it. */
export const HOT_HOURS = 2;

const DAYS_A_MONTH = HOURS_A_MONTH / 24;

/** Fleets that the last table is about. */
const FLEETS = [1, 10, 100, 500];

/**
 * Lambda asks an empty queue too: five pollers, twenty seconds a question (AWS docs, "Using Lambda
 * with Amazon SQS").
 */
const POLLS_A_DAY = 5 * 3 * 60 * 24;

/** Dollars a month, by what they are for. */
export type Bill = ReadonlyMap<string, number>;

/** What the service costs in a month. */
export interface Cost {
  readonly hotHours: number;
  /** Of the stack. */
  readonly fixed: Bill;
  /** Of a target, by the hour of the day that it spends at rest and hot. */
  readonly rest: Bill;
  readonly hot: Bill;
}

/** Counts three days: of one target, of two, and of one that is hot for some hours. */
export async function measuredCost(hotHours: number): Promise<Cost> {
  const one = await usageOfDay(1, 0);
  const two = await usageOfDay(2, 0);
  const busy = await usageOfDay(1, hotHours);
  const less = (a: Usage, b: Usage) => combined(a, b, (x, y) => Math.max(0, x - y));
  const target = less(two, one);
  const stack = less(one, target);
  const polled = { ...stack, queueRequests: stack.queueRequests + POLLS_A_DAY };
  const alarm = [STANDING.highResolutionAlarm.what, STANDING.highResolutionAlarm.dollars] as const;
  return {
    hotHours,
    fixed: new Map([
      ...billOf(polled),
      [STANDING.alarm.what, STANDING.alarm.dollars * count('AWS::CloudWatch::Alarm')],
      [STANDING.dashboard.what, STANDING.dashboard.dollars * count('AWS::CloudWatch::Dashboard')],
      [STANDING.key.what, STANDING.key.dollars * count('AWS::KMS::Key')],
    ]),
    rest: new Map([...billOf(target), alarm]),
    hot: new Map([...billOf(combined(target, less(busy, one), (a, b) => a + b)), alarm]),
  };
}

function billOf(day: Usage): Bill {
  return new Map(
    (Object.keys(PRICES) as UsageName[]).map((name) => {
      const { what, units, dollars } = PRICES[name];
      return [what, (day[name] / units) * dollars * DAYS_A_MONTH];
    }),
  );
}

/** How many resources of a type the stack has. */
function count(type: string): number {
  const folder = join(ROOT, 'resources');
  const text = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  return text.join('\n').split(`Type: ${type}\n`).length - 1;
}

const total = (bill: Bill) => [...bill.values()].reduce((sum, dollars) => sum + dollars, 0);

/** The tables, as Markdown. */
export function costTables(cost: Cost): string {
  const { fixed, rest, hot, hotHours } = cost;
  const names = [...new Set([...rest.keys(), ...fixed.keys()])];
  const of = (bill: Bill, name: string) => dollars(bill.get(name) ?? 0);
  const rows = names
    .sort(
      (a, b) => (hot.get(b) ?? 0) - (hot.get(a) ?? 0) || (fixed.get(b) ?? 0) - (fixed.get(a) ?? 0),
    )
    .map((name) => `| ${name} | ${of(rest, name)} | ${of(hot, name)} | ${of(fixed, name)} |`);
  const hours = (bill: Bill) => (total(bill) / INSTANCE_HOUR.dollars).toFixed(1);
  const fleets = FLEETS.map((targets) => {
    const month = total(fixed) + targets * total(hot);
    return `| ${targets} | ${dollars(month)} | ${dollars(month / targets)} |`;
  });
  const prices: readonly Price[] = [...Object.values(PRICES), ...Object.values(STANDING)];
  return [
    '| US dollars a month | a target at rest | a target hot for ' +
      `${hotHours} h a day | the stack |`,
    '| --- | ---: | ---: | ---: |',
    ...rows,
    `| **all** | **${dollars(total(rest))}** | **${dollars(total(hot))}** | **${dollars(total(fixed))}** |`,
    `| in hours of one ${INSTANCE_HOUR.type} | ${hours(rest)} | ${hours(hot)} | ${hours(fixed)} |`,
    '',
    `An hour in which a target is hot costs ${(((total(hot) - total(rest)) / (hotHours * DAYS_A_MONTH)) * 100).toFixed(2)} cents.`,
    '',
    `| targets, each hot for ${hotHours} h a day | US dollars a month | for each target |`,
    '| ---: | ---: | ---: |',
    ...fleets,
    '',
    '| price (us-east-1) | US dollars | per | source |',
    '| --- | ---: | --- | --- |',
    ...prices.map(
      ({ what, per, dollars: price, source }) => `| ${what} | ${price} | ${per} | <${source}> |`,
    ),
    `| SageMaker: ${INSTANCE_HOUR.type}, real-time | ${INSTANCE_HOUR.dollars} | hour | <${INSTANCE_HOUR.source}> |`,
  ].join('\n');
}

/** From a hundred dollars on, cents say more than was measured. */
function dollars(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 0.005 ? value.toFixed(2) : value > 0 ? '< 0.01' : '0';
}

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'docs/cost.md');
const [BEGIN, END] = ['<!-- npm run cost -->', '<!-- end -->'];

/** The tables that stand in docs/cost.md. */
export function writtenTables(): string {
  const text = readFileSync(PAGE, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no lines "${BEGIN}" and "${END}".`);
  return text.slice(from + BEGIN.length, to).trim();
}

interface Flags {
  readonly hotHours: number;
  readonly write?: boolean;
}

async function main({ hotHours, write }: Flags): Promise<void> {
  const tables = costTables(await measuredCost(hotHours));
  console.log(tables);
  if (!write) return;
  const text = readFileSync(PAGE, 'utf8');
  const standing = `${BEGIN}\n\n${writtenTables()}`.trim();
  writeFileSync(
    PAGE,
    text.replace(standing, () => `${BEGIN}\n\n${tables}`),
  );
}

if (import.meta.main) {
  const hours = number('a number above 0 and up to 12', (value) => value > 0 && value <= 12);
  const program = tool('cost', 'What the service costs in a month, at AWS’s list prices.')
    .option('--hot-hours <n>', 'hours of a day in which a target is hot', hours, HOT_HOURS)
    .option('--write', 'write the tables into docs/cost.md as well');
  await runTool(program, main);
}
