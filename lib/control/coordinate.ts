import type { Decision } from './types.ts';

/**
 * Chooses among the decisions for the targets of one endpoint. The endpoint takes one change of
 * capacity at a time, so of several only the most pressing goes out: scale-outs before scale-ins,
 * then the larger move. The others are put off and say so; bounds that move no capacity all pass.
 */
export function coordinate(decisions: readonly Decision[]): Decision[] {
  const first = decisions
    .filter(movesCapacity)
    .sort((a, b) => pressure(b) - pressure(a))
    .at(0);
  return decisions.map((decision) => {
    if (decision === first || !movesCapacity(decision)) return decision;
    const { wanted } = decision;
    return {
      ...decision,
      proposal: null,
      steps: [
        ...decision.steps,
        {
          name: 'endpoint-lock',
          before: wanted,
          after: null,
          reason: 'another-target-first',
          constrained: true,
        },
      ],
    };
  });
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
