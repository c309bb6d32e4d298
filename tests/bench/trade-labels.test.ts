import { describe, expect, it } from 'vitest';

/** The page's modules are browser code outside this project's type check, so they are named here. */
interface Point {
  readonly x: number;
  readonly y: number;
}
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
interface Labels {
  spread(wanted: readonly number[], distance: number, lowest: number): number[];
  placeBeside(
    points: readonly (Point & { words: string })[],
    context: {
      marks: readonly Point[];
      lines: readonly (readonly [Point, Point])[];
      plot: Box;
      widthOf: (words: string) => number;
    },
  ): { words: string; box: Box }[];
}

const page = new URL('../../simulator/bench/page/trade-labels.js', import.meta.url);
const { spread, placeBeside } = (await import(page.href)) as Labels;

describe('names in the margin', () => {
  it.each([
    { label: 'far apart stay', wanted: [10, 50, 90], heights: [10, 50, 90] },
    { label: 'near each other move down', wanted: [10, 12, 90], heights: [10, 25, 90] },
    { label: 'at the bottom move up', wanted: [10, 95, 99], heights: [10, 85, 100] },
    { label: 'at one height stand below each other', wanted: [50, 50, 50], heights: [50, 65, 80] },
  ])('$label', ({ wanted, heights }) => {
    expect(spread(wanted, 15, 100)).toEqual(heights);
  });
});

describe('prices beside their points', () => {
  const plot = { left: 0, top: 0, right: 300, bottom: 200 };
  const place = (points: readonly Point[], others: readonly Point[] = []) =>
    placeBeside(
      points.map((point, i) => ({ ...point, words: `×${i}` })),
      {
        marks: [...points, ...others],
        lines: points.slice(1).map((point, i) => [points[i] as Point, point] as const),
        plot,
        widthOf: (words) => words.length * 7,
      },
    );
  const covers = ({ left, top, right, bottom }: Box, { x, y }: Point) =>
    x > left - 4 && x < right + 4 && y > top - 4 && y < bottom + 4;

  it.each([
    {
      label: 'far apart',
      points: [
        [100, 40],
        [150, 80],
        [200, 120],
      ],
      words: ['×0', '×1', '×2'],
    },
    {
      label: 'close',
      points: [
        [100, 40],
        [112, 44],
        [124, 47],
      ],
      words: ['×0', '×1', '×2'],
    },
    {
      label: 'on each other',
      points: [
        [100, 40],
        [103, 42],
        [200, 47],
      ],
      words: ['×0 ×1', '×2'],
    },
    {
      label: 'at the edge',
      points: [
        [3, 4],
        [297, 4],
        [297, 197],
      ],
      words: ['×0', '×1', '×2'],
    },
  ])('cover no mark and no other: $label', ({ points, words }) => {
    const at = points.map(([x = 0, y = 0]) => ({ x, y }));
    const others = [
      { x: 92, y: 40 },
      { x: 140, y: 80 },
    ];
    const placed = place(at, others);
    expect(placed.map((label) => label.words)).toEqual(words);
    for (const [i, { box }] of placed.entries()) {
      expect([...at, ...others].filter((mark) => covers(box, mark))).toEqual([]);
      expect(box.left >= 0 && box.top >= 0 && box.right <= 300 && box.bottom <= 200).toBe(true);
      for (const { box: other } of placed.slice(i + 1)) {
        const apart =
          box.right <= other.left ||
          other.right <= box.left ||
          box.bottom <= other.top ||
          other.bottom <= box.top;
        expect(apart).toBe(true);
      }
    }
  });
});
