import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type DecisionEvent, EVENT_DETAIL_TYPE, EVENT_SOURCE } from '../cycle/decision-event.ts';

/** Puts decisions on the account's default event bus. */
export interface DecisionEvents {
  /** @throws when the bus did not take the event */
  put(event: DecisionEvent): Promise<void>;
}

export function eventBridgeDecisions(client: EventBridgeClient): DecisionEvents {
  return {
    async put(event) {
      const { Entries } = await client.send(
        new PutEventsCommand({
          Entries: [
            {
              Source: EVENT_SOURCE,
              DetailType: EVENT_DETAIL_TYPE,
              Time: new Date(event.at),
              Detail: JSON.stringify(event),
            },
          ],
        }),
      );
      const [entry] = Entries ?? [];
      if (entry?.EventId) return;
      const why = entry ? `${entry.ErrorCode}: ${entry.ErrorMessage}` : 'no answer';
      throw new Error(`EventBridge did not take the event (${why}).`);
    },
  };
}
