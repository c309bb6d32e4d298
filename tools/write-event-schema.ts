// Writes docs/schema/scaling-decision.schema.json, the JSON Schema of the events that the service
// puts on the bus, from the schema in the code. Run it after a change there: node tools/write-event-schema.ts
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { decisionEventSchema, EVENT_DETAIL_TYPE } from '../lib/cycle/decision-event.ts';

const PATH = fileURLToPath(new URL('../docs/schema/scaling-decision.schema.json', import.meta.url));

/** The schema as it should be published. */
export function eventSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(decisionEventSchema, { io: 'input' });
  const title = `detail of a ${EVENT_DETAIL_TYPE} event`;
  return `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(PATH, eventSchemaText());
