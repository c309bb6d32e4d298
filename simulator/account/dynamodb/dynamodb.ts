import type { VirtualClock } from '../clock.ts';
import {
  AwsError,
  type AwsService,
  type CallContext,
  type Operation,
  validationError,
} from '../service.ts';
import { attributeOf, type Item } from './attribute-values.ts';
import { type ExpressionInput, ExpressionParser, type Expressions } from './expressions.ts';
import { deleteItem, getItem, putItem, updateItem } from './item-operations.ts';
import { checkedKey } from './keys.ts';
import { query } from './query.ts';
import { type KeySchema, Table } from './table.ts';
import { keySchemaOf, tableDescription, tableNotFound } from './table-description.ts';

/** Items are deleted "within a few days" after expiry: AWS docs, "Using time to live (TTL)". */
const DEFAULT_EXPIRY_LAG_SECONDS = 2 * 86_400;
/** Items that expired longer ago than this are left alone, says the same page. */
const MAX_EXPIRY_AGE_SECONDS = 5 * 365.25 * 86_400;
const MAX_BATCH_KEYS = 100;

const COMMON = ['TableName', 'ReturnConsumedCapacity', 'ExpressionAttributeNames'];
const WRITE = [
  ...COMMON,
  'ConditionExpression',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnValuesOnConditionCheckFailure',
  'ReturnItemCollectionMetrics',
];
const READ = [...COMMON, 'ProjectionExpression', 'ConsistentRead'];
/** Request members that are served; any other is refused rather than ignored. */
const MEMBERS = {
  GetItem: new Set([...READ, 'Key']),
  PutItem: new Set([...WRITE, 'Item']),
  DeleteItem: new Set([...WRITE, 'Key']),
  UpdateItem: new Set([...WRITE, 'Key', 'UpdateExpression']),
  Query: new Set([
    ...READ,
    'KeyConditionExpression',
    'FilterExpression',
    'ExpressionAttributeValues',
    'ScanIndexForward',
    'Limit',
    'ExclusiveStartKey',
    'Select',
  ]),
};

interface ItemInput extends ExpressionInput {
  readonly TableName?: string;
}

type ItemOperation = (table: Table, input: never, expressions: Expressions) => unknown;

/**
 * DynamoDB tables in memory: string keys, expressions, conditional writes and paging as the service
 * does them. Every operation is atomic, since nothing in it waits.
 */
export class DynamoDb implements AwsService {
  readonly name = 'dynamodb';
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #clock: VirtualClock;
  readonly #expiryLagSeconds: number;
  readonly #tables = new Map<string, Table>();
  readonly #expressions = new ExpressionParser();

  constructor(options: {
    readonly clock: VirtualClock;
    /** How long after its expiry an item is still seen; default two days. */
    readonly expiryLagSeconds?: number;
  }) {
    this.#clock = options.clock;
    this.#expiryLagSeconds = options.expiryLagSeconds ?? DEFAULT_EXPIRY_LAG_SECONDS;
    this.operations = {
      CreateTable: (input, context) => this.#createTable(input, context),
      DescribeTable: (input, context) => ({
        Table: tableDescription(this.#table(input.TableName), context),
      }),
      UpdateTimeToLive: (input) => this.#updateTimeToLive(input),
      DescribeTimeToLive: (input) => this.#describeTimeToLive(input),
      GetItem: this.#onTable('GetItem', getItem),
      PutItem: this.#onTable('PutItem', putItem),
      DeleteItem: this.#onTable('DeleteItem', deleteItem),
      UpdateItem: this.#onTable('UpdateItem', updateItem),
      Query: this.#onTable('Query', query),
      BatchGetItem: (input) => this.#batchGetItem(input),
    };
  }

  /** Creates a table as a deployment would. Throws ResourceInUseException when it exists. */
  createTable(table: {
    readonly name: string;
    readonly key: KeySchema;
    readonly timeToLiveAttribute?: string;
  }): void {
    if (this.#tables.has(table.name)) {
      throw new AwsError('ResourceInUseException', `Table already exists: ${table.name}`);
    }
    const created = new Table(table.name, table.key, this.#clock.nowSeconds, (item, attribute) =>
      this.#isExpired(item, attribute),
    );
    created.timeToLiveAttribute = table.timeToLiveAttribute;
    this.#tables.set(table.name, created);
  }

  /** Deletes a table with all that is in it, as the deletion of its stack does. */
  deleteTable(name: string): void {
    this.#tables.delete(name);
  }

  #createTable(input: Parameters<typeof keySchemaOf>[0], context: CallContext) {
    const { name, key } = keySchemaOf(input);
    this.createTable({ name, key });
    return { TableDescription: tableDescription(this.#table(name), context) };
  }

  #table(name: unknown): Table {
    const table = typeof name === 'string' ? this.#tables.get(nameOf(name)) : undefined;
    if (!table) throw tableNotFound(name);
    return table;
  }

  #onTable(operation: keyof typeof MEMBERS, run: ItemOperation): Operation {
    const members = MEMBERS[operation];
    return (input: ItemInput) => {
      refuseUnserved(operation, input as Record<string, unknown>, members);
      const table = this.#table(input.TableName);
      return run(table, input as never, this.#expressions.parse(input, table.key));
    };
  }

  #batchGetItem(input: { readonly RequestItems?: Record<string, unknown> }) {
    const requests = Object.entries(input.RequestItems ?? {}) as [string, BatchRequest][];
    const keyCount = requests.reduce((sum, [, request]) => sum + (request.Keys?.length ?? 0), 0);
    if (keyCount < 1 || keyCount > MAX_BATCH_KEYS) {
      throw validationError(
        `BatchGetItem takes 1 to ${MAX_BATCH_KEYS} keys over all its tables; it was given ${keyCount}.`,
      );
    }
    const responses = requests.map(([name, request]) => {
      refuseUnserved('BatchGetItem', request, BATCH_MEMBERS);
      const table = this.#table(name);
      const expressions = this.#expressions.parse(request, table.key);
      const keys = request.Keys ?? [];
      refuseDuplicates(table, keys);
      const items = keys.map((Key) => getItem(table, { Key }, expressions).Item);
      return [name, items.filter((item) => item !== undefined)] as const;
    });
    return { Responses: Object.fromEntries(responses), UnprocessedKeys: {} };
  }

  #updateTimeToLive(input: {
    readonly TableName?: string;
    readonly TimeToLiveSpecification?: { Enabled?: boolean; AttributeName?: string };
  }) {
    const table = this.#table(input.TableName);
    const { Enabled: enabled, AttributeName: attribute } = input.TimeToLiveSpecification ?? {};
    if (typeof enabled !== 'boolean' || !attribute) {
      throw validationError('TimeToLiveSpecification needs Enabled and AttributeName.');
    }
    if (enabled === (table.timeToLiveAttribute !== undefined)) {
      throw validationError(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
    }
    table.timeToLiveAttribute = enabled ? attribute : undefined;
    return { TimeToLiveSpecification: { Enabled: enabled, AttributeName: attribute } };
  }

  #describeTimeToLive(input: { readonly TableName?: string }) {
    const attribute = this.#table(input.TableName).timeToLiveAttribute;
    return {
      TimeToLiveDescription:
        attribute === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
    };
  }

  #isExpired(item: Item, attribute: string): boolean {
    const expiry = attributeOf(item, attribute);
    if (!expiry || !('N' in expiry)) return false;
    const ageSeconds = this.#clock.nowSeconds - Number(expiry.N);
    return ageSeconds > this.#expiryLagSeconds && ageSeconds < MAX_EXPIRY_AGE_SECONDS;
  }
}

interface BatchRequest extends ExpressionInput {
  readonly Keys?: readonly unknown[];
  readonly [member: string]: unknown;
}

const BATCH_MEMBERS = new Set([
  'Keys',
  'ProjectionExpression',
  'ExpressionAttributeNames',
  'ConsistentRead',
]);

function refuseDuplicates(table: Table, keys: readonly unknown[]): void {
  const distinct = new Set(
    keys.map((key) => {
      const { hash, sort } = checkedKey(table.key, key).key;
      return JSON.stringify([hash, sort]);
    }),
  );
  if (distinct.size < keys.length) {
    throw validationError('Provided list of item keys contains duplicates');
  }
}

function refuseUnserved(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  members: ReadonlySet<string>,
): void {
  for (const member in input) {
    if (!members.has(member)) {
      throw validationError(`The embedded DynamoDB does not serve ${member} of ${operation}.`);
    }
  }
  const capacity = input.ReturnConsumedCapacity;
  if (capacity !== undefined && capacity !== 'NONE') {
    throw validationError('The embedded DynamoDB does not count consumed capacity.');
  }
}

/** A request may name a table by its ARN. */
function nameOf(tableNameOrArn: string): string {
  return tableNameOrArn.slice(tableNameOrArn.lastIndexOf('/') + 1);
}
