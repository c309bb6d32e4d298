import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import type { TableUnderTest } from '../tables.ts';

export type Item = Record<string, AttributeValue>;
export type Values = Record<string, AttributeValue>;

export const S = (text: string): AttributeValue => ({ S: text });
export const N = (number: number | string): AttributeValue => ({ N: String(number) });

export type ContractTable = ReturnType<typeof contractTable>;

/** The calls that the contract is held with, on a table that is there while the tests around run. */
export function contractTable(start: () => Promise<TableUnderTest>) {
  let table: TableUnderTest;
  let serial = 0;
  /** A partition of its own for each test, so that none sees the items of another. */
  const newKey = (sk = 'state'): { pk: AttributeValue; sk: AttributeValue } => ({
    pk: S(`p${++serial}`),
    sk: S(sk),
  });

  beforeAll(async () => {
    table = await start();
  });
  afterAll(() => table.stop());

  const put = (item: Item, more = {}) =>
    table.client.send(new PutItemCommand({ TableName: table.tableName, Item: item, ...more }));
  const get = async (key: Item) =>
    (await table.client.send(new GetItemCommand({ TableName: table.tableName, Key: key }))).Item;
  const update = (key: Item, more: Partial<UpdateItemCommandInput>) =>
    table.client.send(new UpdateItemCommand({ TableName: table.tableName, Key: key, ...more }));
  const remove = (key: Item, more = {}) =>
    table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key: key, ...more }));
  const query = (more: Partial<QueryCommandInput>) =>
    table.client.send(new QueryCommand({ TableName: table.tableName, ...more }));
  return { newKey, put, get, update, remove, query, table: () => table };
}
