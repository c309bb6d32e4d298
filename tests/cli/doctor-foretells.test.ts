import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import type { DoctorReport } from '../../lib/operate/finding.ts';
import type { SignalView } from '../../lib/operate/signal-words.ts';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { namesOf } from '../usual-endpoint.ts';

let world: OperateWorld;

beforeEach(async () => {
  world = await OperateWorld.create();
});

/** The signal that the doctor foretells of a target; the service then takes the same. */
async function foretold(): Promise<SignalView | null | undefined> {
  const told = async () => {
    const { stdout } = await fastScaler(world, ['doctor', '--json']);
    return (JSON.parse(stdout) as DoctorReport).targets[0]?.signal;
  };
  const before = await told();
  await world.enrol(CHECKOUT);
  expect(await told()).toEqual(before);
  const { stdout } = await fastScaler(world, ['status', '--json']);
  expect(JSON.parse(stdout).targets[0].signal).toEqual(before);
  return before;
}

describe('foretells the signal that the service then takes', () => {
  it('amid a first surge as well', async () => {
    world.addEndpoint({ isEnhanced: false });
    await world.run(300);
    world.setDemand(9);
    await world.run(240);
    expect(await foretold()).toMatchObject({ kind: 'concurrency' });
  });

  it('where concurrency is wanted and invocations are given', async () => {
    world.addEndpoint({ bounds: { min: 2, max: 20 } });
    await world.putParameter(DEFAULTS_PARAMETER, { signal: 'concurrency' });
    world.setDemand(1.2);
    await world.run(1200);
    const signal = await foretold();
    expect(signal?.kind).toBe('concurrency');
    expect(signal?.targetPerInstance).toBeLessThan(20);
  });

  it('where invocations are wanted and concurrency is given', async () => {
    const target = world.addEndpoint({ bounds: { min: 2, max: 20 }, cooldowns: null });
    world.parts.autoScaling.putScalingPolicy({
      ...namesOf(target),
      PolicyName: 'owners-policy',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 5,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
        },
      },
    });
    await world.putParameter(DEFAULTS_PARAMETER, { signal: 'invocations' });
    world.setDemand(1.2);
    await world.run(1200);
    expect(await foretold()).toMatchObject({ kind: 'invocations', unit: 'a minute' });
  });
});
