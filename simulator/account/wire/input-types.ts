import type { NormalizedSchema } from '@smithy/core/schema';
import type { CallInterceptor } from '../account.ts';
import { AwsError, validationError } from '../service.ts';
import { operationSchemas } from './schemas.ts';

/** Deeper than any input goes: DynamoDB, whose attribute values nest, takes 32 levels of them. */
const DEEPEST = 200;

/** The last time, either way, that a Date holds. */
const LAST_SECOND = 8.64e12;

/**
 * Refuses an input in which a member has another type than the service's API model says, as AWS
 * does: `SerializationException`. For callers outside; what the SDK's clients of this process send is
 * typed where it is written. Members that the model does not know are passed over.
 */
export const requireInputTypes: CallInterceptor = async ({ service, operation, input }) => {
  const schemas = await operationSchemas(service, operation);
  if (schemas && !schemas.input.isUnitSchema()) members(schemas.input, input, '', 0);
};

function members(schema: NormalizedSchema, value: object, path: string, depth: number): void {
  for (const [name, member] of schema.structIterator()) {
    const part = (value as Record<string, unknown>)[name];
    if (part !== undefined) anything(member, part, path === '' ? name : `${path}.${name}`, depth);
  }
}

function anything(schema: NormalizedSchema, value: unknown, path: string, depth: number): void {
  if (depth > DEEPEST) {
    throw new AwsError('SerializationException', `The member ${path} is nested too deeply.`);
  }
  if (schema.isDocumentSchema()) return;
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw wrongType(path, 'a list', value);
    const item = schema.getValueSchema();
    value.forEach((each, i) => {
      if (each === null) throw nullItem(`${path}[${i}]`);
      anything(item, each, `${path}[${i}]`, depth + 1);
    });
    return;
  }
  if (schema.isMapSchema() || schema.isStructSchema()) {
    if (!isObject(value)) throw wrongType(path, 'an object', value);
    if (schema.isStructSchema()) {
      members(schema, value, path, depth + 1);
      return;
    }
    const item = schema.getValueSchema();
    for (const [name, each] of Object.entries(value)) {
      anything(item, each, `${path}.${name}`, depth + 1);
    }
    return;
  }
  const expected = scalarFault(schema, value);
  if (expected !== undefined) throw wrongType(path, expected, value);
}

/** What a scalar should be; undefined: it is that. */
function scalarFault(schema: NormalizedSchema, value: unknown): string | undefined {
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? undefined : 'true or false';
  if (schema.isTimestampSchema()) {
    const isTime = typeof value === 'number' && Math.abs(value) <= LAST_SECOND;
    return isTime ? undefined : 'a time in epoch seconds';
  }
  if (schema.isNumericSchema()) {
    // Numbers that are none are spelt out: JSON has no other way to write them.
    const isSpeltOut = typeof value === 'string' && /^(NaN|-?Infinity)$/.test(value);
    return typeof value === 'number' || isSpeltOut ? undefined : 'a number';
  }
  return typeof value === 'string' ? undefined : 'a string';
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function wrongType(path: string, expected: string, value: unknown): AwsError {
  return new AwsError(
    'SerializationException',
    `The member ${path} has the wrong type: expected ${expected}, found ${kindOf(value)}.`,
  );
}

function nullItem(path: string): AwsError {
  return validationError(
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: ` +
      'Member must not be null',
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number that is none';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
