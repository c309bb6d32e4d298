import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';

export const context = { functionName: 'test', awsRequestId: '1' } as Context;

// biome-ignore lint/suspicious/noExplicitAny: a sample is whatever AWS sends
export const sample = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../../events/${name}.json`, import.meta.url), 'utf8'));
