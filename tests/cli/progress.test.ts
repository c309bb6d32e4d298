import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { countingProgress, percentText, progress } from '../../cli/progress.ts';

describe('progress on a terminal', () => {
  it('is a bar with its text', () => {
    const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    const bar = countingProgress({ stderr, now: () => 0 }, 'endpoints');
    bar.report(1, 2);
    bar.stop();
    const written = String(stderr.read());
    expect(written).toContain('1 of 2 endpoints');
    // Neither is undone where Ctrl-C ends the program.
    for (const [what, code] of Object.entries({
      'cursor hidden': '?25l',
      'no line breaks': '?7l',
    })) {
      expect(written.includes(`\u001b[${code}`) ? what : '').toBe('');
    }
  });
});

describe('progress in a log', () => {
  /** What is written of reports at so many seconds, each of so many of a hundred parts. */
  function written(reports: readonly (readonly [seconds: number, done: number])[]): string[] {
    const lines: string[] = [];
    let now = 0;
    const stderr = { write: (text: string) => lines.push(text) };
    const shown = progress({ stderr, now: () => now });
    for (const [seconds, done] of reports) {
      now = seconds * 1000;
      shown.report(done, 100, percentText(done, 100, 'x'));
    }
    shown.stop();
    return lines;
  }

  it.each<[string, [number, number][], number[]]>([
    [
      'nothing of work that takes less than five seconds',
      [
        [1, 30],
        [4.9, 99],
      ],
      [],
    ],
    [
      'a line from five seconds on',
      [
        [4.9, 49],
        [5, 50],
      ],
      [50],
    ],
    [
      'no line for less than a tenth',
      [
        [5, 9],
        [59, 9],
      ],
      [],
    ],
    [
      'a line after a minute, however little was done',
      [
        [5, 1],
        [60, 2],
        [119, 3],
        [120, 4],
      ],
      [2, 4],
    ],
    [
      'none where nothing was done since',
      [
        [60, 2],
        [180, 2],
      ],
      [2],
    ],
    [
      'at most one in five seconds',
      [
        [5, 10],
        [6, 40],
        [9.9, 60],
        [10, 70],
      ],
      [10, 70],
    ],
    ['nothing of the end, which the result tells', [[50, 100]], []],
  ])('is %s', (_, reports, percents) => {
    expect(written(reports)).toEqual(percents.map((each) => `Progress: ${each} %, x\n`));
  });

  it('is a dozen lines at the most of work that goes on evenly', () => {
    const evenly = Array.from({ length: 101 }, (_, i): [number, number] => [5 * i, i]);
    expect(written(evenly)).toHaveLength(9);
  });
});
