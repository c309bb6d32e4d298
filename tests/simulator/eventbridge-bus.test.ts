import { describe, expect, it } from 'vitest';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { type AwsEvent, EventBus } from '../../simulator/account/eventbridge/bus.ts';

const START_MS = Date.UTC(2026, 0, 5, 12, 30, 15, 750);
const CONTEXT = { region: 'eu-central-1', accountId: '123456789012' };
const CONTENT = {
  source: 'shop',
  detailType: 'Order',
  resources: ['arn:aws:x:::y'],
  detail: { total: 3, lines: [{ sku: 'a' }] },
};

function busWorld(deliveryLatencyMs?: number) {
  const clock = new VirtualClock(START_MS);
  const bus = new EventBus({
    clock,
    context: CONTEXT,
    ...(deliveryLatencyMs === undefined ? {} : { deliveryLatencyMs }),
  });
  const account = new EmbeddedAccount(clock, CONTEXT).add(bus);
  const delivered: { atMs: number; event: AwsEvent }[] = [];
  bus.addRule({
    name: 'orders',
    pattern: { source: ['shop'] },
    deliver: (event) => {
      delivered.push({ atMs: clock.nowMs - START_MS, event });
    },
  });
  const putEvents = async (Entries: unknown) => {
    const response = await account.answer({
      headers: {
        'x-amz-target': 'AWSEvents.PutEvents',
        'content-type': 'application/x-amz-json-1.1',
      },
      body: JSON.stringify({ Entries }),
    });
    return { status: response.statusCode, body: JSON.parse(String(response.body)) };
  };
  return { clock, bus, delivered, putEvents };
}

describe('emit', () => {
  it('wraps the content in the envelope', () => {
    const event = busWorld().bus.emit(CONTENT);
    expect(event).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      'detail-type': 'Order',
      source: 'shop',
      account: '123456789012',
      time: '2026-01-05T12:30:15Z',
      region: 'eu-central-1',
      resources: ['arn:aws:x:::y'],
      detail: { total: 3, lines: [{ sku: 'a' }] },
    });
  });

  it('gives ids that differ within a run and repeat from run to run', () => {
    const ids = () => {
      const { bus } = busWorld();
      return [bus.emit(CONTENT).id, bus.emit(CONTENT).id];
    };
    const [first, second] = ids();
    expect(first).not.toBe(second);
    expect(ids()).toEqual([first, second]);
  });

  it.each([
    ['by default', undefined, 500],
    ['as told', 80, 80],
    ['of nothing', 0, 0],
  ])('delivers after the latency, %s', async (_label, latencyMs, expectedMs) => {
    const { bus, clock, delivered } = busWorld(latencyMs);
    bus.emit(CONTENT);
    await clock.runUntil(START_MS + expectedMs - 1);
    expect(delivered).toHaveLength(0);
    await clock.runUntil(START_MS + expectedMs);
    expect(delivered.map(({ atMs }) => atMs)).toEqual([expectedMs]);
  });

  it('delivers to matching rules only, each its own copy', async () => {
    const { bus, clock, delivered } = busWorld();
    const others: AwsEvent[] = [];
    const take = (event: AwsEvent) => {
      others.push(event);
    };
    bus.addRule({ name: 'all', pattern: { account: ['123456789012'] }, deliver: take });
    bus.addRule({ name: 'none', pattern: { source: ['shops'] }, deliver: take });
    bus.emit(CONTENT);
    await clock.runUntil(START_MS + 1000);
    expect(others).toEqual([delivered[0]?.event]);
    expect(others[0]).not.toBe(delivered[0]?.event);
    expect(others[0]?.detail).not.toBe(delivered[0]?.event.detail);
  });

  it('shows every event to observers, matched or not', () => {
    const { bus } = busWorld();
    const seen: string[] = [];
    bus.onEvent((event) => seen.push(event.source));
    bus.emit(CONTENT);
    bus.emit({ ...CONTENT, source: 'unheard' });
    expect(seen).toEqual(['shop', 'unheard']);
  });

  it('forgets a removed rule, and puts a rule of the same name in its place', async () => {
    const { bus, clock, delivered } = busWorld();
    bus.addRule({ name: 'orders', pattern: { source: ['bank'] }, deliver: () => {} });
    bus.emit(CONTENT);
    bus.removeRule('orders');
    bus.emit({ ...CONTENT, source: 'bank' });
    await clock.runUntil(START_MS + 1000);
    expect(delivered).toHaveLength(0);
  });

  it('refuses a rule with an invalid pattern', () => {
    const { bus } = busWorld();
    expect(() => bus.addRule({ name: 'x', pattern: {}, deliver: () => {} })).toThrow(
      expect.objectContaining({ code: 'InvalidEventPatternException' }),
    );
  });
});

describe('interceptDelivery', () => {
  it.each<[string, number[], number[]]>([
    ['as usual', [0], [500]],
    ['lost', [], []],
    ['late', [7000], [7500]],
    ['twice', [0, 5000], [500, 5500]],
  ])('%s', async (_label, extraMs, expectedMs) => {
    const { bus, clock, delivered } = busWorld();
    const asked: string[] = [];
    bus.interceptDelivery((event, ruleName) => {
      asked.push(`${event.source} to ${ruleName}`);
      return extraMs;
    });
    bus.emit(CONTENT);
    await clock.runUntil(START_MS + 10_000);
    expect(asked).toEqual(['shop to orders']);
    expect(delivered.map(({ atMs }) => atMs)).toEqual(expectedMs);
    expect(new Set(delivered.map(({ event }) => event.id)).size).toBe(expectedMs.length ? 1 : 0);
  });
});

describe('PutEvents', () => {
  const entry = { Source: 'shop', DetailType: 'Order', Detail: '{"total":3}' };

  it('delivers custom events, with their own time and resources if given', async () => {
    const { clock, delivered, putEvents } = busWorld();
    const { status, body } = await putEvents([
      { ...entry, Time: Date.UTC(2026, 0, 1) / 1000, Resources: ['arn:aws:a:::b'] },
      { ...entry, EventBusName: 'default' },
    ]);
    await clock.runUntil(START_MS + 500);
    expect(status).toBe(200);
    expect(body.FailedEntryCount).toBe(0);
    expect(delivered.map(({ event }) => event.id)).toEqual(
      body.Entries.map(({ EventId }: { EventId: string }) => EventId),
    );
    expect(delivered.map(({ event }) => [event.time, event.resources, event.detail])).toEqual([
      ['2026-01-01T00:00:00Z', ['arn:aws:a:::b'], { total: 3 }],
      ['2026-01-05T12:30:15Z', [], { total: 3 }],
    ]);
  });

  it.each<[string, object, string]>([
    ['without a source', { Source: undefined }, 'InvalidArgument'],
    ['without a detail type', { DetailType: '' }, 'InvalidArgument'],
    ['without a detail', { Detail: undefined }, 'InvalidArgument'],
    ['with a detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
    ['with a detail that is no object', { Detail: '[1]' }, 'MalformedDetail'],
    ['in the name of AWS', { Source: 'aws.cloudwatch' }, 'NotAuthorizedForSourceException'],
  ])('fails an entry %s, and only that one', async (_label, change, code) => {
    const { clock, delivered, putEvents } = busWorld();
    const { body } = await putEvents([{ ...entry, ...change }, entry]);
    await clock.runUntil(START_MS + 500);
    expect(body.FailedEntryCount).toBe(1);
    expect(body.Entries[0]).toMatchObject({ ErrorCode: code, ErrorMessage: expect.any(String) });
    expect(delivered.map(({ event }) => event.id)).toEqual([body.Entries[1].EventId]);
  });

  it.each([
    ['no entry', 0, 400],
    ['ten entries', 10, 200],
    ['eleven entries', 11, 400],
  ])('takes 1 to 10 entries: %s', async (_label, count, status) => {
    const { putEvents } = busWorld();
    expect((await putEvents(new Array(count).fill(entry))).status).toBe(status);
  });

  it('refuses a bus that does not exist', async () => {
    const { body } = await busWorld().putEvents([{ ...entry, EventBusName: 'mine' }]);
    expect(body).toEqual({
      __type: 'ResourceNotFoundException',
      message: 'Event bus mine does not exist.',
    });
  });
});
