import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it, vi } from 'vitest';
import { announceDecision, keepDecision } from '../../lib/cycle/decisions.ts';
import { type DecisionRecord, decisionRecord } from '../../lib/cycle/record.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';

const TWO_WEEKS = 14 * 24 * 3600;

const record = (changes: Partial<DecisionRecord> = {}) =>
  decisionRecord({
    at: '2026-01-05T09:20:21.050Z',
    endpointName: CHECKOUT.endpointName,
    resourceId: CHECKOUT.resourceId,
    mode: 'act',
    demand: 9.25,
    wanted: 10,
    inService: 1,
    desired: 1,
    boundsBefore: { min: 1, max: 20 },
    requested: { bounds: { min: 10, max: 20 }, direction: 'out', from: 1 },
    outcome: { status: 'taken' },
    steps: [{ name: 'floor', before: 1, after: 10, reason: 'floor-raised', constrained: false }],
    inputs: null,
    ...changes,
  });

/** What is logged and counted, as Lambda's log has it. */
function telemetry() {
  const lines: Record<string, unknown>[] = [];
  for (const level of ['debug', 'info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(JSON.parse(line)));
  }
  const metrics = new Metrics({ namespace: 'FastScaler', serviceName: 'fast-scaler' });
  const counted = vi.spyOn(metrics, 'addMetric');
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  const logger = new Logger({ logLevel: 'INFO' });
  return { lines, counted, runtime: { logger, metrics, now: () => 0 } };
}

describe('a decision', () => {
  it.each<[string, Partial<DecisionRecord>, string, string]>([
    ['that was taken', {}, 'INFO', 'decision'],
    ['that was refused', { requested: null, outcome: { status: 'refused' } }, 'INFO', 'decision'],
    [
      'that failed',
      { outcome: { status: 'failed', errorCode: 'AccessDeniedException', message: 'no' } },
      'ERROR',
      'nudge failed',
    ],
  ])(
    '%s is one line in the log, whole, and is kept for two weeks',
    async (_, changes, level, message) => {
      const { lines, runtime } = telemetry();
      const keep = vi.fn(async () => {});
      const made = record(changes);
      await keepDecision({ ...runtime, store: { keep } }, made);
      const own = lines.filter((line) => 'decision' in line);
      expect(own).toMatchObject([{ level, message, decision: made }]);
      expect(keep).toHaveBeenCalledExactlyOnceWith(made, Date.parse(made.at) / 1000 + TWO_WEEKS);
    },
  );

  it('that failed is counted as such', async () => {
    const { counted, runtime } = telemetry();
    const failed = { status: 'failed', errorCode: 'X', message: 'x' } as const;
    await keepDecision(
      { ...runtime, store: { keep: async () => {} } },
      record({ outcome: failed }),
    );
    await keepDecision({ ...runtime, store: { keep: async () => {} } }, record());
    expect(counted.mock.calls.filter(([name]) => name === 'NudgeFailed')).toHaveLength(1);
  });

  it('whose event cannot be put is logged and counted, and fails nothing', async () => {
    const { lines, counted, runtime } = telemetry();
    const put = vi.fn().mockRejectedValue(new Error('the bus is down'));
    await announceDecision({ ...runtime, events: { put } }, record());
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'decision event was not put' }]);
    expect(counted).toHaveBeenCalledWith('EventFailed', 'Count', 1);
  });

  it('expires by itself in the table', async () => {
    const world = await OperateWorld.create();
    world.addEndpoint();
    world.setDemand(0.3);
    await world.run(600);
    await world.enrol();
    await world.run(60);
    world.setDemand(9);
    await world.run(60);
    const { account, dynamoDb } = world.parts;
    const { Items } = (await account.perform(dynamoDb, 'Query', {
      TableName: 'Table',
      KeyConditionExpression: 'pk = :endpoint AND begins_with(sk, :decision)',
      ExpressionAttributeValues: {
        ':endpoint': { S: `endpoint#${CHECKOUT.endpointName}` },
        ':decision': { S: 'decision#' },
      },
    })) as { Items: { record: { S: string }; expiresAt: { N: string } }[] };
    expect(Items.length).toBeGreaterThan(0);
    for (const item of Items) {
      const madeAt = Date.parse(JSON.parse(item.record.S).at) / 1000;
      expect(Number(item.expiresAt.N)).toBe(Math.ceil(madeAt + TWO_WEEKS));
    }
  });
});
