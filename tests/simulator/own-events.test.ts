import { describe, expect, it } from 'vitest';
import { type EventPattern, matches } from '../../simulator/account/eventbridge/pattern.ts';
import { resolved } from '../../simulator/stack/schema.ts';
import { readStack } from '../../simulator/stack.ts';
import { sampleEvent } from '../deploy/samples.ts';

const CONTEXT = { accountId: '123456789012', region: 'eu-west-1' };

const { functions } = readStack(new URL('../../serverless.yml', import.meta.url));
const takenBy = (event: object) =>
  functions
    .filter(({ rules }) =>
      rules.some(({ pattern }) => matches(resolved(pattern, CONTEXT) as EventPattern, event)),
    )
    .map(({ name }) => name);

describe('the rules of the service', () => {
  // A bus may be sent what another region or account tells of an endpoint of the same name.
  it.each([
    ['alarm-state-change', 'alarm', []],
    ['endpoint-state-change', 'endpoint', []],
    ['parameter-change', 'parameter', []],
    ['prewarm-request', 'prewarm', []],
    ['prewarm-cancellation', 'prewarm', []],
    ['load-surge', 'surge', ['surge']],
  ])(
    'take %s of the account and region that they are in, for %s, and from elsewhere for %j',
    (name, own, foreign) => {
      const event = sampleEvent(name);
      expect(takenBy(event)).toEqual([own]);
      expect(takenBy({ ...event, account: '999999999999' })).toEqual(foreign);
      expect(takenBy({ ...event, region: 'us-east-1' })).toEqual(foreign);
    },
  );
});
