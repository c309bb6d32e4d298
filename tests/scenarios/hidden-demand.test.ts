import { describe, expect, it } from 'vitest';
import { PER_INSTANCE, ScenarioWorld } from './world.ts';

const RISE_AT = 600;
const GONE_AT = 1800;

/** Clients that are there all the time, so that the time of a request is known. */
const USUAL_CLIENTS = 10;

/** These send 200 requests a second if each waits 0.2 s for its answer: what six instances serve. */
const CLIENTS = 240;

describe('clients that wait for their answers, many more than an instance serves', () => {
  it('have enough after two nudges, and everything is as before when they are gone', async () => {
    const world = await ScenarioWorld.create(1, { stepSeconds: 0.1 });
    world.addClients(USUAL_CLIENTS, 1, 1, 4000);
    world.addClients(CLIENTS, RISE_AT, 30, GONE_AT);
    await world.runTo(RISE_AT + 60);
    expect(world.capacity.desired).toBe(3);
    await world.runTo(RISE_AT + 300);
    expect(world.capacity.desired).toBe(7);
    await world.runTo(RISE_AT + 300 + 180);
    expect(world.capacity.inService).toBe(7);
    const variant = world.parts.plant.variant('checkout', 'AllTraffic');
    let waiting = 0;
    let arrived = 0;
    variant.onSecond(({ queued, arrivals }) => {
      waiting = Math.max(waiting, queued);
      arrived += arrivals;
    });
    await world.runTo(GONE_AT);
    variant.sync();
    const seconds = GONE_AT - (RISE_AT + 300 + 180);
    expect(waiting).toBeLessThan(PER_INSTANCE);
    expect(arrived / seconds).toBeGreaterThan(0.95 * (CLIENTS / 1.2));
    const decisions = await world.deployment.decisions('checkout');
    const outs = decisions.filter(({ requested }) => requested?.direction === 'out');
    const isHidden = outs.map(({ steps }) => steps.some((step) => step.reason === 'hidden-demand'));
    expect(outs.slice(0, 2).map(({ wanted }) => wanted)).toEqual([3, 7]);
    // What follows goes by the load, which shows in full.
    expect(isHidden).toEqual(outs.map((_, i) => i < 2));
    await world.runTo(GONE_AT + 1800);
    expect(world.bounds).toEqual({ min: 1, max: 20 });
    expect(world.capacity).toEqual({ inService: 1, desired: 1 });
    expect(world.deployment.failures).toEqual([]);
    const { service } = await world.state();
    expect(service?.seconds).toBeGreaterThan(0.1);
    expect(service?.seconds).toBeLessThan(0.5);
  });

  it('within what an instance serves change nothing', async () => {
    const world = await ScenarioWorld.create(1, { stepSeconds: 0.1 });
    world.addClients(28, 1, 20, 4000);
    await world.runTo(3000);
    expect(world.capacity.desired).toBe(1);
    expect(world.timesOf('RegisterScalableTarget')).toEqual([]);
  });
});

describe('batches that come at once, and are served within two seconds', () => {
  it('are no queue, and no more is asked for than serves them', async () => {
    const world = await ScenarioWorld.create(1, { stepSeconds: 0.1 });
    world.setDemand(0, 1.5);
    const batch = 2.4 * PER_INSTANCE;
    world.addBatches(batch, 1500, 3000);
    let most = 0;
    for (let at = 1500; at <= 3000; at += 10) {
      await world.runTo(at);
      most = Math.max(most, world.capacity.desired);
    }
    // A tenth of a batch a second, on top.
    expect(1.5 + batch / 10 / PER_INSTANCE).toBeLessThan(2);
    expect(most).toBe(2);
  });
});
