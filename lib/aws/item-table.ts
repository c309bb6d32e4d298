import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './endpoint-item.ts';

/** One conditional UpdateItem. */
export interface ItemUpdate {
  readonly key: Item;
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Item;
  readonly condition?: string;
}

/** Single items of the table, read consistently and changed under conditions. */
export interface ItemTable {
  /** Undefined when there is no such item. */
  get(key: Item): Promise<Item | undefined>;
  /** Every item of one partition. */
  query(partition: string): Promise<Item[]>;
  /** The item as it is after the update; undefined when the condition does not hold. */
  update(update: ItemUpdate): Promise<Item | undefined>;
  /** False when the condition does not hold. */
  remove(key: Item, condition?: string, values?: Item): Promise<boolean>;
}

export function dynamoItemTable(client: DynamoDBClient, tableName: () => string): ItemTable {
  return {
    async get(key) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName(), Key: key, ConsistentRead: true }),
      );
      return Item;
    },

    async query(partition) {
      const items: Item[] = [];
      let ExclusiveStartKey: Item | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName(),
            KeyConditionExpression: 'pk = :partition',
            ConsistentRead: true,
            ExpressionAttributeValues: { ':partition': { S: partition } },
            ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
          }),
        );
        items.push(...(page.Items ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return items;
    },

    async update({ key, expression, names = {}, values = {}, condition }) {
      const done = await unlessRefused(() =>
        client.send(
          new UpdateItemCommand({
            TableName: tableName(),
            Key: key,
            UpdateExpression: expression,
            ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
            ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
            ...(condition !== undefined && { ConditionExpression: condition }),
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return done && (done.Attributes ?? {});
    },

    async remove(key, condition, values = {}) {
      const done = await unlessRefused(() =>
        client.send(
          new DeleteItemCommand({
            TableName: tableName(),
            Key: key,
            ...(condition !== undefined && { ConditionExpression: condition }),
            ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
          }),
        ),
      );
      return done !== undefined;
    },
  };
}

/** Undefined when the condition of a write does not hold. */
async function unlessRefused<Output>(send: () => Promise<Output>): Promise<Output | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
