import { beforeEach, describe, expect, it } from 'vitest';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import type { DoctorReport } from '../../lib/operate/finding.ts';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { examine } from './examine.ts';
import { enrolled } from './troubles.ts';

let world: OperateWorld;

beforeEach(async () => {
  world = await OperateWorld.create();
});

const codes = async () => (await examine(world)).findings.map(({ code }) => code);

const signalOf = async (command: 'doctor' | 'status') => {
  const { stdout } = await fastScaler(world, [command, '--json']);
  return (JSON.parse(stdout) as Pick<DoctorReport, 'targets'>).targets[0]?.signal;
};

/** From now on callers count all requests, until the minutes are over. */
async function countByCallers(minutes: number): Promise<void> {
  const { cloudWatch, account, clock } = world.parts;
  const Dimensions = [
    { Name: 'EndpointName', Value: 'checkout' },
    { Name: 'VariantName', Value: 'AllTraffic' },
  ];
  for (let window = 0; window < 6 * minutes; window += 1) {
    await world.run(10);
    const metric = { Dimensions, Timestamp: clock.nowSeconds - 10, StorageResolution: 1 };
    await account.perform(cloudWatch, 'PutMetricData', {
      Namespace: 'FastScaler/Client',
      MetricData: [
        { ...metric, MetricName: 'Arrivals', Value: 300, Unit: 'Count' },
        { ...metric, MetricName: 'BusySeconds', Value: 60, Unit: 'Seconds' },
      ],
    });
  }
}

describe('what stands for the signal in force is not missing while another one would be chosen', () => {
  it.each([
    ['a policy of the owner', { out: 300, in: 300 }, {}],
    ['a backstop', null, { targetPerInstance: 1500 }],
  ])('beside %s', async (_, cooldowns, config) => {
    world.addEndpoint({ isEnhanced: false, bounds: { min: 2, max: 20 }, cooldowns });
    world.setDemand(1.2);
    await world.run(600);
    await world.enrol(CHECKOUT, config);
    // Renewed so short a while ago that the callers find it in force.
    await world.run(3700);
    await countByCallers(4);
    expect(await signalOf('status')).toMatchObject({ kind: 'concurrency' });
    expect(await signalOf('doctor')).toEqual(await signalOf('status'));
    expect(await codes()).toEqual(['slow-metrics']);
  });
});

describe('an alarm whose threshold goes by the owner’s Min', () => {
  beforeEach(() => enrolled(world, { isEnhanced: false, bounds: { min: 1, max: 20 } }));

  it('is intact when the owner sets another Min', async () => {
    world.register(CHECKOUT, { min: 3, max: 20 });
    expect(await codes()).not.toContain('alarm-missing');
  });

  it('was changed when somebody sets another threshold', async () => {
    const { cloudWatch } = world.parts;
    const alarm = cloudWatch.describeAlarm(highAlarmName(CHECKOUT));
    expect(alarm).toBeDefined();
    cloudWatch.putMetricAlarm({ ...(alarm as object), Threshold: 7 } as never);
    expect(await codes()).toContain('alarm-missing');
  });
});

describe('a target without a signal that could have one', () => {
  const putPolicy = () => world.putPolicy(CHECKOUT, { out: 300, in: 300 });

  it('is told of, as it is not scaled until the service has seen to it', async () => {
    await enrolled(world, { cooldowns: null });
    putPolicy();
    const { code, findings } = await examine(world);
    expect(findings).toEqual([
      {
        code: 'no-signal',
        severity: 'warning',
        what: expect.stringMatching(/^No signal is in force .* stood against it: There is neither/),
        fix: expect.stringMatching(/^Wait: the service works it out again at 09:1\d:\d\d UTC\. /),
      },
    ]);
    expect(code).toBe(1);
    expect(await signalOf('doctor')).toBeNull();
    await world.run(700);
    expect(await codes()).toEqual([]);
    expect(await signalOf('doctor')).toMatchObject({ kind: 'invocations' });
  });

  it('needs none while it is paused', async () => {
    await enrolled(world, { cooldowns: null }, { mode: 'paused' });
    putPolicy();
    expect(await codes()).toEqual(['paused']);
  });
});
