import { bandsFor, middleOf, partUsed } from './bands.ts';
import { DAY_SECONDS } from './budget.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';
import { worthwhileUse } from './rules.ts';

/** Parts of a day that are told apart, seconds. */
export const SLOT_SECONDS = 900;
export const SLOTS_PER_DAY = DAY_SECONDS / SLOT_SECONDS;

/** Part of a slot's windows that must have data for it to be known. */
const COVERAGE = 0.8;

/** How much more than it must an instance be used in a slot to be expected there: as the most reluctant rule asks. */
const TIMES_WORTHWHILE = 2;

/** Bands are written as one character each, so that a week fits into a kilobyte. */
const BANDS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const UNKNOWN = '-';

/** What the slots of a target's last days were worth. */
export interface Days {
  readonly riskPrice: number;
  /** Midnight UTC of the day under way. */
  readonly daySeconds: number;
  /**
   * By day, oldest first and the one under way last: a character for each slot that is over, the bands of
   * instances that were worth having.
   */
  readonly days: readonly string[];
}

/** Writes down the slots that are over by the newest of `points`. */
export function withSlots<Known extends Days>(known: Known, points: readonly DemandPoint[]): Known {
  const newest = points.at(-1);
  if (!newest) return known;
  const isOver = (slot: number) =>
    (slot + 1) * SLOT_SECONDS <= newest.startSeconds + WINDOW_SECONDS;
  const days = known.days.map((text, i) => {
    const daySeconds = known.daySeconds - (known.days.length - 1 - i) * DAY_SECONDS;
    const firstSlot = daySeconds / SLOT_SECONDS;
    let written = text;
    while (written.length < SLOTS_PER_DAY && isOver(firstSlot + written.length)) {
      const from = daySeconds + written.length * SLOT_SECONDS;
      const bands = bandsWorthHaving(points, from, known.riskPrice);
      written += bands === null ? UNKNOWN : BANDS[bands];
    }
    return written;
  });
  return { ...known, days };
}

/** Bands that were worth having in a slot since 1970; null: it is not known. */
export function bandsIn({ days, daySeconds }: Days, slot: number): number | null {
  const day = Math.floor(slot / SLOTS_PER_DAY);
  const back = daySeconds / DAY_SECONDS - day;
  const character = days.at(-1 - back)?.[slot - day * SLOTS_PER_DAY] ?? UNKNOWN;
  return character === UNKNOWN ? null : BANDS.indexOf(character);
}

/** Instances of so many bands; of a wide one it is not known how much of it was worth having. */
export function instancesOf(bands: number): number {
  return bands === 0 ? 0 : Math.ceil(middleOf(bands - 1));
}

/** Slots since 1970 from a moment on, as far as a span reaches. */
export function slotsOf(fromSeconds: number, spanSeconds: number): number[] {
  const first = Math.floor(fromSeconds / SLOT_SECONDS);
  const last = Math.floor((fromSeconds + spanSeconds) / SLOT_SECONDS);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Bands whose use in a slot was worth their money; null: too few windows have data. */
function bandsWorthHaving(
  points: readonly DemandPoint[],
  fromSeconds: number,
  riskPrice: number,
): number | null {
  const demands = points
    .filter(({ startSeconds: at }) => at >= fromSeconds && at < fromSeconds + SLOT_SECONDS)
    .map(({ demand }) => demand);
  if (demands.length < (COVERAGE * SLOT_SECONDS) / WINDOW_SECONDS) return null;
  const isWorthIt = (band: number) =>
    demands.reduce((used, demand) => used + partUsed(band, demand), 0) / demands.length >
    worthwhileUse(TIMES_WORTHWHILE, riskPrice);
  let bands = bandsFor(Math.max(...demands));
  while (bands > 0 && !isWorthIt(bands - 1)) bands -= 1;
  return bands;
}
