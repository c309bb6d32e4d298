import { readFileSync } from 'node:fs';

/** An event as EventBridge delivers it. */
export interface SampleEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Reads a file of `events/`. */
function sample(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../events/${name}.json`, import.meta.url), 'utf8'));
}

export const sampleEvent = (name: string) => sample(name) as SampleEvent;

/** What SQS hands to Lambda, with the bodies given instead of the sample's. */
export function recheckEvent(...bodies: readonly string[]) {
  const { Records } = sample('recheck') as { Records: [Record<string, unknown>] };
  return {
    Records: bodies.map((body, i) => ({ ...Records[0], messageId: `message-${i}`, body })),
  };
}
