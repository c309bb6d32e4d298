import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { LEASE_NAME } from '../../lib/aws/scalable-targets.ts';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { OWNER, ScenarioWorld, TARGET } from './world.ts';

const SURGE_AT = 600;
const CONFIG = { signal: 'invocations', targetPerInstance: 1500 };
let world: ScenarioWorld;

beforeEach(async () => {
  world = await ScenarioWorld.create();
});

const putDefaults = (text: string) =>
  world.parts.account.perform(world.parts.ssm, 'PutParameter', {
    Name: DEFAULTS_PARAMETER,
    Type: 'String',
    Overwrite: true,
    Value: text,
  });

const kinds = () => world.notifications().map(({ attributes }) => attributes.kind);

/** Fails the calls of one operation as long as `isFailing` says so. */
function failing(operation: string, isFailing: () => boolean): void {
  world.parts.account.intercept((call) => {
    if (call.operation === operation && isFailing()) throw world.fault();
  });
}

/** The message that the page shows: the line for people up to where it is cut, and the document. */
function documentedMessage() {
  const page = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8');
  const [, line = '', json = ''] = /```\n(checkout.*) …\n(\{[\s\S]*?\n\})\n```/.exec(page) ?? [];
  return { line: line.replace(/\d+/g, 'n'), document: JSON.parse(json) };
}

/** Names of the fields, those of details included. */
function shapeOf(document: unknown): string[] {
  const { details, ...rest } = document as { details: object };
  return [...Object.keys(rest), ...Object.keys(details).map((name) => `details.${name}`)].sort();
}

describe('demand above the owner’s Max', () => {
  it('is told once in an hour of looks every ten seconds, and again when it comes back', async () => {
    world.setDemand(SURGE_AT, 30);
    await world.runTo(SURGE_AT + 3600);
    const [told, ...more] = world.notifications('scaled-to-ceiling');
    expect(more).toEqual([]);
    expect(told?.attributes).toEqual({
      kind: 'scaled-to-ceiling',
      severity: 'warning',
      endpoint: 'checkout',
    });
    expect(told?.document.details).toMatchObject({ max: OWNER.max, demand: 30 });
    expect(told?.atSeconds).toBeLessThan(SURGE_AT + 60);
    expect(shapeOf(told?.document)).toEqual(shapeOf(documentedMessage().document));
    expect(told?.line).toMatch(/^checkout\/AllTraffic needs 30 instances, and your MaxCapacity is/);
    expect(told?.line.replace(/\d+/g, 'n')).toContain(documentedMessage().line);

    world.setDemand(SURGE_AT + 3600, 1);
    await world.runTo(SURGE_AT + 7200);
    world.setDemand(SURGE_AT + 7200, 30);
    await world.runTo(SURGE_AT + 7300);
    expect(world.notifications('scaled-to-ceiling')).toHaveLength(2);
    expect(world.deployment.failures).toEqual([]);
  });

  it('is told later where the topic takes nothing at first; scaling does not wait', async () => {
    failing('Publish', () => world.nowSeconds < SURGE_AT + 600);
    world.setDemand(SURGE_AT, 30);
    await world.runTo(SURGE_AT + 60);
    expect(world.capacity.desired).toBe(OWNER.max);
    expect(world.notifications()).toEqual([]);
    await world.runTo(SURGE_AT + 1200);
    const [told, ...more] = world.notifications('scaled-to-ceiling');
    expect(more).toEqual([]);
    expect(told?.atSeconds).toBeGreaterThanOrEqual(SURGE_AT + 600);
    expect(told?.atSeconds).toBeLessThan(SURGE_AT + 600 + 80);
    expect(world.deployment.failures).toEqual([]);
  });
});

describe('an invalid configuration', () => {
  it('is told once, however often it is looked at, and again with another fault', async () => {
    await world.runTo(300);
    await world.putParameter({ ...CONFIG, riskPrize: 10 });
    await world.runTo(4000);
    const [told, ...more] = world.notifications('configuration-invalid');
    expect(more).toEqual([]);
    expect(told?.line).toContain('riskPrize');
    expect(told?.line).toContain('/fast-scaler/targets/checkout/AllTraffic');
    expect(told?.atSeconds).toBeLessThan(310);

    await world.putParameter({ ...CONFIG, riskPrice: 0 });
    await world.runTo(4010);
    expect(world.notifications('configuration-invalid')).toHaveLength(2);

    await world.putParameter(CONFIG);
    await world.runTo(6000);
    await world.putParameter({ ...CONFIG, riskPrice: 0 });
    await world.runTo(6010);
    expect(world.notifications('configuration-invalid')).toHaveLength(3);
  });

  it('of the whole account is told once, not for each target, and concerns no endpoint', async () => {
    await world.runTo(300);
    await putDefaults('{"mode": "fast"}');
    await world.runTo(4000);
    const [told, ...more] = world.notifications('configuration-invalid');
    expect(more).toEqual([]);
    expect(told?.attributes).toEqual({ kind: 'configuration-invalid', severity: 'critical' });
    expect(told?.line).toContain(DEFAULTS_PARAMETER);
  });

  it('that changes 200 times in a minute is told a few times', async () => {
    await world.runTo(300);
    for (let i = 0; i < 200; i += 1) {
      await world.putParameter({ ...CONFIG, [`wrong${i}`]: 1 });
      await world.runTo(300 + 0.3 * (i + 1));
    }
    await world.runTo(2000);
    const told = world.notifications('configuration-invalid').length;
    expect(told).toBeGreaterThanOrEqual(1);
    expect(told).toBeLessThanOrEqual(3);
    expect(world.notifications('configuration-invalid').at(-1)?.line).toContain('wrong199');
  });

  it('is told later where the topic takes nothing at first', async () => {
    await world.runTo(300);
    failing('Publish', () => world.nowSeconds < 900);
    await world.putParameter({ ...CONFIG, riskPrice: 0 });
    await world.runTo(2000);
    const [told, ...more] = world.notifications('configuration-invalid');
    expect(more).toEqual([]);
    expect(told?.atSeconds).toBeGreaterThanOrEqual(900);
    expect(world.deployment.failures).toEqual([]);
  });
});

describe('other news', () => {
  it('the owner’s edit is told as such, and the scaler’s own moves are not', async () => {
    world.setDemand(SURGE_AT, 9);
    world.setDemand(SURGE_AT + 600, 0);
    await world.runTo(SURGE_AT + 300);
    expect(kinds()).toEqual([]);
    world.registerAsOwner(2, 12);
    await world.runTo(SURGE_AT + 1500);
    const [told, ...more] = world.notifications();
    expect(more).toEqual([]);
    expect(told?.attributes).toMatchObject({ kind: 'owner-edit-adopted', severity: 'info' });
    expect(told?.document.details).toEqual({
      ownerBounds: { min: 2, max: 12 },
      ownerBoundsBefore: OWNER,
    });
  });

  it('a lease that is not ended in time is told, and once it is renewed that is over', async () => {
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 60);
    let isBroken = true;
    failing('PutScheduledAction', () => isBroken);
    const { autoScaling } = world.parts;
    autoScaling.deleteScheduledAction({
      ServiceNamespace: 'sagemaker',
      ResourceId: TARGET.resourceId,
      ScalableDimension: TARGET.scalableDimension,
      ScheduledActionName: LEASE_NAME,
    });
    await world.runTo(SURGE_AT + 1800);
    const [told, ...more] = world.notifications('lease-overdue');
    expect(more).toEqual([]);
    expect(told?.line).toMatch(/--min-capacity 1 --max-capacity 20$/);
    isBroken = false;
    await world.runTo(SURGE_AT + 1 + 1800 + 7200);
    expect(world.notifications('lease-overdue')).toHaveLength(1);
  });

  it('no news is no notification', async () => {
    world.setDemand(SURGE_AT, 9);
    world.setDemand(SURGE_AT + 900, 0);
    await world.runTo(SURGE_AT + 2000);
    expect(kinds()).toEqual([]);
  });
});

describe('events', () => {
  it('tell what really changed, from the first nudge to the owner’s bounds', async () => {
    world.setDemand(SURGE_AT, 9);
    world.setDemand(SURGE_AT + 900, 0);
    await world.runTo(SURGE_AT + 2000);
    const changes = world.events.map(({ detail }) => detail.change);
    expect(changes[0]).toBe('scale-out');
    expect(changes).toContain('scale-in');
    expect(changes.at(-1)).toBe('bounds-returned');
    expect(world.events.at(-1)).toMatchObject({
      'detail-type': 'Scaling Decision',
      detail: { boundsAfter: OWNER, ownerBounds: OWNER, resourceId: TARGET.resourceId },
    });
    const taken = (await world.deployment.decisions('checkout')).filter(({ taken }) => taken);
    expect(changes).toHaveLength(taken.length);
  });

  it('tell that a lease ended by itself', async () => {
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 100);
    // Whatever wakes the scaler is lost for longer than the lease.
    let isDeaf = true;
    world.parts.account.intercept(({ service }) => {
      if (service === 'sagemaker' && isDeaf) throw world.fault();
    });
    await world.runTo(SURGE_AT + 1100);
    isDeaf = false;
    await world.runTo(SURGE_AT + 1120);
    expect(world.events.map(({ detail }) => detail.change)).toContain('lease-ended');
  });

  it('tell that a released target has its bounds back', async () => {
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 60);
    await world.deleteParameter();
    await world.runTo(SURGE_AT + 70);
    expect(world.events.at(-1)?.detail).toMatchObject({
      change: 'bounds-returned',
      reason: 'target-released',
      boundsAfter: OWNER,
    });
    const records = await world.deployment.decisions('checkout');
    expect(records.at(-1)).toMatchObject({ reason: 'target-released', taken: OWNER });
  });

  it('that cannot be put hold nothing up', async () => {
    failing('PutEvents', () => true);
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 100);
    expect(world.events).toEqual([]);
    expect(world.capacity.desired).toBeGreaterThanOrEqual(9);
    await world.deleteParameter();
    await world.runTo(SURGE_AT + 110);
    expect(world.bounds).toEqual(OWNER);
    expect(world.deployment.failures).toEqual([]);
  });
});
