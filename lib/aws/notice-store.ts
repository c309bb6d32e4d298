import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { NoticeBook } from '../notify/notices.ts';

/** What was told of a subject. */
export interface StoredBook {
  readonly book: NoticeBook;
  readonly version: number;
}

/** Remembers what the owner was told outside of control cycles, in the table of the states. */
export interface NoticeStore {
  read(subject: string): Promise<StoredBook>;
  /** False: somebody else wrote since `version`, and tells what is to be told. */
  save(subject: string, stored: StoredBook, expiresAtSeconds: number): Promise<boolean>;
}

const keyOf = (subject: string) => ({ pk: { S: 'notices' }, sk: { S: subject } });

export function dynamoNoticeStore(client: DynamoDBClient, tableName: () => string): NoticeStore {
  return {
    async read(subject) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName(), Key: keyOf(subject), ConsistentRead: true }),
      );
      return {
        book: JSON.parse(Item?.book?.S ?? '{}') as NoticeBook,
        version: Number(Item?.version?.N ?? 0),
      };
    },

    async save(subject, { book, version }, expiresAtSeconds) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName(),
            Key: keyOf(subject),
            UpdateExpression: 'SET book = :book, version = :next, expiresAt = :expires',
            ConditionExpression: 'attribute_not_exists(version) OR version = :current',
            ExpressionAttributeValues: {
              ':book': { S: JSON.stringify(book) },
              ':current': { N: String(version) },
              ':next': { N: String(version + 1) },
              ':expires': { N: String(Math.ceil(expiresAtSeconds)) },
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}
