import { beforeEach, describe, expect, it } from 'vitest';
import { LEAD_TIME_SECONDS, OWNER, ScenarioWorld } from './world.ts';

/** How soon after its end a floor must be given back, seconds. */
const SOON = 120;

let world: ScenarioWorld;

beforeEach(async () => {
  world = await ScenarioWorld.create();
  world.setDemand(0, 0.5);
  await world.runTo(30);
});

const reasons = async () =>
  (await world.deployment.decisions('checkout')).flatMap(({ steps }) =>
    steps.map(({ reason }) => reason),
  );

describe('a prewarm', () => {
  it('begins at once, holds whatever the load, and is given back at its end', async () => {
    await world.prewarm({ minInstances: 6, durationMinutes: 60 });
    await world.runTo(40);
    expect(world.bounds).toEqual({ min: 6, max: OWNER.max });
    expect(world.capacity.desired).toBe(6);
    for (const second of [600, 1800, 3600]) {
      await world.runTo(second);
      expect(world.bounds, `second ${second}`).toEqual({ min: 6, max: OWNER.max });
      expect(world.capacity.inService, `second ${second}`).toBe(6);
    }
    await world.runTo(30 + 3600 + SOON);
    expect(world.bounds).toEqual(OWNER);
    expect(world.capacity.desired).toBe(1);
    expect(await reasons()).toContain('prewarm-floor');
  });

  it('rests while it holds: the sweep looks, not the ten-second loop', async () => {
    await world.prewarm({ minInstances: 6, durationMinutes: 60 });
    await world.runTo(1200);
    const before = world.timesOf('DescribeEndpoint').length;
    await world.runTo(1800);
    const looks = world.timesOf('DescribeEndpoint').length - before;
    expect(looks).toBeGreaterThanOrEqual(9);
    expect(looks).toBeLessThan(14);
  });

  it('asked for a time to come begins a lead time ahead, so that capacity is there', async () => {
    await world.prewarm({ minInstances: 6, durationMinutes: 30, fromSecond: 3600 });
    // Nothing was measured yet, so that the configured lead time counts.
    await world.runTo(3600 - 300 - 5);
    expect(world.bounds).toEqual(OWNER);
    await world.runTo(3600 - 300 + 15);
    expect(world.bounds).toEqual({ min: 6, max: OWNER.max });
    await world.runTo(3600);
    expect(world.capacity.inService).toBe(6);
  });

  it('does not hold demand down, and demand outlives it', async () => {
    world.setDemand(600, 9);
    await world.prewarm({ minInstances: 6, durationMinutes: 30 });
    await world.runTo(600 + 2 * LEAD_TIME_SECONDS);
    expect(world.capacity.inService).toBeGreaterThanOrEqual(9);
    await world.runTo(30 + 1800 + SOON);
    expect(world.bounds.min).toBeGreaterThanOrEqual(9);
  });

  it.each([
    ['the owner’s Max wins over it', 40, OWNER.max],
    ['up to the owner’s Max it holds', OWNER.max, OWNER.max],
    ['below the owner’s Min it changes nothing', 1, OWNER.min],
  ])('%s', async (_, minInstances, expected) => {
    await world.prewarm({ minInstances, durationMinutes: 60 });
    await world.runTo(120);
    expect(world.bounds).toEqual({ min: expected, max: OWNER.max });
  });

  it('keeps to a Max that its owner lowers meanwhile', async () => {
    await world.prewarm({ minInstances: 6, durationMinutes: 60 });
    await world.runTo(600);
    world.registerAsOwner(1, 4);
    await world.runTo(720);
    expect(world.bounds).toEqual({ min: 4, max: 4 });
    await world.runTo(30 + 3600 + SOON);
    expect(world.bounds).toEqual({ min: 1, max: 4 });
  });

  it('ends with its lease when the stack is dead', async () => {
    await world.prewarm({ minInstances: 6, durationMinutes: 180 });
    await world.runTo(600);
    world.deployment.kill();
    await world.runTo(600 + 450);
    expect(world.bounds).toEqual({ min: 6, max: OWNER.max });
    await world.runTo(600 + 900);
    expect(world.bounds).toEqual(OWNER);
  });

  it('ends when it is cancelled, and no late copy of its event brings it back', async () => {
    await world.prewarm({ minInstances: 6, durationMinutes: 60 });
    const [request] = world.events.filter((event) => event['detail-type'] === 'Prewarm Request');
    if (!request) throw new Error('Nothing was asked for.');
    await world.runTo(600);
    await world.cancelPrewarms();
    await world.runTo(600 + SOON);
    expect(world.bounds).toEqual(OWNER);
    world.parts.bus.emit({
      source: request.source,
      detailType: request['detail-type'],
      resources: [],
      detail: request.detail,
      atMs: Date.parse(request.time),
    });
    await world.runTo(900);
    expect(world.bounds).toEqual(OWNER);
  });

  it('of a target that is paused does nothing, and goes on when it is taken up again', async () => {
    await world.putParameter({ signal: 'invocations', targetPerInstance: 1500, mode: 'paused' });
    await world.prewarm({ minInstances: 6, durationMinutes: 60 });
    await world.runTo(300);
    expect(world.bounds).toEqual(OWNER);
    await world.putParameter({ signal: 'invocations', targetPerInstance: 1500 });
    await world.runTo(400);
    expect(world.bounds).toEqual({ min: 6, max: OWNER.max });
  });

  it('of which many are asked for keeps ten', async () => {
    for (let n = 0; n < 12; n += 1) {
      await world.prewarm({ minInstances: 2 + n, durationMinutes: 60, fromSecond: 7200 });
    }
    await world.runTo(7300);
    expect(world.bounds.min).toBe(11);
  });

  it('survives that nothing of the load is known, and gives back what it alone held up', async () => {
    const nobodys = { namespace: 'Nobody', metricName: 'Publishes', statistic: 'Sum' };
    await world.putParameter({ signal: nobodys, targetPerInstance: 1500 });
    await world.runTo(7200);
    expect(world.bounds).toEqual(OWNER);
    await world.prewarm({ minInstances: 6, durationMinutes: 60 });
    await world.runTo(7200 + 600);
    expect(world.capacity.inService).toBe(6);
    await world.runTo(7200 + 3600 + SOON);
    expect(world.bounds).toEqual(OWNER);
    expect(world.capacity.desired).toBe(1);
  });
});

describe('a window of the schedule', () => {
  const enrolled = (windows: readonly object[], more: object = {}) =>
    world.putParameter({
      signal: 'invocations',
      targetPerInstance: 1500,
      windows,
      ...more,
    });

  it('comes on time, with capacity in service, and goes', async () => {
    await enrolled([{ cron: '0 1 * * *', durationMinutes: 30, minInstances: 5 }]);
    await world.runTo(3600 - 300 - 5);
    expect(world.bounds).toEqual(OWNER);
    await world.runTo(3600);
    expect(world.capacity.inService).toBe(5);
    await world.runTo(5400);
    expect(world.bounds).toEqual({ min: 5, max: OWNER.max });
    await world.runTo(5400 + SOON);
    expect(world.bounds).toEqual(OWNER);
    expect(await reasons()).toContain('schedule-floor');
  });

  it('holds over midnight', async () => {
    // Midnight in New York is five hours later than where this world begins.
    const window = { cron: '30 23 * * *', timeZone: 'America/New_York', durationMinutes: 60 };
    await enrolled([{ ...window, minInstances: 5 }]);
    for (const [second, min] of [
      [4.5 * 3600 - 310, 1],
      [4.5 * 3600, 5],
      [5 * 3600, 5],
      [5.5 * 3600 - 1, 5],
      [5.5 * 3600 + SOON, 1],
    ] as const) {
      await world.runTo(second);
      expect(world.bounds.min, `second ${second}`).toBe(min);
    }
  });

  it('with at most holds demand down, says so, and lets it go at its end', async () => {
    await enrolled([{ cron: '0 1 * * *', durationMinutes: 30, maxInstances: 3 }]);
    world.setDemand(3000, 8);
    await world.runTo(3590);
    expect(world.capacity.inService).toBeGreaterThanOrEqual(8);
    await world.runTo(3600 + SOON);
    expect(world.capacity.desired).toBe(3);
    await world.runTo(5300);
    expect(world.bounds.max).toBe(3);
    expect(await reasons()).toContain('schedule-ceiling');
    await world.runTo(5400 + SOON);
    expect(world.capacity.desired).toBeGreaterThanOrEqual(8);
    expect(world.bounds.max).toBe(OWNER.max);
  });

  it('with at most gives the owner’s Max back when the stack is dead', async () => {
    await enrolled([{ cron: '0 1 * * *', durationMinutes: 600, maxInstances: 3 }]);
    await world.runTo(4000);
    expect(world.bounds).toEqual({ min: 1, max: 3 });
    world.deployment.kill();
    await world.runTo(4000 + 900);
    expect(world.bounds).toEqual(OWNER);
  });

  it('is merged with others: the highest floor, the lowest ceiling, and the ceiling wins', async () => {
    const during = { cron: '0 1 * * *', durationMinutes: 60 };
    await enrolled([
      { ...during, minInstances: 4 },
      { ...during, minInstances: 7 },
      { ...during, maxInstances: 9 },
      { ...during, maxInstances: 6 },
    ]);
    await world.runTo(4500);
    expect(world.bounds).toEqual({ min: 6, max: 6 });
  });

  it('that is not valid is refused, and the last good one stays', async () => {
    await enrolled([{ cron: '0 1 * * *', durationMinutes: 30, minInstances: 5 }]);
    await world.runTo(60);
    await enrolled([{ cron: '0 25 * * *', timeZone: 'Berlin', durationMinutes: 30 }]);
    await world.runTo(120);
    const [notice] = world.notifications('configuration-invalid');
    expect(notice?.line).toContain('windows.0.cron');
    expect(notice?.line).toContain('"Berlin" is no IANA time zone');
    await world.runTo(3600);
    expect(world.bounds.min).toBe(5);
  });
});
