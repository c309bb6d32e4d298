import { AwsError, type CallContext, validationError } from '../service.ts';
import type { KeySchema, Table } from './table.ts';

interface CreateTableInput {
  readonly TableName?: string;
  readonly KeySchema?: readonly { AttributeName: string; KeyType: string }[];
  readonly AttributeDefinitions?: readonly { AttributeName: string; AttributeType: string }[];
  readonly [member: string]: unknown;
}

/** Members of CreateTable that this table has no use for but may be given. */
const WITHOUT_EFFECT = ['BillingMode', 'ProvisionedThroughput', 'Tags', 'TableClass'];
const SERVED = new Set(['TableName', 'KeySchema', 'AttributeDefinitions', ...WITHOUT_EFFECT]);

/** Reads a CreateTable request. Throws a ValidationException for what this table cannot be. */
export function keySchemaOf(input: CreateTableInput): { name: string; key: KeySchema } {
  const unserved = Object.keys(input).find((member) => !SERVED.has(member));
  if (unserved) {
    throw validationError(`The embedded DynamoDB does not serve ${unserved} of CreateTable.`);
  }
  const { TableName: name = '', KeySchema: schema = [], AttributeDefinitions: types = [] } = input;
  if (!/^[A-Za-z0-9_.-]{3,255}$/.test(name)) {
    throw validationError(
      `TableName "${name}" must be 3 to 255 of the characters a-z, A-Z, 0-9, '_', '-', and '.'`,
    );
  }
  const [hash, range] = schema;
  const hasKinds = hash?.KeyType === 'HASH' && (range?.KeyType ?? 'RANGE') === 'RANGE';
  if (!hasKinds || schema.length > 2) {
    throw validationError(
      'Invalid KeySchema: expected one HASH key and after it at most one RANGE key.',
    );
  }
  for (const { AttributeName: attribute } of schema) {
    const type = types.find((each) => each.AttributeName === attribute)?.AttributeType;
    if (type === 'S') continue;
    throw validationError(
      type === undefined
        ? `AttributeDefinitions lacks the key attribute ${attribute}.`
        : `The embedded DynamoDB has string keys only; ${attribute} is of type ${type}.`,
    );
  }
  if (types.length !== schema.length) {
    throw validationError(
      'One or more parameter values were invalid: Number of attributes in KeySchema does not ' +
        'exactly match number of attributes defined in AttributeDefinitions',
    );
  }
  const key = { hash: hash.AttributeName, ...(range && { range: range.AttributeName }) };
  return { name, key };
}

/** A table as DescribeTable and CreateTable show it. */
export function tableDescription(table: Table, { region, accountId }: CallContext) {
  const { hash, range } = table.key;
  const attributes = range === undefined ? [hash] : [hash, range];
  return {
    TableName: table.name,
    TableArn: `arn:aws:dynamodb:${region}:${accountId}:table/${table.name}`,
    TableStatus: 'ACTIVE',
    CreationDateTime: table.createdAtSeconds,
    KeySchema: attributes.map((name, i) => ({
      AttributeName: name,
      KeyType: i === 0 ? 'HASH' : 'RANGE',
    })),
    AttributeDefinitions: attributes.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ItemCount: table.itemCount,
    TableSizeBytes: table.sizeBytes,
  };
}

export function tableNotFound(name: unknown): AwsError {
  return new AwsError(
    'ResourceNotFoundException',
    `Requested resource not found: Table: ${name} not found`,
  );
}
