import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type DecisionRecord, readRecord } from '../cycle/record.ts';
import type { ScalableTarget } from '../target.ts';
import { type EndpointRecord, endpointKey, endpointRecord, type Item } from './endpoint-item.ts';
import { LOOP_OVERDUE_MS } from './state-store.ts';

/** An endpoint's item, and when a control cycle last looked at it. */
export interface EndpointMemory {
  readonly record: EndpointRecord;
  /** Epoch milliseconds; null: never. */
  readonly lookedAtMs: number | null;
}

/** What an operator reads of the service's table; it writes nothing. */
export interface OperatorTable {
  endpoint(endpointName: string): Promise<EndpointMemory>;
  /** Decisions of one target up to a moment, the newest `count` of them, oldest first. */
  decisionsUntil(target: ScalableTarget, untilMs: number, count: number): Promise<DecisionRecord[]>;
  /** Decisions of one target from a moment on, the first `count` of them, oldest first. */
  decisionsAfter(target: ScalableTarget, afterMs: number, count: number): Promise<DecisionRecord[]>;
}

/** Items of a page of decisions; those of the endpoint's other targets are among them. */
const PAGE_SIZE = 100;

const PREFIX = 'decision#';
/** Sorts after every character of a resource id. */
const LAST = '~';

export function operatorTable(client: DynamoDBClient, tableName: () => string): OperatorTable {
  const decisions = async (
    { endpointName, resourceId }: ScalableTarget,
    [from, to]: readonly [string, string],
    isForward: boolean,
    count: number,
  ): Promise<DecisionRecord[]> => {
    const found: DecisionRecord[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName(),
          KeyConditionExpression: 'pk = :endpoint AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':endpoint': endpointKey(endpointName).pk,
            ':from': { S: PREFIX + from },
            ':to': { S: PREFIX + to },
          },
          ScanIndexForward: isForward,
          Limit: PAGE_SIZE,
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        }),
      );
      for (const { record } of page.Items ?? []) {
        const read = readRecord(record?.S ?? '');
        if (read?.resourceId === resourceId && found.length < count) found.push(read);
      }
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey && found.length < count);
    return isForward ? found : found.reverse();
  };

  return {
    async endpoint(endpointName) {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: tableName(),
          Key: endpointKey(endpointName),
          ConsistentRead: true,
        }),
      );
      const overdueAtMs = Item?.overdueAtMs?.N;
      return {
        record: endpointRecord(endpointName, Item ?? {}),
        lookedAtMs: overdueAtMs === undefined ? null : Number(overdueAtMs) - LOOP_OVERDUE_MS,
      };
    },

    decisionsUntil(target, untilMs, count) {
      const until = `${new Date(untilMs).toISOString()}#${LAST}`;
      return decisions(target, ['', until], false, count);
    },

    decisionsAfter(target, afterMs, count) {
      const after = new Date(afterMs + 1).toISOString();
      return decisions(target, [after, LAST], true, count);
    },
  };
}
