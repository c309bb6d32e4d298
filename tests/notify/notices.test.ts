import { describe, expect, it } from 'vitest';
import { KINDS, type Kind } from '../../lib/notify/kinds.ts';
import { type Notice, type NoticeBook, noted, told } from '../../lib/notify/notices.ts';

const START = 1_800_000_000;
const KIND = 'scaled-to-ceiling';
const RULE = KINDS[KIND];

function notice(digest = 'a', kind: Kind = KIND): Notice {
  return { kind, digest, text: `about ${digest}`, details: { digest } };
}

/** A book as it comes out of the table, and what was told so far. */
class Teller {
  #book: NoticeBook = {};
  readonly told: [atSeconds: number, digest: string][] = [];
  readonly texts: string[] = [];

  /** One look. */
  look(atSeconds: number, present: readonly Notice[], isPublished = true): this {
    const nowSeconds = START + atSeconds;
    const { book, due } = noted(this.#stored, present, nowSeconds);
    this.#book = book;
    for (const each of due) {
      if (!isPublished) continue;
      this.told.push([atSeconds, each.digest]);
      this.texts.push(each.text);
      this.#book = told(this.#book, each, nowSeconds);
    }
    return this;
  }

  /** Nothing of the process survives. */
  get #stored(): NoticeBook {
    return JSON.parse(JSON.stringify(this.#book));
  }

  get kinds(): string[] {
    return Object.keys(this.#book);
  }

  get text(): string {
    return JSON.stringify(this.#book);
  }
}

it('what a newer version told is left as it is', () => {
  const entry = {
    digest: 'a',
    toldAtSeconds: START,
    triedAtSeconds: START,
    absentSinceSeconds: null,
    untold: null,
  };
  const book = { 'moon-in-the-way': entry } as NoticeBook;
  expect(noted(book, [], START + 864_000)).toEqual({ book, due: [] });
});

it('what an owner did on purpose is not told again while it lasts', () => {
  const suspended = notice('scheduled', 'scaling-suspended');
  const teller = new Teller();
  for (let day = 0; day < 30; day += 1) teller.look(day * 86_400, [suspended]);
  expect(teller.told).toEqual([[0, 'scheduled']]);
});

describe('a thing that may be over by itself', () => {
  const until = (seconds: number) => ({
    ...notice('problem', 'blind'),
    dueFromSeconds: START + seconds,
  });

  it('is told when it has lasted, by the first sight of it', () => {
    const teller = new Teller();
    for (let at = 0; at < 3600; at += 60) teller.look(at, [until(at + 1800)]);
    expect(teller.told).toEqual([[1800, 'problem']]);
  });

  it('is told of though it is over in the very moment in which it has lasted', () => {
    const teller = new Teller().look(0, [until(1800)]).look(1800, []);
    expect(teller.told).toEqual([[1800, 'problem']]);
  });

  it('is forgotten when it is over before, though it could not be told of then', () => {
    const teller = new Teller().look(0, [until(1800)]).look(1740, []);
    expect(teller.kinds).toEqual([]);
    teller.look(1800, [until(3600)]).look(3540, [until(5340)]);
    expect(teller.told).toEqual([]);
  });

  it('is news again though it was gone for a moment only, where something was told of not long before', () => {
    const teller = new Teller();
    for (let at = 0; at <= 1800; at += 60) teller.look(at, [until(1800)]);
    for (let at = 1860; at <= 2400; at += 60) teller.look(at, []);
    for (let at = 2460; at <= 3000; at += 60) teller.look(at, [until(at + 1800)]);
    teller.look(3060, []).look(3120, []);
    for (let at = 3180; at <= 9000; at += 60) teller.look(at, [until(at + 1800)]);
    expect(teller.told).toEqual([
      [1800, 'problem'],
      [5400, 'problem'],
    ]);
  });

  it('is still told of afterwards where it lasted and only the telling failed', () => {
    const teller = new Teller().look(0, [until(1800)]).look(1800, [until(3600)], false);
    expect(teller.look(1860, []).told).toEqual([[1860, 'problem']]);
  });
});

describe('what waited', () => {
  const worded = (text: string, dueAt: number) => ({
    ...notice('problem', 'blind'),
    text,
    details: { text },
    dueFromSeconds: START + dueAt,
  });

  it('is told as it is by then, and the book is not written for its words before', () => {
    const teller = new Teller().look(0, [worded('set a target', 1800)]);
    const { text } = teller;
    expect(teller.look(600, [worded('send requests', 2400)]).text).toBe(text);
    teller.look(1800, [worded('send requests', 3600)]);
    expect(teller.texts).toEqual(['send requests']);
  });

  it('is told in the words of the last attempt where it is over by the next', () => {
    const teller = new Teller().look(0, [worded('set a target', 1800)]);
    teller.look(1800, [worded('send requests', 3600)], false).look(1860, []);
    expect(teller.texts).toEqual(['send requests']);
  });
});

describe('a thing that lasts', () => {
  it('is told once by a loop of ten seconds, and writes the book only when it is told', () => {
    const teller = new Teller();
    const texts = new Set<string>();
    for (let at = 0; at < 3600; at += 10) texts.add(teller.look(at, [notice()]).text);
    expect(teller.told).toEqual([[0, 'a']]);
    expect(texts.size).toBe(1);
  });

  it.each([
    ['a second before the repetition', RULE.repeatSeconds - 1, 1],
    ['at the repetition', RULE.repeatSeconds, 2],
  ])('%s it was told as often as it should', (_, at, times) => {
    const teller = new Teller().look(0, [notice()]).look(at, [notice()]);
    expect(teller.told).toHaveLength(times);
  });

  it.each([
    ['within the gap', RULE.gapSeconds - 1, 1],
    ['after the gap', RULE.gapSeconds, 2],
  ])('with other content is news %s', (_, at, times) => {
    expect(new Teller().look(0, [notice('a')]).look(at, [notice('b')]).told).toHaveLength(times);
  });
});

describe('a thing that is over', () => {
  const away = (seconds: number) =>
    new Teller()
      .look(0, [notice()])
      .look(10_000, [])
      .look(10_000 + seconds, [notice()]);

  it.each([
    ['too shortly', RULE.clearSeconds - 1, 1],
    ['long enough', RULE.clearSeconds, 2],
  ])('is news again when it was gone %s', (_, seconds, times) => {
    expect(away(seconds).told).toHaveLength(times);
  });

  it('is forgotten when nothing is left to remember', () => {
    const teller = new Teller().look(0, [notice()]).look(10, []);
    expect(teller.kinds).toEqual([KIND]);
    expect(teller.look(10 + RULE.clearSeconds - 1, []).kinds).toEqual([KIND]);
    expect(teller.look(10 + RULE.clearSeconds, []).kinds).toEqual([]);
  });

  it('keeps the gap when it comes and goes', () => {
    const kind = 'configuration-invalid';
    const { gapSeconds } = KINDS[kind];
    const teller = new Teller().look(0, [notice('a', kind)]).look(10, []);
    teller.look(20, [notice('a', kind)]);
    expect(teller.told).toEqual([[0, 'a']]);
    teller.look(gapSeconds - 1, [notice('a', kind)]).look(gapSeconds, [notice('a', kind)]);
    expect(teller.told).toEqual([
      [0, 'a'],
      [gapSeconds, 'a'],
    ]);
  });
});

describe('what could not be published', () => {
  it.each([
    ['still there', [notice()]],
    ['over by then', []],
  ])('is tried again after a minute, %s', (_, later) => {
    const teller = new Teller().look(0, [notice()], false);
    teller.look(10, later).look(59, later);
    expect(teller.told).toEqual([]);
    teller.look(60, later).look(70, later).look(200, later);
    expect(teller.told).toEqual([[60, 'a']]);
  });

  it('is tried once a minute as long as it fails', () => {
    const teller = new Teller();
    let attempts = 0;
    for (let at = 0; at < 600; at += 10) {
      const before = teller.text;
      teller.look(at, [notice()], false);
      if (teller.text !== before) attempts += 1;
    }
    expect(attempts).toBe(10);
  });

  it('gives way to newer content', () => {
    const teller = new Teller().look(0, [notice('a')], false).look(60, [notice('b')]);
    expect(teller.told).toEqual([[60, 'b']]);
  });
});

describe('a moment', () => {
  const kind = 'owner-edit-adopted';
  const edit = (digest: string) => [notice(digest, kind)];

  it('is told though it is over at once, each of two when the gap is over', () => {
    const teller = new Teller().look(0, edit('1..9')).look(10, edit('2..9')).look(20, []);
    expect(teller.told).toEqual([[0, '1..9']]);
    teller.look(59, []).look(60, []).look(70, []);
    expect(teller.told).toEqual([
      [0, '1..9'],
      [60, '2..9'],
    ]);
  });
});

it('keeps kinds apart', () => {
  const teller = new Teller().look(0, [notice('a'), notice('q', 'quota-refused')]);
  expect(teller.look(10, [notice('a')]).told).toEqual([
    [0, 'a'],
    [0, 'q'],
  ]);
});

it('has a rule for every kind that tells nothing twice within its gap', () => {
  for (const [kind, rule] of Object.entries(KINDS)) {
    expect(rule.repeatSeconds, kind).toBeGreaterThanOrEqual(rule.gapSeconds);
    expect(rule.gapSeconds, kind).toBeGreaterThanOrEqual(60);
  }
});
