import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { guardAccountBudget } from './enrolment/account-budget.ts';
import { readMutes } from './enrolment/read-mutes.ts';
import { reconcile } from './enrolment/reconcile.ts';
import type { EnrolmentRuntime } from './enrolment/runtime.ts';
import { hashOf } from './hash.ts';

/** The minute's looks are spread over this span, so that the next minute's never meet them. */
const SPREAD_SECONDS = 50;

/**
 * How long a sweep may be busy with enrolments. Its function ends within the second minute, with time for further
 * attempts of the last call. The next sweep begins before: two that have much to do share the quotas, and leave none of
 * the time unused.
 */
const BUDGET_MS = 100_000;

/**
 * Asks for a look at every enrolled endpoint, and brings enrolments in line. It catches what an
 * event should have told and did not: a lost alarm, a dead hot loop, an owner's change of the
 * bounds, a changed parameter.
 */
export async function sweep(runtime: EnrolmentRuntime): Promise<void> {
  const { enrolments, rechecks, logger, metrics, now } = runtime;
  const latestMs = now() + BUDGET_MS;
  const fleet = await enrolments.fleet();
  const enrolled = fleet.entries.filter(({ targets }) => targets.size > 0);
  const targets = enrolled.flatMap((entry) => [...entry.targets.values()]);
  const invalid = targets.filter(({ isInvalid }) => isInvalid);
  await rechecks.sendAll(
    enrolled.map(({ endpointName }) => ({
      recheck: { endpointName, cause: 'sweep' as const },
      delaySeconds: jitterSeconds(endpointName),
    })),
  );
  await readMutes(runtime, fleet);
  await guardAccountBudget(runtime, fleet);
  try {
    await reconcile(runtime, latestMs);
  } catch (error) {
    logger.error('enrolments could not be brought in line; the next sweep tries again', { error });
    metrics.addMetric('ReconcileFailed', MetricUnit.Count, 1);
  }
  metrics.addMetric('Sweeps', MetricUnit.Count, 1);
  metrics.addMetric('Targets', MetricUnit.Count, targets.length);
  metrics.addMetric('InvalidConfigurations', MetricUnit.Count, invalid.length);
  logger.debug('swept', { endpoints: enrolled.length });
}

/** The same delay for a name every time, evenly spread over names. */
export function jitterSeconds(name: string): number {
  return hashOf(name) % SPREAD_SECONDS;
}
