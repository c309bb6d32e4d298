import * as z from 'zod/mini';
import { accountSettingsSchema } from './schema.ts';

/** What of JSON Schema the settings make use of. */
export interface JsonSchema {
  title?: string;
  description?: string;
  type?: string;
  enum?: string[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  maxItems?: number;
  properties?: Record<string, JsonSchema>;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  default?: unknown;
  required?: string[];
}

/** A schema as JSON Schema, for what is written by hand. */
export function jsonSchema(schema: z.core.$ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
}

/**
 * The values that a schema allows, in words.
 * @param quote how a literal value is written
 * @param metric what stands for a metric object
 */
export function valuesText(
  schema: JsonSchema,
  quote: (value: unknown) => string,
  metric: string,
): string {
  const text = (each: JsonSchema) => valuesText(each, quote, metric);
  if (schema.anyOf) {
    return schema.anyOf
      .filter(({ type }) => type !== 'null')
      .map((each) => (each.type === 'object' ? metric : text(each)))
      .join(', ');
  }
  if (schema.items) return `a list of up to ${schema.maxItems} windows`;
  if (schema.enum) return schema.enum.map(quote).join(', ');
  if (schema.minimum !== undefined) {
    const range = `${schema.minimum} to ${schema.maximum}`;
    return schema.type === 'integer' ? `a whole number from ${range}` : range;
  }
  if (schema.exclusiveMinimum !== undefined) {
    const most = schema.maximum === undefined ? '' : `, up to ${schema.maximum}`;
    return `above ${schema.exclusiveMinimum}${most}`;
  }
  return schema.type ?? '';
}

/** What the setting at `path` may be; undefined where there is no such setting. */
export function allowedValues(path: readonly PropertyKey[]): string | undefined {
  let schema: JsonSchema | undefined = jsonSchema(accountSettingsSchema);
  for (const key of path) {
    const object: JsonSchema | undefined = schema?.properties
      ? schema
      : schema?.anyOf?.find(({ properties }) => properties);
    schema = typeof key === 'number' ? schema?.items : object?.properties?.[String(key)];
  }
  if (!schema || path.length === 0) return undefined;
  if (schema.properties) return `the keys ${Object.keys(schema.properties).join(', ')}`;
  const allowsNull = schema.anyOf?.some(({ type }) => type === 'null') ?? false;
  const text = valuesText(schema, (value) => JSON.stringify(value), 'a metric object');
  return allowsNull ? `${text}, null` : text;
}
