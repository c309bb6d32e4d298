import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { spentBy } from '../control/budget.ts';
import { demandOf } from '../control/demand.ts';
import { leaseOverdueSeconds } from '../notify/conditions.ts';
import type { Look } from './look.ts';
import type { DecisionRecord, Outcome } from './record.ts';

type Measured = Readonly<
  Record<string, readonly [unit: (typeof MetricUnit)[keyof typeof MetricUnit], value: number]>
>;

/** Puts one line of embedded metrics with dimensions of their own. */
function measure(
  metrics: Metrics,
  dimensions: Readonly<Record<string, string>>,
  measured: Measured,
): void {
  // Counts of the service as a whole must not take on these dimensions.
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  metrics.addDimensions({ ...dimensions });
  for (const [name, [unit, value]] of Object.entries(measured)) {
    metrics.addMetric(name, unit, value);
  }
  metrics.publishStoredMetrics();
}

/** Counts a kept decision by its reason. */
export function measureDecision(metrics: Metrics, { reason }: DecisionRecord): void {
  measure(metrics, { Reason: reason }, { Decisions: [MetricUnit.Count, 1] });
}

/**
 * What a look saw of one target: one line of embedded metrics. CloudWatch charges for every hour in
 * which a metric is written, so a target at rest writes only what there is to tell.
 * @param isSaved the state was saved: only then is what was gained since the last time counted, so
 *   that each stretch of time counts once
 */
export function measureLook(
  metrics: Metrics,
  look: Look,
  outcome: Outcome | null,
  nowSeconds: number,
  isSaved: boolean,
): void {
  const { stored, observation, decision } = look;
  const { capacity, bounds } = observation;
  const { baseline, lease, spent } = decision.state;
  const overdueSeconds = leaseOverdueSeconds(look, nowSeconds);
  if (overdueSeconds > 0) metrics.addMetric('LeaseOverdue', MetricUnit.Count, 1);
  const reactionSeconds = outcome?.status === 'taken' ? reactionOf(look, nowSeconds) : null;
  const leadTimeSeconds = leadTimeOf(look, nowSeconds);
  const isAtRest =
    decision.nextLookAtSeconds === null && !lease && !decision.proposal && !leadTimeSeconds;
  measure(
    metrics,
    { ResourceId: stored.target.resourceId },
    {
      ...atRest(look),
      ...besideTargetTracking(look, isSaved, isAtRest),
      ...(!isAtRest && {
        DesiredCapacity: [MetricUnit.Count, capacity.desired],
        InstanceHours: [MetricUnit.Count, spentBy(spent, nowSeconds) / 3600],
        LeaseSecondsLeft: [
          MetricUnit.Seconds,
          lease ? Math.max(0, lease.untilSeconds - nowSeconds) : 0,
        ],
        ...(decision.demand !== null && {
          UnservedInstances: [MetricUnit.Count, Math.max(0, decision.demand - capacity.inService)],
        }),
        ...(bounds && {
          MinCapacity: [MetricUnit.Count, bounds.min],
          MaxCapacity: [MetricUnit.Count, bounds.max],
        }),
        ...(baseline && {
          BaselineMin: [MetricUnit.Count, baseline.min],
          BaselineMax: [MetricUnit.Count, baseline.max],
        }),
      }),
      ...(reactionSeconds !== null && { ReactionTime: [MetricUnit.Seconds, reactionSeconds] }),
      ...(leadTimeSeconds !== null && { LeadTime: [MetricUnit.Seconds, leadTimeSeconds] }),
    },
  );
}

/** What is told of a target at any look. */
function atRest({ observation, decision: { demand } }: Look): Measured {
  return {
    Capacity: [MetricUnit.Count, observation.capacity.inService],
    ...(demand !== null && { Demand: [MetricUnit.Count, demand] }),
  };
}

/** What target tracking alone would do; at rest only as long as it would do otherwise. */
function besideTargetTracking(look: Look, isSaved: boolean, isAtRest: boolean): Measured {
  const { gain, decision, observation } = look;
  const { shadow } = decision.state;
  const isSame = shadow?.inService === observation.capacity.inService;
  const isGain = gain && (gain.instanceHoursSaved !== 0 || gain.unservedSecondsAvoided !== 0);
  return {
    ...(shadow &&
      !(isAtRest && isSame) && {
        TargetTrackingCapacityEstimate: [MetricUnit.Count, shadow.inService],
      }),
    ...(gain &&
      isSaved &&
      (isGain || !isAtRest) && {
        InstanceHoursSavedEstimate: [MetricUnit.NoUnit, gain.instanceHoursSaved],
        UnservedAvoidedEstimate: [MetricUnit.NoUnit, gain.unservedSecondsAvoided],
      }),
  };
}

/** From the start of the first window that exceeded the capacity to the accepted scale-out. */
function reactionOf({ control, observation, decision }: Look, nowSeconds: number): number | null {
  const { proposal, state } = decision;
  if (proposal?.direction !== 'out') return null;
  const points = demandOf(observation.load, control, state.capacityLog, observation.counts);
  const before = points.findLastIndex(({ demand }) => demand <= proposal.from);
  const first = points[before + 1];
  return first ? nowSeconds - first.startSeconds : null;
}

/** How long the capacity that has just come into service took. */
function leadTimeOf({ stored, decision, observation }: Look, nowSeconds: number): number | null {
  const { pending } = stored.state;
  const isThere = pending !== null && observation.capacity.inService >= pending.capacity;
  return isThere && !decision.state.pending ? nowSeconds - pending.sentAtSeconds : null;
}
