import type { DecisionRecord } from '../cycle/record.ts';
import { type DecisionKind, headline, kindOf } from './headline.ts';
import { sentence, type Told } from './sentences.ts';
import {
  clockTime,
  count,
  day,
  duration,
  instances,
  listed,
  moment,
  secondsBetween,
} from './words.ts';

/** One decision as it is told. */
export interface Entry {
  /** ISO 8601. */
  readonly at: string;
  readonly headline: string;
  /** Why, in the order in which the rules spoke, and what became of it. */
  readonly sentences: readonly string[];
  readonly record: DecisionRecord;
}

/** Decisions as they are told, oldest first. */
export interface Story {
  readonly summary: string | null;
  readonly entries: readonly Entry[];
}

/** How a sentence of a moment tells another one, both in ms of the epoch. */
export type Clock = (ms: number, besideMs: number) => string;

/** A change that Application Auto Scaling did not take. */
export interface FailedChange {
  readonly at: string;
  readonly errorCode: string;
  readonly message: string;
}

/**
 * Tells decisions in plain sentences. Pure.
 * @param records of one target, oldest first
 * @param earlier records from before, for "how long ago"
 * @param clock default: the time of day, with the day where it is another one
 */
export function explain(
  records: readonly DecisionRecord[],
  earlier: readonly DecisionRecord[] = [],
  clock: Clock = moment,
): Story {
  const entries = records.map((record, i): Entry => {
    const before = [...earlier, ...records.slice(0, i)];
    const told: Told = {
      record,
      sinceScaleOutSeconds: secondsSince('out', before, record),
      sinceScaleInSeconds: secondsSince('in', before, record),
      lastErrorCode: lastErrorCode(before),
    };
    return {
      at: record.at,
      headline: headline(record),
      sentences: [
        ...record.steps.map((step) => sentence(step, told)),
        ...ending(record),
        ...arrival(record, records.slice(i + 1), clock),
      ],
      record,
    };
  });
  return { summary: summaryOf(records), entries };
}

/**
 * Tells what a look would decide, which nobody has carried out. Pure.
 * @param isDue the service carries it out when it looks the next time
 * @param registersLater the service registers a missing scalable target itself
 */
export function preview(record: DecisionRecord, isDue: boolean, registersLater: boolean): Entry {
  const told: Told = {
    record,
    sinceScaleOutSeconds: null,
    sinceScaleInSeconds: null,
    lastErrorCode: null,
    registersLater,
  };
  const due = 'The next look does so, within a minute, unless the load says otherwise by then.';
  return {
    at: record.at,
    headline: headline(record, isDue),
    sentences: [
      ...record.steps.map((step) => sentence(step, told)),
      ...(isDue ? [due] : ending(record)),
    ],
    record,
  };
}

/** A change that failed is news for this long, milliseconds. */
const FAILURE_MS = 3_600_000;

/**
 * The last change that was tried, if it failed lately: refusals that came after it do not hide it.
 * @param records of one target, oldest first
 */
export function failedChange(
  records: readonly DecisionRecord[],
  nowMs: number,
): FailedChange | undefined {
  const tried = lastTried(records);
  if (tried?.outcome.status !== 'failed') return undefined;
  const { at, outcome } = tried;
  return nowMs - Date.parse(at) <= FAILURE_MS ? { at, ...outcome } : undefined;
}

function lastTried(records: readonly DecisionRecord[]): DecisionRecord | undefined {
  return records.findLast(({ outcome: { status } }) => status === 'taken' || status === 'failed');
}

function lastErrorCode(before: readonly DecisionRecord[]): string | null {
  const outcome = lastTried(before)?.outcome;
  return outcome?.status === 'failed' ? outcome.errorCode : null;
}

/** How many decisions must be known to tell whether the last change failed. */
export const RECENT_DECISIONS = 10;

function ending({ outcome, requested, mode }: DecisionRecord): string[] {
  switch (outcome.status) {
    case 'failed':
      return [
        `It failed with ${outcome.errorCode}: ${sentenced(outcome.message)} The next look tries again.`,
      ];
    case 'dry-run':
      return requested ? [`The mode is ${mode}, so nothing was touched.`] : [];
    default:
      return [];
  }
}

function sentenced(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** A later sight than this many lead times tells when somebody looked, not when they came. */
const ARRIVAL_LEAD_TIMES = 2;

/** So often at least a target under load is looked at, milliseconds. */
const WATCHED_MS = 60_000;

/**
 * By when the instances were there, as far as later decisions show. Long after the lead time that is
 * known only where a look shortly before did not find them yet: else somebody only looked late.
 */
function arrival(record: DecisionRecord, later: readonly DecisionRecord[], clock: Clock): string[] {
  if (kindOf(record) !== 'out' || record.outcome.status !== 'taken') return [];
  const capacity = record.requested?.bounds.min ?? 0;
  const next = later.findIndex((each) => kindOf(each) === 'out' && each.outcome.status === 'taken');
  const until = next < 0 ? later : later.slice(0, next + 1);
  const seen = until.find(({ inService }) => inService >= capacity);
  if (!seen) return [];
  const [atMs, seenMs] = [Date.parse(record.at), Date.parse(seen.at)];
  const seconds = secondsBetween(atMs, seenMs);
  const { leadTimeSeconds = Number.POSITIVE_INFINITY } = record.inputs ?? {};
  if (seconds > ARRIVAL_LEAD_TIMES * leadTimeSeconds) return [];
  const are = capacity === 1 ? 'is' : 'are';
  const isWatched = until.some(({ at, inService }) => {
    const agoMs = seenMs - Date.parse(at);
    return inService < capacity && agoMs > 0 && agoMs <= WATCHED_MS;
  });
  const when = `${clock(seenMs, atMs)}, ${duration(seconds)} later, ${instances(capacity)} ${are}`;
  return isWatched || seenMs - atMs <= 1000 * leadTimeSeconds + WATCHED_MS
    ? [`By ${when} in service.`]
    : [`At ${when} seen in service; they may have come earlier.`];
}

function secondsSince(
  direction: 'out' | 'in',
  before: readonly DecisionRecord[],
  { at }: DecisionRecord,
): number | null {
  const last = before.findLast(
    ({ requested, outcome }) => requested?.direction === direction && outcome.status !== 'refused',
  );
  return last ? secondsBetween(Date.parse(last.at), Date.parse(at)) : null;
}

const isAny = (_: DecisionRecord) => true;

const ended =
  (status: DecisionRecord['outcome']['status']) =>
  ({ outcome }: DecisionRecord) =>
    outcome.status === status;

function summaryOf(records: readonly DecisionRecord[]): string | null {
  const [first, last] = [records[0], records.at(-1)];
  if (!first || !last || records.length < 2) return null;
  const number = (kind: DecisionKind, one: string, many?: string, more = '', isCounted = isAny) => {
    const found = records.filter((record) => kindOf(record) === kind && isCounted(record)).length;
    return found === 0 ? [] : [count(found, one, many) + more];
  };
  const moves = (kind: 'out' | 'in') => [
    ...number(kind, `scale-${kind}`, undefined, '', ended('taken')),
    ...number(kind, `scale-${kind}`, undefined, ' decided but not done', ended('dry-run')),
    ...number(kind, `failed scale-${kind}`, undefined, '', ended('failed')),
  ];
  const what = listed([
    ...moves('out'),
    ...moves('in'),
    ...number('held', 'change held back', 'changes held back'),
    ...number('bounds', 'return of Min or Max', 'returns of Min or Max'),
    ...number('notice', 'event noted', 'events noted'),
  ]);
  const [fromMs, toMs] = [Date.parse(first.at), Date.parse(last.at)];
  return `From ${moment(fromMs, toMs)} to ${moment(toMs, fromMs)} (${duration(secondsBetween(fromMs, toMs))}): ${what}.`;
}

/** What stood at a moment, and the decisions on both sides of it. */
export interface Surroundings {
  /** In words. */
  readonly situation: string;
  readonly records: readonly DecisionRecord[];
}

/** Decisions this near to the moment asked about belong to its story, milliseconds. */
const NEAR_MS = 300_000;

/**
 * The decisions around a moment: those near it, else the last before it and the next after it.
 * @param records of one target, oldest first
 * @param keptSinceMs what was decided before is forgotten
 */
export function around(
  records: readonly DecisionRecord[],
  atMs: number,
  keptSinceMs: number,
): Surroundings {
  const time = (record: DecisionRecord) => Date.parse(record.at);
  const before = records.findLast((record) => time(record) <= atMs);
  const after = records.find((record) => time(record) > atMs);
  const near = records.filter((record) => Math.abs(time(record) - atMs) <= NEAR_MS);
  const chosen = records.filter(
    (record) => record === before || record === after || near.includes(record),
  );
  const at = `At ${clockTime(atMs)}`;
  const parts = [
    before &&
      `the last decision before it was ${duration(secondsBetween(time(before), atMs))} earlier`,
    after && `the next came ${duration(secondsBetween(atMs, time(after)))} later`,
  ].filter((part) => part !== undefined);
  if (!before && atMs < keptSinceMs) {
    const asked = `${day(atMs)} ${clockTime(atMs)}`;
    return {
      situation: `Nothing is known of ${asked} any more: decisions are kept for two weeks.`,
      records: [],
    };
  }
  if (before && time(before) === atMs)
    return { situation: `${at} it decided this.`, records: chosen };
  const quiet =
    'A look that changes nothing, or comes to the same refusal again, leaves no record.';
  const situation =
    parts.length === 0
      ? `${at} nothing was decided, and no other decision is on record.`
      : `${at} nothing was decided: ${listed(parts)}. ${quiet}`;
  return { situation, records: chosen };
}
