import type { PutEventsCommand, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { type MetricClient, sendAtMostOnce } from './at-most-once.ts';
import { withDeadline } from './deadline.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import { NAMESPACE, SURGE, type SurgeDetail } from './names.ts';
import type { Destination } from './publisher.ts';
import { metricData, RECORDS_PER_CALL } from './put-metrics.ts';
import type { Surroundings } from './surroundings.ts';
import type { TroubleListener } from './trouble.ts';

/** An EventBridge client, as far as it is used. */
export interface EventClient {
  send(command: PutEventsCommand): Promise<PutEventsCommandOutput>;
}

/**
 * Of clients that are made here: a publication that hangs would hold up those after it, and one on
 * a kept connection that AWS has closed meanwhile would be given up, as it may have been taken.
 */
export const CLIENT_CONFIG = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 2000,
    requestTimeout: 5000,
    throwOnRequestTimeout: true,
    httpsAgent: { keepAlive: false },
  },
};

/** Embedded metric format, a line a record. */
export function logDestination(writeLine: (line: string) => void): Destination {
  return {
    kind: 'log',
    write: (records) => {
      for (const record of records) writeLine(embeddedMetrics(record));
    },
  };
}

/** PutMetricData. The SDK's client is loaded with the first call: not every caller comes to one. */
export function cloudWatchDestination(given?: MetricClient): Destination {
  let client = given;
  return {
    kind: 'calls',
    recordsPerCall: RECORDS_PER_CALL,
    put: async (records) => {
      const { CloudWatchClient, PutMetricDataCommand } = await cloudWatchSdk();
      client ??= new CloudWatchClient(CLIENT_CONFIG);
      await sendAtMostOnce(
        client,
        new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData: metricData(records) }),
      );
    },
  };
}

/** Sends a surge event; a failure is told and not thrown. */
export function surgeSender(
  tell: TroubleListener,
  surroundings: Surroundings,
  given?: EventClient,
): (detail: SurgeDetail) => Promise<void> {
  let client = given;
  return async (detail) => {
    try {
      const { EventBridgeClient, PutEventsCommand } = await eventBridgeSdk();
      client ??= new EventBridgeClient(CLIENT_CONFIG);
      const command = new PutEventsCommand({
        Entries: [
          {
            Source: SURGE.source,
            DetailType: SURGE.detailType,
            Detail: JSON.stringify(detail),
          },
        ],
      });
      const sending = client.send(command);
      const { Entries = [], FailedEntryCount } = await withDeadline(sending, surroundings);
      if (!FailedEntryCount) return;
      const [refused] = Entries;
      throw new Error(`${refused?.ErrorCode}: ${refused?.ErrorMessage}`);
    } catch (error) {
      const message = `The surge of ${detail.endpointName} could not be told: ${(error as Error).message}`;
      tell({ kind: 'surge-failed', message, error });
    }
  };
}

/** Within `try`, so that bundlers let it be missing: who publishes to a log needs none. */
async function cloudWatchSdk() {
  try {
    return await import('@aws-sdk/client-cloudwatch');
  } catch (cause) {
    throw notInstalled('@aws-sdk/client-cloudwatch', cause);
  }
}

/** Within `try` as well. */
async function eventBridgeSdk() {
  try {
    return await import('@aws-sdk/client-eventbridge');
  } catch (cause) {
    throw notInstalled('@aws-sdk/client-eventbridge', cause);
  }
}

function notInstalled(name: string, cause: unknown): Error {
  const { message } = cause as Error;
  return new Error(`${name} cannot be loaded; install it (npm install ${name}): ${message}`, {
    cause,
  });
}
