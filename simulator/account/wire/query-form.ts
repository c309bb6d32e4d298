import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../service.ts';

/** The parameters of a form by the parts of their dotted names. */
interface Node {
  value?: string;
  readonly children: Map<string, Node>;
}

/**
 * Reads the parameters of an AWS query request as its input's schema has them: structures and lists
 * are spelt out in dotted names, `Dimensions.member.1.Name=…`. Parameters that the schema does not
 * know are passed over. Throws `MalformedInput`.
 */
export function readForm(form: URLSearchParams, schema: NormalizedSchema): Record<string, unknown> {
  if (schema.isUnitSchema()) return {};
  return structure(schema, grow(form), '');
}

function grow(form: URLSearchParams): Node {
  const root: Node = { children: new Map() };
  for (const [name, value] of form) {
    let node = root;
    for (const part of name.split('.')) {
      let child = node.children.get(part);
      if (!child) {
        child = { children: new Map() };
        node.children.set(part, child);
      }
      node = child;
    }
    node.value = value;
  }
  return root;
}

function structure(schema: NormalizedSchema, node: Node, path: string): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const part = (member.getMergedTraits().xmlName as string | undefined) ?? name;
    const child = node.children.get(part);
    if (child) read[name] = anything(member, child, `${path}${part}`);
  }
  return read;
}

function anything(schema: NormalizedSchema, node: Node, path: string): unknown {
  if (schema.isListSchema()) return list(schema, node, path);
  if (schema.isMapSchema()) return map(schema, node, path);
  if (schema.isStructSchema()) return structure(schema, node, `${path}.`);
  return scalar(schema, node.value ?? '', path);
}

function list(schema: NormalizedSchema, node: Node, path: string): unknown[] {
  const value = schema.getValueSchema();
  const part = (value.getMemberTraits().xmlName as string | undefined) ?? 'member';
  const holder = isFlattened(schema) ? node : node.children.get(part);
  return numbered(holder).map(([number, child]) => anything(value, child, `${path}.${number}`));
}

function map(schema: NormalizedSchema, node: Node, path: string): Record<string, unknown> {
  const key = schema.getKeySchema();
  const value = schema.getValueSchema();
  const keyPart = (key.getMemberTraits().xmlName as string | undefined) ?? 'key';
  const valuePart = (value.getMemberTraits().xmlName as string | undefined) ?? 'value';
  const holder = isFlattened(schema) ? node : node.children.get('entry');
  return Object.fromEntries(
    numbered(holder).map(([number, { children }]) => [
      children.get(keyPart)?.value ?? '',
      anything(value, children.get(valuePart) ?? { children: new Map() }, `${path}.${number}`),
    ]),
  );
}

function isFlattened(schema: NormalizedSchema): boolean {
  return schema.getMergedTraits().xmlFlattened !== undefined;
}

/** The numbered children in their order, which need not be the form's. */
function numbered(node: Node | undefined): [number: number, child: Node][] {
  return [...(node?.children ?? [])]
    .filter(([part]) => /^\d+$/.test(part))
    .map(([part, child]): [number, Node] => [Number(part), child])
    .sort(([a], [b]) => a - b);
}

function scalar(schema: NormalizedSchema, text: string, path: string): unknown {
  if (schema.isBooleanSchema()) {
    if (text === 'true' || text === 'false') return text === 'true';
    throw malformed(path, text, 'true or false');
  }
  if (schema.isNumericSchema()) {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value)) return value;
    // Numbers that are none stay text, which the operations refuse in their own words.
    if (/^(NaN|-?Infinity)$/.test(text)) return text;
    throw malformed(path, text, 'a number');
  }
  if (schema.isTimestampSchema()) {
    const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
    if (Number.isFinite(ms)) return ms / 1000;
    throw malformed(path, text, 'a time such as 2026-01-05T12:00:00Z');
  }
  return text;
}

function malformed(path: string, text: string, expected: string): AwsError {
  return new AwsError(
    'MalformedInput',
    `The value "${text}" for the parameter ${path} is invalid: expected ${expected}.`,
  );
}
