import { tag } from '@smithy/core/cbor';
import type { NormalizedSchema } from '@smithy/core/schema';

/** CBOR's tag for a time in epoch seconds (RFC 8949, 3.4.2). */
const EPOCH_SECONDS_TAG = 1;

/**
 * A decoded CBOR value as the operations take it: times in epoch seconds, bytes in base64, and no
 * member that is null, which is one that is not given.
 */
export function fromCbor(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(fromCbor);
  const { tag: kind, value: tagged } = value as { tag?: unknown; value?: unknown };
  if (Object.keys(value).length === 2 && kind === EPOCH_SECONDS_TAG) return Number(tagged);
  const given = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  return Object.fromEntries(given.map(([name, each]) => [name, fromCbor(each)]));
}

/** A structure as its schema has it, with times tagged; what the schema does not know is left out. */
export function toCbor(schema: NormalizedSchema, value: unknown): Record<string, unknown> {
  const members = value as Record<string, unknown>;
  const written: Record<string, unknown> = {};
  if (schema.isUnitSchema()) return written;
  for (const [name, member] of schema.structIterator()) {
    const part = members[name];
    if (part !== undefined && part !== null) written[name] = cborValue(member, part);
  }
  return written;
}

function cborValue(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return (value as readonly unknown[]).map((each) => cborValue(item, each));
  }
  if (schema.isMapSchema()) {
    const item = schema.getValueSchema();
    return Object.fromEntries(
      Object.entries(value as object).map(([name, each]) => [name, cborValue(item, each)]),
    );
  }
  if (schema.isStructSchema()) return toCbor(schema, value);
  if (schema.isTimestampSchema()) return tag({ tag: EPOCH_SECONDS_TAG, value: value as number });
  if (schema.isBlobSchema()) return Buffer.from(value as string, 'base64');
  return value;
}
