import { LoadCounter, type Outcome, type Request } from '../../client/load-counter.ts';

export const BOUNDS = { mostTallies: 6000, mostLanes: 100 };

export const SECOND = 1000;

/** One request: from, to (milliseconds), how it ends. */
export type Span = readonly [fromMs: number, toMs: number, outcome?: Outcome];

/** Plays requests to a counter in the order of time, and takes all that it counted. */
export function play(
  spans: readonly Span[],
  counter = new LoadCounter(BOUNDS, 'v'),
  untilMs = Math.max(...spans.map(([, to]) => to)),
) {
  const requests = new Map<Span, Request>();
  const moments = spans.flatMap((span) => [
    {
      atMs: span[0],
      order: 0,
      run: () => requests.set(span, counter.begin('e', undefined, span[0])),
    },
    {
      atMs: span[1],
      order: 1,
      run: () => counter.end(requests.get(span) as Request, span[2] ?? 'served', span[1]),
    },
  ]);
  moments.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  for (const { run } of moments) run();
  return counter.take(Math.floor(untilMs / SECOND) + 1, untilMs);
}

export const sum = (
  records: ReturnType<typeof play>,
  what: 'arrivals' | 'busyMs' | 'errors' | 'throttles',
) => records.reduce((total, record) => total + record[what], 0);
