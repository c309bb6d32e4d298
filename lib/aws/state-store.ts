import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type TargetConfig, targetConfigSchema } from '../config/schema.ts';
import { INITIAL_STATE } from '../control/state.ts';
import type { TargetState } from '../control/types.ts';
import type { DecisionRecord } from '../record.ts';
import { parseResourceId, type ScalableTarget } from '../target.ts';

/** One enrolled scalable target as stored. */
export interface StoredTarget {
  readonly target: ScalableTarget;
  readonly config: TargetConfig;
  readonly state: TargetState;
}

/** An endpoint's item: every target that shares its lock, under one version. */
export interface EndpointRecord {
  readonly endpointName: string;
  /** Rises with every save; a save under an old version is refused. */
  readonly version: number;
  /** The hot loop that this claim began or went on with. */
  readonly loop: number;
  readonly targets: readonly StoredTarget[];
}

/** Who wants to look at an endpoint. */
export type Claim =
  | { readonly cause: 'event' }
  | { readonly cause: 're-check'; readonly loop: number }
  | { readonly cause: 'sweep' };

/** What the scaler remembers, in one DynamoDB table. */
export interface StateStore {
  /** Stores a target's configuration; makes the endpoint's item when there is none. */
  enrol(target: ScalableTarget, config: TargetConfig): Promise<void>;
  /** Forgets a target's configuration and, through the next save, its state. */
  release(target: ScalableTarget): Promise<void>;
  /**
   * Reads an endpoint's item and makes the claimant the owner of its hot loop, so that there is only
   * ever one. Undefined: nothing is enrolled, or the claim is void (a re-check of an older loop; a
   * sweep while a loop is alive).
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
  /** Names of all endpoints with an enrolled target. */
  endpointNames(): Promise<string[]>;
}

const SCHEMA_VERSION = 1;
const CONFIG_PREFIX = 'config:';
const FLEET = 'fleet';

const endpointKey = (endpointName: string) => ({
  pk: { S: `endpoint#${endpointName}` },
  sk: { S: 'state' },
});

export function dynamoStateStore(client: DynamoDBClient, tableName: () => string): StateStore {
  return {
    async enrol(target, config) {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName(),
          Key: endpointKey(target.endpointName),
          UpdateExpression: 'SET #config = :config, version = if_not_exists(version, :zero)',
          ExpressionAttributeNames: { '#config': CONFIG_PREFIX + target.resourceId },
          ExpressionAttributeValues: {
            ':config': { S: JSON.stringify(config) },
            ':zero': { N: '0' },
          },
        }),
      );
      await client.send(
        new PutItemCommand({
          TableName: tableName(),
          Item: { pk: { S: FLEET }, sk: { S: target.endpointName } },
        }),
      );
    },

    async release(target) {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName(),
          Key: endpointKey(target.endpointName),
          UpdateExpression: 'REMOVE #config',
          ExpressionAttributeNames: { '#config': CONFIG_PREFIX + target.resourceId },
        }),
      );
    },

    async claim(endpointName, claim, nowMs, overdueAtMs) {
      const { condition, values } = claimCondition(claim, nowMs);
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
              ':state': {
                S: JSON.stringify({
                  schemaVersion: SCHEMA_VERSION,
                  targets: Object.fromEntries(states),
                }),
              },
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

    async endpointNames() {
      const names: string[] = [];
      let ExclusiveStartKey: Item | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName(),
            KeyConditionExpression: 'pk = :fleet',
            ExpressionAttributeValues: { ':fleet': { S: FLEET } },
            ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
          }),
        );
        for (const item of page.Items ?? []) if (item.sk?.S) names.push(item.sk.S);
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return names;
    },
  };
}

type Item = Record<string, AttributeValue>;

/**
 * An event may always look. A re-check must belong to the latest loop, or be the delivery again of
 * the one that the latest claim came from (its cycle died). A sweep steps in only for a dead loop.
 */
function claimCondition(claim: Claim, nowMs: number): { condition: string; values: Item } {
  switch (claim.cause) {
    case 'event':
      return { condition: 'attribute_exists(version)', values: {} };
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

function endpointRecord(endpointName: string, item: Item): EndpointRecord {
  const states = parseStates(item.state?.S);
  const targets: StoredTarget[] = [];
  for (const [name, value] of Object.entries(item)) {
    if (!name.startsWith(CONFIG_PREFIX)) continue;
    const target = parseResourceId(name.slice(CONFIG_PREFIX.length));
    if (!target || !value.S) continue;
    targets.push({
      target,
      config: targetConfigSchema.parse(JSON.parse(value.S)),
      state: { ...INITIAL_STATE, ...states[target.resourceId] },
    });
  }
  return {
    endpointName,
    version: Number(item.version?.N ?? 0),
    loop: Number(item.loop?.N ?? 0),
    targets,
  };
}

function parseStates(text: string | undefined): Record<string, Partial<TargetState>> {
  if (!text) return {};
  const stored = JSON.parse(text) as { targets?: Record<string, Partial<TargetState>> };
  return stored.targets ?? {};
}
