import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it } from 'vitest';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { createAccount } from '../../simulator/account/create-account.ts';
import { deployService } from '../../simulator/run/deploy.ts';
import { createEndpoint } from '../../simulator/run/endpoint.ts';
import { CHECKOUT, PER_INSTANCE, USUAL_ENDPOINT, USUAL_MODEL } from '../usual-endpoint.ts';

const START_SECONDS = Date.UTC(2026, 0, 5) / 1000;
const TOTALS = ['InstanceHoursSavedEstimate', 'UnservedAvoidedEstimate'] as const;

class Adding extends Metrics {
  readonly totals = { InstanceHoursSavedEstimate: 0, UnservedAvoidedEstimate: 0 };

  override publishStoredMetrics(): this {
    if (this.hasStoredMetrics()) {
      const line = this.serializeMetrics() as unknown as Record<string, number | undefined>;
      for (const name of TOTALS) this.totals[name] += line[name] ?? 0;
    }
    this.clearMetrics();
    this.clearDimensions();
    return this;
  }
}

type Demand = (second: number) => number;

/** Instance-hours billed and instance-seconds unserved under a load, and what the service reckons. */
async function live(demand: Demand, seconds: number, isScaled: boolean, seed: number) {
  const parts = createAccount({
    startMs: START_SECONDS * 1000,
    seed,
    model: USUAL_MODEL,
  });
  const { account, clock, plant, ssm } = parts;
  createEndpoint(parts, USUAL_ENDPOINT);
  plant.setLoad(CHECKOUT.endpointName, CHECKOUT.variantName, (second) => {
    return PER_INSTANCE * demand(second - START_SECONDS);
  });
  const metrics = new Adding({ namespace: 'FastScaler' });
  if (isScaled) {
    await deployService(parts, { surroundings: { metrics } });
    const Name = targetParameterName(CHECKOUT);
    await account.perform(ssm, 'PutParameter', { Name, Type: 'String', Value: '{}' });
  }
  let [billed, unserved] = [0, 0];
  for (let second = 0; second < seconds; second += 10) {
    const { inService, desired } = plant.variant(
      CHECKOUT.endpointName,
      CHECKOUT.variantName,
    ).instances;
    billed += desired / 360;
    unserved += 10 * Math.max(0, demand(second) - inService);
    await clock.runUntil((START_SECONDS + second + 10) * 1000);
  }
  return { billed, unserved, totals: metrics.totals };
}

/** Seeds by where in its minute they have target tracking's alarm evaluated. */
const PHASES = [
  { phase: 'as soon as its minute can be read', seed: 8, tooLow: 0.01 },
  // The shadow is never so late: what it reckons favours target tracking.
  { phase: 'almost a minute later', seed: 1, tooLow: 0.12 },
] as const;

describe.each(PHASES)(
  'the estimate against what target tracking alone really does, its alarm evaluated $phase',
  ({ seed, tooLow }) => {
    it.each<[string, Demand, number]>([
      ['a surge of twenty minutes', (at) => (at >= 600 && at < 1800 ? 12 : 0.3), 4800],
      [
        'surges that come again',
        (at) => (at % 3600 >= 900 && at % 3600 < 1800 ? 8 : 1.5),
        3 * 3600,
      ],
    ])('%s', async (_, demand, seconds) => {
      const alone = await live(demand, seconds, false, seed);
      const scaled = await live(demand, seconds, true, seed);
      const saved = alone.billed - scaled.billed;
      const avoided = alone.unserved - scaled.unserved;
      const { InstanceHoursSavedEstimate, UnservedAvoidedEstimate } = scaled.totals;
      expect(alone.unserved).toBeGreaterThan(2000);
      expect(Math.abs(InstanceHoursSavedEstimate - saved)).toBeLessThan(0.03 * alone.billed);
      const missing = (avoided - UnservedAvoidedEstimate) / alone.unserved;
      expect(missing).toBeGreaterThanOrEqual(-0.01);
      expect(missing).toBeLessThanOrEqual(tooLow);
    });
  },
);
