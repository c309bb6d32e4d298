import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { progress } from '../cli/progress.ts';
import type { Cell } from '../simulator/bench/score.ts';
import { traceSources } from '../simulator/bench/sources.ts';
import { CODE, type Edit, shareOut, whileEdited, withCopies } from './spoilt-copy.ts';

/** The generated loads are those of this seed, here and in the bench. */
export const SEED = 1;

/** What is played. */
export interface Loads {
  /** Folder of recorded loads; without it the generated ones. */
  readonly traces?: string;
  /** Instances that the busiest minute of each load needs. */
  readonly peakInstances: number;
}

/** The control law as it is, or as edits make it. */
export interface Law {
  readonly what: string;
  readonly edits: readonly Edit[];
}

/** A law and the cells that the fast scaler made by it, in the order of the bench. */
export interface Played {
  readonly what: string;
  readonly cells: readonly Cell[];
}

/** Plays the bench by one law after another, in copies of the code, under a progress bar. */
export async function play(laws: readonly Law[], loads: Loads): Promise<Played[]> {
  // A faulty recording is told before anything is copied.
  if (loads.traces !== undefined) traceSources(loads.traces);
  const cells = new Map<Law, readonly Cell[]>();
  const shown = progress({ stderr: process.stderr, now: Date.now });
  shown.report(0, laws.length, `0 of ${laws.length}`);
  try {
    await withCopies(CODE, (copies) =>
      shareOut(copies, laws, async (copy, law) => {
        cells.set(law, await whileEdited(copy, law.edits, () => benchOf(copy, loads)));
        shown.report(cells.size, laws.length, `${cells.size} of ${laws.length}: ${law.what}`);
      }),
    );
  } finally {
    shown.stop();
  }
  return laws.map((law) => ({ what: law.what, cells: cells.get(law) as readonly Cell[] }));
}

async function benchOf(copy: string, { traces, peakInstances }: Loads): Promise<Cell[]> {
  const child = spawn(
    process.execPath,
    [
      ...['cli/fast-scaler.js', 'bench', '--json', '--policies', 'fast-scaler'],
      ...['--peak-instances', String(peakInstances)],
      ...(traces === undefined ? ['--seed', String(SEED)] : ['--traces', resolve(traces)]),
    ],
    { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<number | null>((settle, reject) => {
    child.once('error', reject);
    child.once('close', settle);
  });
  const [output, complaints, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]);
  if (code !== 0) throw new Error(`the bench ended with ${code}:\n${complaints}`);
  return (JSON.parse(output) as { cells: Cell[] }).cells;
}
