import { beforeEach, expect, it } from 'vitest';
import { OperateWorld } from '../operate/world.ts';
import { namesOf } from '../usual-endpoint.ts';
import { examine } from './examine.ts';

const TRACKING = {
  TargetValue: 1500,
  PredefinedMetricSpecification: {
    PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
  },
  DisableScaleIn: true,
} as const;

let world: OperateWorld;

beforeEach(async () => {
  world = await OperateWorld.create();
});

/** What is said of the cooldowns of a policy that scales out only. */
async function ofPolicy(cooldowns: object) {
  const target = world.addEndpoint({ cooldowns: null, bounds: { min: 2, max: 20 } });
  world.parts.autoScaling.putScalingPolicy({
    ...namesOf(target),
    PolicyName: 'owners-policy',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: { ...TRACKING, ...cooldowns },
  });
  await world.run(300);
  const { findings } = await examine(world, 'checkout');
  return findings.find(({ code }) => code === 'short-cooldown');
}

it('longer cooldowns leave a policy that scales out only as it is', async () => {
  const found = await ofPolicy({ ScaleOutCooldown: 60, ScaleInCooldown: 60 });
  expect(found?.what).toMatch(/waits 60 s after a scale-out, but .*: it answers .* twice\.$/);
  const [, put = ''] = /--target-tracking-scaling-policy-configuration '(.*)'$/.exec(
    found?.fix ?? '',
  ) as RegExpExecArray;
  expect(JSON.parse(put)).toEqual({ ...TRACKING, ScaleOutCooldown: 300, ScaleInCooldown: 60 });
});

it('how long a policy waits after a scale-in that it never makes is no matter', async () => {
  expect(await ofPolicy({ ScaleOutCooldown: 300, ScaleInCooldown: 60 })).toBeUndefined();
});
