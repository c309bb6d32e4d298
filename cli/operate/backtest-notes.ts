import type { BacktestFacts } from '../../lib/operate/backtest-facts.ts';
import { shortName } from '../../lib/target.ts';
import type { Sizes } from './backtest-replay.ts';

/** What was given on the command line instead of what was read. */
interface Given {
  readonly min?: number;
  readonly leadTime?: number;
}

/** What must be known of how a target was read. */
export function notesOf(facts: BacktestFacts, sizes: Sizes, given: Given): string[] {
  const { bounds } = facts;
  return [
    ...(facts.isEnrolled
      ? []
      : [
          'It is not enrolled: "present settings" are those that an empty parameter would enrol it with.',
        ]),
    ...(facts.isToldByPeaks
      ? [
          'Its load is told from peaks of concurrency. The replays go by its invocations, as it would with enhanced metrics.',
        ]
      : []),
    ...(given.min === undefined && bounds !== null && bounds.min < sizes.bounds.min
      ? [
          `Its Min is ${bounds.min}; a variant of a realtime endpoint keeps one instance, which every row was replayed with.`,
        ]
      : []),
    ...(facts.isLeadTimeMeasured || given.leadTime !== undefined
      ? []
      : ['The lead time was never measured; --lead-time sets it.']),
  ];
}

/** What the recommended command does beside the change that it is recommended for. */
export function commandNotes({ target, enrolsIn, kept }: BacktestFacts): string[] {
  if (enrolsIn === 'refused') {
    return [
      `The command enrols nothing yet: what else configures the target is not valid. fast-scaler config check ${shortName(target)} lists every fault once it was put.`,
    ];
  }
  if (enrolsIn !== null) return [`The command enrols the target, in mode ${enrolsIn}.`];
  return kept.mode === undefined
    ? []
    : [
        `It was discovered. The command gives it a parameter of its own, which keeps it in mode ${kept.mode}.`,
      ];
}
