import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Notifications } from '../aws/notifications.ts';
import type { Telemetry } from '../lambda/surroundings.ts';
import { messageOf, type Subject } from './message.ts';
import type { Notice } from './notices.ts';

/** What telling works with. */
export interface TellRuntime extends Telemetry {
  readonly notifications: Notifications;
}

/**
 * Publishes a notice. A failure is logged and counted and never thrown: what could not be told
 * stays in the book.
 * @returns whether it was published
 */
export async function tell(
  { notifications, logger, metrics, now }: TellRuntime,
  notice: Notice,
  subject: Subject,
): Promise<boolean> {
  const message = messageOf(notice, subject, now() / 1000);
  try {
    await notifications.publish(message);
    logger.info('owner notified', { notification: message.attributes, text: notice.text });
    return true;
  } catch (error) {
    logger.error('owner could not be notified; it is tried again', { notice, error });
    metrics.addMetric('NotificationFailed', MetricUnit.Count, 1);
    return false;
  }
}
