import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PREWARM } from '../prewarm/prewarm.ts';

/** What a prewarm event says of its target, and of the prewarm. */
export type PrewarmDetail = Readonly<Record<string, string | number>>;

/** Asks the service for prewarms, by events on the default bus. */
export interface PrewarmRequests {
  put(kind: 'request' | 'cancellation', detail: PrewarmDetail): Promise<void>;
}

export function eventBridgePrewarms(client: EventBridgeClient): PrewarmRequests {
  return {
    async put(kind, detail) {
      const { FailedEntryCount, Entries } = await client.send(
        new PutEventsCommand({
          Entries: [
            {
              Source: PREWARM.source,
              DetailType: PREWARM[kind],
              Detail: JSON.stringify({ schemaVersion: PREWARM.schemaVersion, ...detail }),
            },
          ],
        }),
      );
      if (!FailedEntryCount) return;
      const { ErrorCode, ErrorMessage } = Entries?.[0] ?? {};
      throw new Error(`EventBridge did not take the event: ${ErrorCode}: ${ErrorMessage}`);
    },
  };
}
