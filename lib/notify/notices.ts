import { isKnown, type Kind, ruleOf } from './kinds.ts';

/** Something that the owner should know of. */
export interface Notice {
  readonly kind: Kind;
  /** What it is about in short: the same digest is the same news. */
  readonly digest: string;
  /** What is the case, and what to do, in one line. */
  readonly text: string;
  /** The same for machines. */
  readonly details: Readonly<Record<string, unknown>>;
  /** What may be over by itself is told only if it still lasts then, epoch seconds. */
  readonly dueFromSeconds?: number;
}

/** What the owner was told, or is still to be told, of one kind. */
export interface NoticeEntry {
  readonly digest: string;
  readonly toldAtSeconds: number | null;
  readonly triedAtSeconds: number;
  /** Since when it is no longer the case; null while it is. */
  readonly absentSinceSeconds: number | null;
  /** Waits to be told. */
  readonly untold: Notice | null;
}

/** What the owner was told of one target, by kind. */
export type NoticeBook = Readonly<Partial<Record<Kind, NoticeEntry>>>;

/** After a notification that could not be sent, seconds. */
const RETRY_SECONDS = 60;

/** Longer ago than anything. */
const NEVER = 0;

/**
 * Compares what is the case with what was told. Each thing is told once, again after a long time if
 * it lasts, and again when it comes back after it was gone for a while. What could not be told stays
 * in the book and is due again a minute later, whether or not it is still the case. What waited is told as it
 * is by then. What a newer version told stays as it is.
 *
 * The book must be saved before `due` is sent, under a condition, so that of two who find the same
 * only one tells it.
 */
export function noted(
  book: NoticeBook,
  present: readonly Notice[],
  nowSeconds: number,
): { readonly book: NoticeBook; readonly due: readonly Notice[] } {
  const strangers = Object.entries(book).filter(([kind]) => !isKnown(kind));
  const next: Partial<Record<Kind, NoticeEntry>> = Object.fromEntries(strangers);
  const due: Notice[] = [];
  const entered = Object.keys(book).filter(isKnown);
  const kinds = new Set([...entered, ...present.map(({ kind }) => kind)]);
  for (const kind of kinds) {
    const notice = present.find((each) => each.kind === kind);
    const entry = notice
      ? presentEntry(book[kind], notice, nowSeconds)
      : absentEntry(kind, book[kind] as NoticeEntry, nowSeconds);
    if (!entry) continue;
    const isDue = entry.untold !== null && dueAtSeconds(kind, entry) <= nowSeconds;
    if (!entry.untold || !isDue) {
      next[kind] = entry;
      continue;
    }
    const untold = inPresentWords(entry.untold, notice);
    next[kind] = { ...entry, triedAtSeconds: nowSeconds, untold };
    due.push(untold);
  }
  return { book: next, due };
}

/** The book once a notice was sent. */
export function told(book: NoticeBook, { kind }: Notice, nowSeconds: number): NoticeBook {
  const entry = book[kind];
  return entry ? { ...book, [kind]: { ...entry, untold: null, toldAtSeconds: nowSeconds } } : book;
}

function presentEntry(
  entry: NoticeEntry | undefined,
  notice: Notice,
  nowSeconds: number,
): NoticeEntry {
  const { digest, kind } = notice;
  const fresh = { digest, untold: notice, triedAtSeconds: NEVER, absentSinceSeconds: null };
  if (!entry) return { ...fresh, toldAtSeconds: null };
  const { repeatSeconds, gapSeconds, isMomentary } = ruleOf(kind);
  const here = { ...entry, absentSinceSeconds: null };
  const isOther = digest !== entry.digest;
  if (entry.untold) return isOther ? { ...here, digest, untold: notice } : here;
  const sinceTold = nowSeconds - (entry.toldAtSeconds ?? NEVER);
  // What lasts will be there when the gap is over; a moment must be kept.
  const isNews = isOther && (isMomentary || sinceTold >= gapSeconds);
  const isDue = isNews || isCleared(kind, entry, nowSeconds) || sinceTold >= repeatSeconds;
  return isDue ? { ...here, ...fresh } : here;
}

/**
 * What waited, as it is now. It is not kept up to date while it waits: the book would be saved at every look for
 * a number that moves.
 */
function inPresentWords(untold: Notice, present: Notice | undefined): Notice {
  if (present?.digest !== untold.digest) return untold;
  const { text, details } = present;
  return { ...untold, text, details };
}

/** Undefined once there is nothing left to remember. */
function absentEntry(kind: Kind, entry: NoticeEntry, nowSeconds: number): NoticeEntry | undefined {
  const isOver = (entry.untold?.dueFromSeconds ?? NEVER) > nowSeconds;
  if (isOver && entry.toldAtSeconds === null) return undefined;
  // What was over before it was told of never was: it is news whenever it comes back.
  const absentSinceSeconds = isOver ? NEVER : (entry.absentSinceSeconds ?? nowSeconds);
  const absent = { ...entry, untold: isOver ? null : entry.untold, absentSinceSeconds };
  const isGapOver = nowSeconds - (entry.toldAtSeconds ?? NEVER) >= ruleOf(kind).gapSeconds;
  return isCleared(kind, absent, nowSeconds) && isGapOver && !absent.untold ? undefined : absent;
}

/** True when it was gone for so long that its return is news. */
function isCleared(kind: Kind, { absentSinceSeconds }: NoticeEntry, nowSeconds: number): boolean {
  if (absentSinceSeconds === null) return false;
  return nowSeconds - absentSinceSeconds >= ruleOf(kind).clearSeconds;
}

function dueAtSeconds(kind: Kind, { toldAtSeconds, triedAtSeconds, untold }: NoticeEntry): number {
  const gapEnds = (toldAtSeconds ?? NEVER) + ruleOf(kind).gapSeconds;
  return Math.max(triedAtSeconds + RETRY_SECONDS, gapEnds, untold?.dueFromSeconds ?? NEVER);
}
