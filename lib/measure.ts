import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { demandOf } from './control/demand.ts';
import type { Look } from './look.ts';
import { leaseOverdueSeconds } from './notify/conditions.ts';
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
 * What a look saw of one target: one line of embedded metrics.
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
  const { stored, observation, decision, gain } = look;
  const { capacity, bounds } = observation;
  const { baseline, lease, shadow } = decision.state;
  const { demand } = decision;
  const overdueSeconds = leaseOverdueSeconds(look, nowSeconds);
  if (overdueSeconds > 0) metrics.addMetric('LeaseOverdue', MetricUnit.Count, 1);
  const reactionSeconds = outcome?.status === 'taken' ? reactionOf(look, nowSeconds) : null;
  const leadTimeSeconds = leadTimeOf(look, nowSeconds);
  measure(
    metrics,
    { ResourceId: stored.target.resourceId },
    {
      Capacity: [MetricUnit.Count, capacity.inService],
      DesiredCapacity: [MetricUnit.Count, capacity.desired],
      LeaseSecondsLeft: [
        MetricUnit.Seconds,
        lease ? Math.max(0, lease.untilSeconds - nowSeconds) : 0,
      ],
      ...(demand !== null && {
        Demand: [MetricUnit.Count, demand],
        UnservedInstances: [MetricUnit.Count, Math.max(0, demand - capacity.inService)],
      }),
      ...(bounds && {
        MinCapacity: [MetricUnit.Count, bounds.min],
        MaxCapacity: [MetricUnit.Count, bounds.max],
      }),
      ...(baseline && {
        BaselineMin: [MetricUnit.Count, baseline.min],
        BaselineMax: [MetricUnit.Count, baseline.max],
      }),
      ...(shadow && { TargetTrackingCapacityEstimate: [MetricUnit.Count, shadow.inService] }),
      ...(gain &&
        isSaved && {
          InstanceHoursSavedEstimate: [MetricUnit.NoUnit, gain.instanceHoursSaved],
          UnservedAvoidedEstimate: [MetricUnit.NoUnit, gain.unservedSecondsAvoided],
        }),
      ...(reactionSeconds !== null && { ReactionTime: [MetricUnit.Seconds, reactionSeconds] }),
      ...(leadTimeSeconds !== null && { LeadTime: [MetricUnit.Seconds, leadTimeSeconds] }),
    },
  );
}

/** From the start of the first window that exceeded the capacity to the accepted scale-out. */
function reactionOf({ control, observation, decision }: Look, nowSeconds: number): number | null {
  const { proposal, state } = decision;
  if (proposal?.direction !== 'out') return null;
  const points = demandOf(observation.load, control, state.capacityLog);
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
