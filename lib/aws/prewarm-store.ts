import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Prewarms } from '../prewarm/prewarm.ts';
import type { ScalableTarget } from '../target.ts';
import { attributeOf, endpointKey, prewarmsOf } from './endpoint-item.ts';
import { dynamoItemTable } from './item-table.ts';

/** The prewarms of targets, in the items of their endpoints. */
export interface PrewarmStore {
  /**
   * Changes the prewarms of a target.
   * @returns what stands then; undefined when the target is not enrolled
   */
  change(
    target: ScalableTarget,
    change: (prewarms: Prewarms) => Prewarms,
  ): Promise<Prewarms | undefined>;
}

/** Attempts against others who change the same target's prewarms. */
const ATTEMPTS = 5;

export function dynamoPrewarmStore(client: DynamoDBClient, tableName: () => string): PrewarmStore {
  const table = dynamoItemTable(client, tableName);
  return {
    async change(target, change) {
      const key = endpointKey(target.endpointName);
      const attribute = attributeOf('prewarms', target);
      const enrolment = attributeOf('enrolment', target);
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const item = await table.get(key);
        if (!item?.[enrolment]) return undefined;
        const before = item[attribute]?.S;
        const after = change(prewarmsOf(before));
        const text = JSON.stringify(after);
        if (text === before) return after;
        const isAsRead =
          before === undefined ? 'attribute_not_exists(#prewarms)' : '#prewarms = :before';
        // No new version: a cycle that is under way may save what it decided.
        const done = await table.update({
          key,
          expression: 'SET #prewarms = :after',
          names: { '#prewarms': attribute, '#enrolment': enrolment },
          values: {
            ':after': { S: text },
            ...(before !== undefined && { ':before': { S: before } }),
          },
          condition: `attribute_exists(#enrolment) AND ${isAsRead}`,
        });
        if (done) return after;
      }
      throw new Error(`The prewarms of ${target.resourceId} kept changing and were left alone.`);
    },
  };
}
