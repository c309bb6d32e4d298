import type { NormalizedSchema } from '@smithy/core/schema';
import XMLBuilder from 'fast-xml-builder';

const builder = new XMLBuilder({ ignoreAttributes: false });

/** One element with its content, in a namespace. */
export function writeXml(element: string, namespace: string, content: object): string {
  return builder.build({ [element]: { '@_xmlns': namespace, ...content } });
}

/**
 * The members of an output as elements, as its schema has them. Times come out in ISO 8601; what the
 * schema does not know is left out.
 */
export function elements(schema: NormalizedSchema, value: unknown): Record<string, unknown> {
  const members = value as Record<string, unknown>;
  const written: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const part = members[name];
    if (part === undefined || part === null) continue;
    const element = (member.getMergedTraits().xmlName as string | undefined) ?? name;
    written[element] = content(member, part);
  }
  return written;
}

/** An array means that the element repeats. */
function content(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const items = (value as readonly unknown[]).map((each) => content(item, each));
    if (isFlattened(schema)) return items;
    return { [(item.getMemberTraits().xmlName as string | undefined) ?? 'member']: items };
  }
  if (schema.isMapSchema()) {
    const key = (schema.getKeySchema().getMemberTraits().xmlName as string | undefined) ?? 'key';
    const item = schema.getValueSchema();
    const held = (item.getMemberTraits().xmlName as string | undefined) ?? 'value';
    const entries = Object.entries(value as object).map(([name, each]) => ({
      [key]: name,
      [held]: content(item, each),
    }));
    return isFlattened(schema) ? entries : { entry: entries };
  }
  if (schema.isStructSchema()) return elements(schema, value);
  if (schema.isTimestampSchema()) return new Date((value as number) * 1000).toISOString();
  return String(value);
}

function isFlattened(schema: NormalizedSchema): boolean {
  return schema.getMergedTraits().xmlFlattened !== undefined;
}
