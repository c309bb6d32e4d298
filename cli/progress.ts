import { Presets, SingleBar } from 'cli-progress';
import type { Surroundings } from './operate/surroundings.ts';

/** Where there is no terminal, work that is done by then needs no word. */
const QUIET_MS = 5_000;

/** A line comes at each tenth of the work, or after a minute without one. */
const TENTH = 0.1;
const MOST_SILENT_MS = 60_000;

/** How far a long piece of work is; `stop` takes a bar away again. */
export interface Progress {
  /** @param text what is done, or under way: it stands beside the bar */
  readonly report: (done: number, total: number, text: string) => void;
  readonly stop: () => void;
}

/** Shows progress on standard error: a bar on a terminal, a plain line now and then in a log. */
export function progress(surroundings: Pick<Surroundings, 'stderr' | 'now'>): Progress {
  return surroundings.stderr.isTTY === true ? bar(surroundings) : lines(surroundings);
}

/** The same of work that counts things. */
export function countingProgress(
  surroundings: Pick<Surroundings, 'stderr' | 'now'>,
  what: string,
): { readonly report: (done: number, total: number) => void; readonly stop: () => void } {
  const { report, stop } = progress(surroundings);
  return { report: (done, total) => report(done, total, `${done} of ${total} ${what}`), stop };
}

/** `45 %, what is under way`. */
export function percentText(done: number, total: number, what: string): string {
  return `${Math.floor((100 * done) / total)} %, ${what}`;
}

function bar({ stderr }: Pick<Surroundings, 'stderr'>): Progress {
  const drawn = new SingleBar(
    {
      format: '{bar} {text}',
      stream: stderr as NodeJS.WriteStream,
      // A terminal stays as it was where Ctrl-C ends the program in the middle of its work.
      hideCursor: false,
      linewrap: true,
      // Beside it there is room for the longest text on 80 columns.
      barsize: 24,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  let isStarted = false;
  return {
    report: (done, total, text) => {
      if (!isStarted) drawn.start(total, 0, { text });
      isStarted = true;
      drawn.update(done, { text });
    },
    stop: () => drawn.stop(),
  };
}

function lines({ stderr, now }: Pick<Surroundings, 'stderr' | 'now'>): Progress {
  let saidAt = now();
  let saidShare = 0;
  return {
    report: (done, total, text) => {
      const at = now();
      const share = done / total;
      // What is done is told by its result.
      if (share >= 1 || at - saidAt < QUIET_MS || share <= saidShare) return;
      if (share - saidShare < TENTH && at - saidAt < MOST_SILENT_MS) return;
      stderr.write(`Progress: ${text}\n`);
      saidAt = at;
      saidShare = share;
    },
    stop: () => {},
  };
}
