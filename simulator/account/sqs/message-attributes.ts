import { createHash } from 'node:crypto';
import { sqsError } from './errors.ts';

/** A message attribute as on the wire; binary values are base64 text. */
export interface MessageAttribute {
  readonly DataType?: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** AWS docs, "Amazon SQS message quotas". */
const MAX_ATTRIBUTES = 10;
const TRANSPORT = { text: 1, binary: 2 };

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Throws InvalidParameterValue for an attribute that SQS does not take. */
export function checkAttributes(attributes: MessageAttributes): void {
  const names = Object.keys(attributes);
  if (names.length > MAX_ATTRIBUTES) {
    throw sqsError(
      'InvalidParameterValueException',
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`,
    );
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    const { DataType: type = '', StringValue: text, BinaryValue: binary } = attribute;
    const value = type.startsWith('Binary') ? binary : text;
    if (/^(String|Number|Binary)(\.|$)/.test(type) && value) continue;
    throw sqsError(
      'InvalidParameterValueException',
      `The message attribute '${name}' must have a DataType of String, Number or Binary and a ` +
        'non-empty value of that type.',
    );
  }
}

/**
 * The digest that SQS answers with, over name, type and value of each attribute in the order of
 * their names, every part behind its length in four bytes: AWS docs, "Calculating the MD5 message
 * digest for message attributes".
 */
export function attributesMd5(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  for (const name of names) {
    const {
      DataType: type = '',
      StringValue: text,
      BinaryValue: binary,
    } = attributes[name] as MessageAttribute;
    const isBinary = type.startsWith('Binary');
    hash.update(withLength(Buffer.from(name)));
    hash.update(withLength(Buffer.from(type)));
    hash.update(Buffer.from([isBinary ? TRANSPORT.binary : TRANSPORT.text]));
    hash.update(
      withLength(isBinary ? Buffer.from(binary ?? '', 'base64') : Buffer.from(text ?? '')),
    );
  }
  return hash.digest('hex');
}

/** The attributes that `MessageAttributeNames` asks for: names, `All`, `.*` or `prefix.*`. */
export function selectAttributes(
  attributes: MessageAttributes,
  asked: readonly string[],
): MessageAttributes {
  const isAsked = (name: string) =>
    asked.some((each) =>
      each === 'All' || each === '.*'
        ? true
        : each.endsWith('.*')
          ? name.startsWith(each.slice(0, -2))
          : each === name,
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isAsked(name)));
}

/** Bytes that the attributes add to the size of their message. */
export function attributesBytes(attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType: type = '', StringValue: text = '', BinaryValue: binary = '' }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(type) +
      Buffer.byteLength(text) +
      Buffer.byteLength(binary, 'base64'),
    0,
  );
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
