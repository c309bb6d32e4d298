import type { CapacityChange } from '../../simulator/plant/capacity-change.ts';
import { LatencyHistogram } from '../../simulator/plant/latency.ts';
import type { PolicyResult } from '../../simulator/report/data.ts';
import { type Recording, STEP_SECONDS } from '../../simulator/run/recorder.ts';
import { reactions, returns, score } from '../../simulator/run/score.ts';
import type { LiveDecision, LiveStep } from '../../simulator/server/feed.ts';

/** What a run came to, without the latency over all of it: the feed tells that of steps only. */
export type LiveResult = Omit<PolicyResult, 'p99LatencySeconds'>;

/**
 * Scores what a feed told of one surge as a simulated run is scored: the first answer to it, and the
 * last return. A change of capacity is dated by the
 * decision that made it, or else by the last second of its step.
 *
 * @param steps of one variant, without a gap
 */
export function scoreSteps(
  policy: string,
  steps: readonly LiveStep[],
  decisions: readonly LiveDecision[],
  minCapacity: number,
): LiveResult {
  const startSeconds = steps[0]?.atSeconds ?? 0;
  const of = (column: 'demand' | 'capacity' | 'queue' | 'failed') =>
    steps.map((step) => step[column] ?? 0);
  const desired = steps.map((step) => step.desired ?? 0);
  const changes = steps.flatMap((step, i): CapacityChange[] => {
    const [from, to] = [desired[i] as number, step.atEnd.desired ?? 0];
    if (from === to) return [];
    const kind = to > from ? 'scale-out' : 'scale-in';
    const end = step.atSeconds + STEP_SECONDS;
    const decision = decisions.findLast(
      ({ marker }) =>
        marker.kind === kind && marker.atSeconds >= step.atSeconds && marker.atSeconds < end,
    );
    const atSeconds = (decision?.marker.atSeconds ?? end - 1) - startSeconds;
    return [{ atSeconds, from, to }];
  });
  const recording: Recording = {
    demand: of('demand'),
    inService: of('capacity'),
    billed: steps.map(({ billed }) => billed),
    desired,
    queue: of('queue'),
    failed: of('failed'),
    arrived: steps.map(({ arrived }) => arrived),
    latencyP99Seconds: steps.map(({ latencyP99Seconds }) => latencyP99Seconds),
    latency: new LatencyHistogram(),
    changes,
    bounds: [],
  };
  const { p99LatencySeconds: _, ...result } = score(policy, recording, minCapacity);
  return {
    ...result,
    reactionSeconds: reactions(recording).find(({ isAnswered }) => isAnswered)?.seconds ?? null,
    scaleInSeconds: returns(recording, minCapacity).ended.at(-1) ?? null,
  };
}
