import type { Reason } from './reasons.ts';
import type { Decision, Mode } from './types.ts';

const PUT_OFF = 'another-target-first';

/** What a scale-out that comes in a moment waits for. */
const AWAITED: readonly Reason[] = ['ramp-still-steepening', 'scale-out-spacing'];

/**
 * A scale-out that was put off for so long goes before all others, seconds: two lead times of most models. A
 * target that grows all the time, or whose requests come to nothing, would else keep the lock to itself.
 */
const LONGEST_PUT_OFF_SECONDS = 600;

/** A decision for one target of an endpoint. */
export interface Candidate {
  readonly decision: Decision;
  readonly mode: Mode;
}

/**
 * Chooses among the decisions for the targets of one endpoint. The endpoint takes one change of
 * capacity at a time, so of several only the most pressing goes out: scale-outs before scale-ins, also one that
 * comes in a moment, then the larger move; but a scale-out that waited too long goes before all. The others are put off and say
 * so; bounds that move no capacity all pass, and so does what nobody carries out, since whoever only
 * observes takes no turn.
 */
export function coordinate(candidates: readonly Candidate[], nowSeconds: number): Decision[] {
  const isAwaited = candidates.some(awaitsScaleOut);
  const first = candidates
    .filter(takesTurn)
    .filter(({ decision: { proposal } }) => !isAwaited || proposal?.direction === 'out')
    .map(({ decision }) => decision)
    .sort((a, b) => pressure(b, nowSeconds) - pressure(a, nowSeconds))
    .at(0);
  return candidates.map((candidate) => {
    const { decision } = candidate;
    if (decision === first || !takesTurn(candidate)) return decision;
    const { wanted, state, proposal } = decision;
    const isOut = proposal?.direction === 'out';
    const putOffSinceSeconds = isOut ? (state.putOffSinceSeconds ?? nowSeconds) : null;
    return {
      ...decision,
      proposal: null,
      state: { ...state, refusedFor: PUT_OFF, putOffSinceSeconds },
      steps: [
        ...decision.steps,
        {
          name: 'endpoint-lock',
          before: wanted,
          after: null,
          reason: PUT_OFF,
          constrained: true,
        },
      ],
    };
  });
}

function takesTurn({ decision, mode }: Candidate): boolean {
  return mode === 'act' && movesCapacity(decision);
}

function awaitsScaleOut({ decision, mode }: Candidate): boolean {
  const { wanted, steps } = decision;
  return (
    mode === 'act' &&
    steps.some(
      ({ name, reason, after }) =>
        name === 'hold' && AWAITED.includes(reason) && (wanted ?? 0) > (after ?? 0),
    )
  );
}

function movesCapacity({ proposal }: Decision): boolean {
  return proposal !== null && proposal.direction !== 'none';
}

/** Any scale-out outweighs every scale-in; no target has this many instances. */
const SCALE_OUT_FIRST = 1e9;

/** Whoever waited longest comes first of those that waited too long. */
const WAITED_FIRST = 2 * SCALE_OUT_FIRST;

function pressure({ proposal, state }: Decision, nowSeconds: number): number {
  if (!proposal) return 0;
  const { bounds, direction, from } = proposal;
  if (direction !== 'out') return from - bounds.max;
  const waitedSeconds = nowSeconds - (state.putOffSinceSeconds ?? nowSeconds);
  return waitedSeconds >= LONGEST_PUT_OFF_SECONDS
    ? WAITED_FIRST + waitedSeconds
    : SCALE_OUT_FIRST + bounds.min - from;
}
