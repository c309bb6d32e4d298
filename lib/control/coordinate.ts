import type { Decision, Mode } from './types.ts';

const PUT_OFF = 'another-target-first';

/** A decision for one target of an endpoint. */
export interface Candidate {
  readonly decision: Decision;
  readonly mode: Mode;
}

/**
 * Chooses among the decisions for the targets of one endpoint. The endpoint takes one change of
 * capacity at a time, so of several only the most pressing goes out: scale-outs before scale-ins,
 * then the larger move. The others are put off and say so; bounds that move no capacity all pass, and
 * so does what nobody carries out, since whoever only observes takes no turn.
 */
export function coordinate(candidates: readonly Candidate[]): Decision[] {
  const first = candidates
    .filter(takesTurn)
    .map(({ decision }) => decision)
    .sort((a, b) => pressure(b) - pressure(a))
    .at(0);
  return candidates.map((candidate) => {
    const { decision } = candidate;
    if (decision === first || !takesTurn(candidate)) return decision;
    const { wanted, state } = decision;
    return {
      ...decision,
      proposal: null,
      state: { ...state, refusedFor: PUT_OFF },
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

function movesCapacity({ proposal }: Decision): boolean {
  return proposal !== null && proposal.direction !== 'none';
}

/** Any scale-out outweighs every scale-in; no target has this many instances. */
const SCALE_OUT_FIRST = 1e9;

function pressure({ proposal }: Decision): number {
  if (!proposal) return 0;
  const { bounds, direction, from } = proposal;
  return direction === 'out' ? SCALE_OUT_FIRST + bounds.min - from : from - bounds.max;
}
