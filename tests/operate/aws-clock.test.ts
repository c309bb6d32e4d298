import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { HttpResponse } from '@smithy/core/transport';
import { describe, expect, it } from 'vitest';
import { AwsClock } from '../../lib/operate/aws-clock.ts';

const LOCAL_MS = Date.parse('2026-01-05T09:00:00.400Z');
const later = (seconds: number) => new Date(LOCAL_MS + 1000 * seconds);

describe('AWS’s clock', () => {
  it('is this machine’s until AWS has said otherwise', () => {
    expect(new AwsClock(() => LOCAL_MS).now()).toBe(LOCAL_MS);
  });

  it.each<[string, string | undefined, number]>([
    ['an answer without a date', undefined, 0],
    ['a date that is none', 'yesterday', 0],
    ['a date that only rounding and the way tell apart', later(-1).toUTCString(), 0],
    ['a clock that is ahead', later(90).toUTCString(), 90],
    ['a clock that is behind', later(-90).toUTCString(), -90],
  ])('by %s', (_, date, seconds) => {
    const clock = new AwsClock(() => LOCAL_MS);
    clock.hear(date);
    const awayMs = clock.now() - LOCAL_MS - 1000 * seconds;
    // HTTP dates have whole seconds.
    expect(Math.abs(awayMs)).toBeLessThan(1000);
    if (seconds === 0) expect(awayMs).toBe(0);
  });

  it('goes by the newest answer', () => {
    const clock = new AwsClock(() => LOCAL_MS);
    clock.hear(later(90).toUTCString());
    clock.hear(later(0).toUTCString());
    expect(clock.now()).toBe(LOCAL_MS);
  });

  it.each([
    ['an answer', 200, {}],
    ['a refusal', 400, { __type: 'ResourceNotFoundException', message: 'No such table.' }],
  ])('is heard in %s of any client', async (_, statusCode, body) => {
    const clock = new AwsClock(() => LOCAL_MS);
    const client = new DynamoDBClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      maxAttempts: 1,
      requestHandler: {
        handle: async () => ({
          response: new HttpResponse({
            statusCode,
            headers: { date: later(3600).toUTCString() },
            body: new TextEncoder().encode(JSON.stringify(body)),
          }),
        }),
      },
    });
    client.middlewareStack.use(clock.plugin);
    const Key = { pk: { S: 'a' }, sk: { S: 'b' } };
    await client.send(new GetItemCommand({ TableName: 'T', Key })).catch(() => {});
    expect(clock.now() - LOCAL_MS).toBeGreaterThan(3_590_000);
  });
});
