import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DecisionEvents } from '../aws/decision-events.ts';
import type { StateStore } from '../aws/state-store.ts';
import type { Telemetry } from '../lambda/surroundings.ts';
import { decisionEvents } from './decision-event.ts';
import { measureDecision } from './measure.ts';
import type { DecisionRecord } from './record.ts';

/** Where decisions are kept and told. */
export interface DecisionRuntime extends Telemetry {
  readonly store: Pick<StateStore, 'keep'>;
  readonly events: DecisionEvents;
}

/** Decision records are kept this long. */
export const RECORD_SECONDS = 14 * 24 * 3600;

/** Keeps a decision: one line in the log, one record in the table, one count. */
export async function keepDecision(
  { store, logger, metrics }: Omit<DecisionRuntime, 'events'>,
  record: DecisionRecord,
): Promise<void> {
  if (record.outcome.status === 'failed') {
    logger.error('nudge failed', { decision: record });
    metrics.addMetric('NudgeFailed', MetricUnit.Count, 1);
  } else {
    logger.info('decision', { decision: record });
  }
  measureDecision(metrics, record);
  await store.keep(record, Date.parse(record.at) / 1000 + RECORD_SECONDS);
}

/**
 * Puts a decision on the event bus if it changed something. An event that cannot be put is logged
 * and counted, and no more: the record says the same, and scaling must not wait for listeners.
 */
export async function announceDecision(
  { events, logger, metrics }: Omit<DecisionRuntime, 'store'>,
  record: DecisionRecord,
): Promise<void> {
  for (const event of decisionEvents(record)) {
    try {
      await events.put(event);
    } catch (error) {
      logger.error('decision event was not put', { event, error });
      metrics.addMetric('EventFailed', MetricUnit.Count, 1);
    }
  }
}
