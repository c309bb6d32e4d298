import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { TargetState } from '../control/types.ts';
import type { DecisionRecord } from '../cycle/record.ts';
import {
  type EndpointRecord,
  endpointKey,
  endpointRecord,
  type Item,
  stateText,
} from './endpoint-item.ts';

export type { EndpointRecord, StoredTarget } from './endpoint-item.ts';

/** Who wants to look at an endpoint. */
export type Claim =
  | { readonly cause: 'event' }
  | { readonly cause: 'surge' }
  | { readonly cause: 're-check'; readonly loop: number }
  | { readonly cause: 'sweep' };

/** What a control cycle remembers from one look to the next, in one DynamoDB table. */
export interface StateStore {
  /**
   * Reads an endpoint's item and makes the claimant the owner of its hot loop, so that there is only
   * ever one. Undefined: nothing is enrolled, or the claim is void (a re-check of an older loop; a
   * sweep while a loop is alive; a surge right after any other claim).
   * @param overdueAtMs when a sweep may take this loop for dead
   */
  claim(
    endpointName: string,
    claim: Claim,
    nowMs: number,
    overdueAtMs: number,
  ): Promise<EndpointRecord | undefined>;
  /** Saves the states of all targets if the version still stands. False: another cycle was first. */
  save(record: EndpointRecord, states: ReadonlyMap<string, TargetState>): Promise<boolean>;
  /** Keeps a decision until `expiresAtSeconds`. */
  keep(record: DecisionRecord, expiresAtSeconds: number): Promise<void>;
}

/** A sweep takes a hot loop for dead this long after its last look, when two more were due. Milliseconds. */
export const LOOP_OVERDUE_MS = 30_000;

/** However many events tell of a surge, an endpoint is looked at because of them this often at most. */
const SURGE_SPACING_MS = 5000;

export function dynamoStateStore(client: DynamoDBClient, tableName: () => string): StateStore {
  return {
    async claim(endpointName, claim, nowMs, overdueAtMs) {
      const { condition, values } = claimCondition(claim, nowMs, overdueAtMs);
      try {
        const output = await client.send(
          new UpdateItemCommand({
            TableName: tableName(),
            Key: endpointKey(endpointName),
            UpdateExpression:
              'SET #loop = if_not_exists(#loop, :zero) + :one, overdueAtMs = :overdue, continued = :continued',
            ConditionExpression: `attribute_exists(pk) AND ${condition}`,
            ExpressionAttributeNames: { '#loop': 'loop' },
            ExpressionAttributeValues: {
              ':zero': { N: '0' },
              ':one': { N: '1' },
              ':overdue': { N: String(overdueAtMs) },
              ':continued': { N: claim.cause === 're-check' ? String(claim.loop) : '-1' },
              ...values,
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        const record = endpointRecord(endpointName, output.Attributes ?? {});
        return record.targets.length > 0 ? record : undefined;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },

    async save(record, states) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName(),
            Key: endpointKey(record.endpointName),
            UpdateExpression: 'SET #state = :state, version = :next',
            ConditionExpression: 'version = :current',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':state': { S: stateText(states) },
              ':current': { N: String(record.version) },
              ':next': { N: String(record.version + 1) },
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async keep(record, expiresAtSeconds) {
      const { endpointName, resourceId, at } = record;
      await client.send(
        new PutItemCommand({
          TableName: tableName(),
          Item: {
            pk: { S: `endpoint#${endpointName}` },
            sk: { S: `decision#${at}#${resourceId}` },
            record: { S: JSON.stringify(record) },
            expiresAt: { N: String(Math.ceil(expiresAtSeconds)) },
          },
        }),
      );
    },
  };
}

/**
 * An event may always look. A re-check must belong to the latest loop, or be the delivery again of
 * the one that the latest claim came from (its cycle died). A sweep steps in only for a dead loop. A
 * surge, of which any number of callers may tell, is void while the latest claim is fresh.
 */
function claimCondition(
  claim: Claim,
  nowMs: number,
  overdueAtMs: number,
): { condition: string; values: Item } {
  switch (claim.cause) {
    case 'event':
      return { condition: 'attribute_exists(version)', values: {} };
    case 'surge':
      // Every claim sets its loop overdue after the same time, so that tells when it was made.
      return {
        condition: '(attribute_not_exists(overdueAtMs) OR overdueAtMs <= :fresh)',
        values: { ':fresh': { N: String(overdueAtMs - SURGE_SPACING_MS) } },
      };
    case 're-check':
      return {
        condition: '(#loop = :mine OR continued = :mine)',
        values: { ':mine': { N: String(claim.loop) } },
      };
    case 'sweep':
      return {
        condition: '(attribute_not_exists(overdueAtMs) OR overdueAtMs <= :now)',
        values: { ':now': { N: String(nowMs) } },
      };
  }
}
