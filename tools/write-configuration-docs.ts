import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod/mini';
import { type JsonSchema, jsonSchema, valuesText } from '../lib/config/allowed-values.ts';
import { DEFAULTS } from '../lib/config/defaults.ts';
import {
  CUSTOM_SIGNAL_REFERENCE,
  REFERENCE,
  type SettingReference,
  WINDOW_REFERENCE,
} from '../lib/config/reference.ts';
import { accountSettingsSchema, targetSettingsSchema } from '../lib/config/schema.ts';

/** The generated files by path under the project's root. */
export function configurationDocs(): Record<string, string> {
  return {
    'docs/configuration.md': markdown(),
    'docs/schema/defaults.schema.json': schemaText(
      accountSettingsSchema,
      'The parameter /fast-scaler/defaults',
    ),
    'docs/schema/target.schema.json': schemaText(
      targetSettingsSchema,
      'A parameter /fast-scaler/targets/<endpoint>/<variant>',
    ),
  };
}

function schemaText(schema: z.core.$ZodType, title: string): string {
  const json = jsonSchema(schema);
  for (const [key, property] of Object.entries(json.properties ?? {})) {
    property.description = REFERENCE[key as keyof typeof REFERENCE].meaning;
    if (key in DEFAULTS) property.default = DEFAULTS[key as keyof typeof DEFAULTS];
  }
  return `${JSON.stringify({ ...json, title }, null, 2)}\n`;
}

function markdown(): string {
  const { properties = {} } = jsonSchema(accountSettingsSchema);
  const rows = Object.entries(REFERENCE).map(([key, reference]) =>
    row(key, properties[key] as JsonSchema, reference, defaultOf(key)),
  );
  const metric = properties.signal?.anyOf?.find(({ type }) => type === 'object');
  const metricRows = Object.entries(CUSTOM_SIGNAL_REFERENCE).map(([key, reference]) => {
    const property = metric?.properties?.[key] as JsonSchema;
    const isRequired = metric?.required?.includes(key);
    return row(key, property, reference, isRequired ? 'required' : code(property.default));
  });
  const window = properties.windows?.items;
  const windowRows = Object.entries(WINDOW_REFERENCE).map(([key, reference]) => {
    const property = window?.properties?.[key] as JsonSchema;
    const isRequired = window?.required?.includes(key);
    const standard = property.default === undefined ? '–' : code(property.default);
    return row(key, property, reference, isRequired ? 'required' : standard);
  });
  return `<!-- Written by tools/write-configuration-docs.ts from lib/config; do not edit. -->

# Configuration

Two kinds of Systems Manager parameters, JSON objects both, and one tag:

| where | what it does |
| --- | --- |
| \`/fast-scaler/targets/<endpoint>/<variant>\` | Enrols the variant; holds only what differs, \`{}\` at least. Deleting it releases the variant. |
| tag \`fast-scaler\` = \`act\` or \`observe\` on an endpoint | Enrols the variants of the endpoint in that mode: those with a scalable target, and where none has one, all. A variant that is enrolled stays so while its scalable target is gone. |
| \`/fast-scaler/defaults\` | Settings for every enrolled target, \`discover\`, and the account's budget. |

A value is taken from the target's parameter, else from the tag, else from \`/fast-scaler/defaults\`, else
from the table below. A changed parameter applies within seconds, a changed tag within ten minutes, or as
soon as a parameter is written where the tag was not valid.
An unknown key is an error. While a parameter is invalid the last good configuration stays in force.

A CloudWatch alarm mute rule on the alarm \`fast-scaler/endpoint/<endpoint>/variant/<variant>/high\` pauses the
target for its window: at once where the alarm goes off in it, else within a minute, and for a minute and a half
after it ended, or was lifted, at most. So does scaling that you suspend on the scalable target (\`SuspendedState\`),
any kind of it, until a look after you resume it: within a minute.

## Settings

${table(rows)}

## A metric as \`signal\`

${table(metricRows)}

## One of the \`windows\`

${table(windowRows)}

A window names \`minInstances\`, \`maxInstances\` or both; [Schedules and prewarms](schedules.md) says how they meet demand,
[Budget](budget.md) what \`maxInstanceHoursPerDay\` does.

Editors check the parameters by [docs/schema/target.schema.json](schema/target.schema.json) and
[docs/schema/defaults.schema.json](schema/defaults.schema.json).
`;
}

function table(rows: readonly string[]): string {
  return ['| key | values | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function row(key: string, schema: JsonSchema, reference: SettingReference, standard: string) {
  const { meaning, unit, whenNull } = reference;
  const values = [unit ? `${range(schema)} ${unit}` : range(schema), whenNull && code(null)]
    .filter(Boolean)
    .join(', ');
  const nullText = whenNull ? ` \`null\`: ${whenNull}.` : '';
  return `| \`${key}\` | ${values} | ${standard} | ${meaning}${nullText} |`;
}

function defaultOf(key: string): string {
  if (key in DEFAULTS) return code(DEFAULTS[key as keyof typeof DEFAULTS]);
  return code(key === 'discover' ? false : null);
}

function range(schema: JsonSchema): string {
  return valuesText(schema, code, 'a metric (below)');
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Writes the files under `root`; their layout is the formatter's. */
function write(root: string): void {
  mkdirSync(join(root, 'docs/schema'), { recursive: true });
  for (const [path, text] of Object.entries(configurationDocs())) {
    writeFileSync(join(root, path), text);
  }
}

if (import.meta.main) write(join(import.meta.dirname, '..'));
