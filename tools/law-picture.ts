// Draws what the control law asks of every instance: the last hour of a wandering load, and how much each
// level was used beside what its rule asks for. Everything in it comes from a run of the production decide().
import { bandOf } from '../lib/control/bands.ts';
import { ruleOf } from '../lib/control/in-use.ts';
import { worthwhileUse } from '../lib/control/rules.ts';
import type { Tuning } from '../lib/control/types.ts';
import { useOfBand } from '../lib/control/use.ts';
import { WINDOW_SECONDS, type Workload, workloadOf } from '../simulator/bench/workload.ts';
import { type Outcome, runPolicy, USUAL_PLANT } from '../simulator/bench/world.ts';
import { generateLoad } from '../simulator/load/scenarios.ts';
import { fastScaler } from '../simulator/scalers/fast-scaler.ts';

const SCENARIO = 'noise';
const SEED = 1;
const PEAK_INSTANCES = 14;
const RISK_PRICE = 10;
const LEAD_TIME_SECONDS = 180;
const SHOWN_SECONDS = 3600;

const TITLE = 'Demand, the capacity that followed it, and how much each instance is used';

const LEVELS = PEAK_INSTANCES + 2;
const ROW = 24;
const TOP = 64;
const LEFT = 56;
const TIMELINE = 620;
const BARS_LEFT = 724;
const BARS = 220;
const WIDTH = 1010;
const BOTTOM = TOP + LEVELS * ROW;
const HEIGHT = BOTTOM + 76;

/** The bars are drawn by the root of use, so that the small ones can be told apart. */
const barWidth = (use: number) => BARS * Math.sqrt(Math.min(use, 1));

/** Colours that are told apart by everybody, on the white that the picture brings with it. */
const COLOUR = {
  inService: '#b9d4ee',
  starting: '#e9f1f9',
  demand: '#1d3557',
  unserved: '#d1495b',
  use: '#7fa8d1',
  ask: '#2a7f3f',
  give: '#b5651d',
  text: '#222222',
  line: '#d0d0d0',
} as const;

interface Span {
  readonly from: number;
  readonly to: number;
  readonly desired: number;
  readonly inService: number;
}

/** The picture as SVG, the same every time. */
export function lawPicture(): string {
  const workload = workloadOf(generateLoad(SCENARIO, SEED), PEAK_INSTANCES);
  const tunings: Tuning[] = [];
  const policy = fastScaler({
    onLook: (_, { state }) => {
      if (state.tuning) tunings.push(state.tuning);
    },
  });
  const world = { ...USUAL_PLANT, leadTimeSeconds: LEAD_TIME_SECONDS, riskPrice: RISK_PRICE };
  const outcome = runPolicy(workload, policy, world);
  const parts = [...timeline(workload, outcome), ...bars(tunings.at(-1) as Tuning), ...axes()];
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="${COLOUR.text}">`,
    `<title>${TITLE}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
  ].join('\n')}\n`;
}

const y = (instances: number) => round(BOTTOM - Math.min(instances, LEVELS) * ROW);

function timeline(workload: Workload, outcome: Outcome): string[] {
  const start = workload.seconds - SHOWN_SECONDS;
  const x = (second: number) =>
    round(LEFT + (Math.max(second - start, 0) / SHOWN_SECONDS) * TIMELINE);
  const shown = spans(workload, outcome).filter(({ to }) => to > start);
  const box = (from: number, to: number, low: number, high: number, fill: string) =>
    high > low
      ? `<rect x="${x(from)}" y="${y(high)}" width="${round(x(to) - x(from))}" height="${round(y(low) - y(high))}" fill="${fill}" shape-rendering="crispEdges"/>`
      : '';
  const unserved: string[] = [];
  let path = '';
  for (let at = start; at < workload.seconds; at += WINDOW_SECONDS) {
    const demand = workload.demand[at / WINDOW_SECONDS] as number;
    const end = at + WINDOW_SECONDS;
    for (const span of shown) {
      const [from, to] = [Math.max(span.from, at), Math.min(span.to, end)];
      if (to > from) unserved.push(box(from, to, span.inService, demand, COLOUR.unserved));
    }
    path += `${path ? 'L' : 'M'}${x(at)} ${y(demand)}H${x(end)}`;
  }
  return [
    ...shown.flatMap(({ from, to, desired, inService }) => [
      box(from, to, 0, inService, COLOUR.inService),
      box(from, to, inService, desired, COLOUR.starting),
    ]),
    ...unserved,
    `<path d="${path}" fill="none" stroke="${COLOUR.demand}" stroke-width="1.5"/>`,
  ].filter((part) => part !== '');
}

/** Capacity between one change and the next, and between a request and its landing. */
function spans({ seconds, initialCapacity }: Workload, { changes }: Outcome): Span[] {
  const list: Span[] = [];
  let [at, desired, inService] = [0, initialCapacity, initialCapacity];
  const until = (to: number) => {
    if (to > at) list.push({ from: at, to, desired, inService });
    at = to;
  };
  for (const change of changes) {
    until(change.atSeconds);
    desired = change.to;
    if (change.to > change.from) until(Math.min(at + LEAD_TIME_SECONDS, seconds));
    inService = desired;
  }
  until(seconds);
  return list;
}

function bars(tuning: Tuning): string[] {
  return Array.from({ length: LEVELS }, (_, level) => {
    const band = bandOf(level);
    const rule = ruleOf(tuning, level);
    const use = useOfBand(tuning.use, rule.memory, band);
    const top = y(level + 1);
    const tick = (times: number, colour: string) => {
      const at = round(BARS_LEFT + barWidth(worthwhileUse(times, RISK_PRICE)));
      return `<path d="M${at} ${top + 2}v${ROW - 4}" stroke="${colour}" stroke-width="3"/>`;
    };
    return [
      `<rect x="${BARS_LEFT}" y="${top + 5}" width="${round(barWidth(use))}" height="${ROW - 10}" fill="${COLOUR.use}"/>`,
      tick(rule.giveBelow, COLOUR.give),
      tick(rule.askAbove, COLOUR.ask),
      `<text x="${BARS_LEFT + BARS + 8}" y="${top + 16}">${percent(use)}</text>`,
    ].join('');
  });
}

function axes(): string[] {
  const grid = Array.from({ length: LEVELS + 1 }, (_, level) => {
    const line = `<path d="M${LEFT} ${y(level)}H${LEFT + TIMELINE}M${BARS_LEFT} ${y(level)}h${BARS}" stroke="${COLOUR.line}" stroke-width="0.5"/>`;
    const label = `<text x="${LEFT - 8}" y="${y(level) + 4}" text-anchor="end">${level}</text>`;
    return level % 2 === 0 ? line + label : line;
  });
  const minutes = [0, 15, 30, 45, 60].map((minute) => {
    const at = round(LEFT + (minute / 60) * TIMELINE);
    return `<text x="${at}" y="${BOTTOM + 18}" text-anchor="middle">${minute} min</text>`;
  });
  const uses = [0.01, 0.1, 0.5, 1].map((use) => {
    const at = round(BARS_LEFT + barWidth(use));
    return `<text x="${at}" y="${BOTTOM + 18}" text-anchor="middle">${percent(use)}</text>`;
  });
  const breakEven = round(BARS_LEFT + barWidth(1 / RISK_PRICE));
  return [
    ...grid,
    ...minutes,
    ...uses,
    `<path d="M${breakEven} ${TOP}V${BOTTOM}" stroke="${COLOUR.text}" stroke-dasharray="3 3"/>`,
    `<text x="${breakEven}" y="${TOP - 8}" text-anchor="middle">1 / riskPrice</text>`,
    `<text x="${LEFT}" y="24" font-size="15" font-weight="bold">An hour of demand, and the capacity it was worth</text>`,
    `<text x="${LEFT - 44}" y="${TOP - 12}">instances</text>`,
    `<text x="${BARS_LEFT}" y="24" font-size="15" font-weight="bold">How much each is used of late</text>`,
    ...legend(),
  ];
}

function legend(): string[] {
  const entries: readonly (readonly [left: number, colour: string, words: string])[] = [
    [LEFT, COLOUR.inService, 'in service'],
    [LEFT + 100, COLOUR.starting, 'asked for, starting'],
    [LEFT + 252, COLOUR.demand, 'demand'],
    [LEFT + 338, COLOUR.unserved, 'unserved'],
    [BARS_LEFT, COLOUR.ask, 'asked for above'],
    [BARS_LEFT + 124, COLOUR.give, 'given back below'],
  ];
  return entries.map(
    ([left, colour, words]) =>
      `<rect x="${left}" y="${BOTTOM + 42}" width="14" height="12" fill="${colour}"/><text x="${left + 20}" y="${BOTTOM + 52}">${words}</text>`,
  );
}

function percent(use: number): string {
  const hundredths = 100 * use;
  return `${hundredths > 0 && hundredths < 9.5 ? hundredths.toFixed(1).replace('.0', '') : Math.round(hundredths)} %`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
