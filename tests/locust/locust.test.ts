import { afterEach, describe, expect, it } from 'vitest';
import { Follower } from '../../tools/live/follower.ts';
import { hasLocust, LOCUST_MISSING, startLocust } from '../../tools/live/locust.ts';
import { Owner } from '../../tools/live/owner.ts';
import { scoreSteps } from '../../tools/live/score-steps.ts';
import { type SpawnedEmulator, spawnEmulator } from '../../tools/spawn-emulator.ts';

const REGION = 'eu-west-1';
const ENDPOINT = 'checkout';
const SPEED = 60;
const LEAD_TIME_SECONDS = 30;

/** 40 requests a second outside are 40 a minute here: four instances' worth. */
const USERS = 40;
const TARGET = 10;

const found = hasLocust();
if (!found) console.info(`not run: ${LOCUST_MISSING}`);

describe.runIf(found)('Locust calling an emulated endpoint', () => {
  let emulator: SpawnedEmulator | undefined;
  let follower: Follower | undefined;
  afterEach(async () => {
    await follower?.stop();
    await emulator?.stop();
  });

  it('has the scaler raise capacity to what its users need, and take it back when they are gone', async () => {
    emulator = await spawnEmulator([
      ...['--port', '0', '--region', REGION, '--speed', String(SPEED)],
      ...['--target-per-instance', String(TARGET), '--lead-time', String(LEAD_TIME_SECONDS)],
      ...['--queue-limit', '5'],
    ]);
    const { url } = emulator;
    const owner = new Owner(url, REGION);
    await owner.createEndpoint(ENDPOINT);
    await owner.trackTarget(ENDPOINT, TARGET);
    const feed = new Follower(url, ENDPOINT);
    follower = feed;
    await owner.enrol(ENDPOINT);
    await feed.until('enrolment', ({ alarms }) =>
      alarms.some(({ name }) => name.startsWith('fast-scaler/')),
    );
    expect(feed.newest).toMatchObject({ capacity: 1, desired: 1 });

    const locust = startLocust({
      url,
      region: REGION,
      endpointName: ENDPOINT,
      users: USERS,
      spawnRate: USERS,
      paceSeconds: 1,
      runSeconds: 12,
    });
    const raised = feed.until('four instances', ({ capacity }) => (capacity ?? 0) >= 4, 1500);
    const [summary] = await Promise.all([locust.ended, raised]);
    expect(summary).toMatch(/InvokeEndpoint\s+checkout/);

    await feed.until(
      'one instance again',
      ({ demand, capacity, desired }) => demand === 0 && capacity === 1 && desired === 1,
      2400,
    );
    const demands = feed.steps.map(({ demand }) => demand ?? 0);
    expect(Math.max(...demands)).toBeGreaterThan(2);
    const out = feed.decisions.find(({ record }) => record?.requested?.direction === 'out');
    expect(out?.marker.title).toMatch(/^Min 1 → \d+/);
    const result = scoreSteps('fast-scaler', feed.steps, feed.decisions, 1);
    // Target tracking alone takes three minutes at the least.
    expect(result.reactionSeconds).toBeLessThan(180);
    expect(result.scaleInSeconds).toBeGreaterThan(0);
    expect(result.instanceHours).toBeGreaterThan(0);
  });
});
