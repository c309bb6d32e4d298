import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ScalableTarget, variantTarget } from '../../lib/target.ts';
import { AwsError } from '../../simulator/account/service.ts';
import type { Situation } from './situations.ts';
import { CHECKOUT, OperateWorld, type WorldOptions } from './world.ts';

/**
 * Records the situations that the stories are tested on: `node tests/operate/record-situations.ts`.
 * They are kept as files, so that the stories stay tested on the same decisions whatever the law of
 * control decides one day; record them anew only together with their golden stories.
 */
interface Recipe {
  readonly title: string;
  readonly world?: WorldOptions;
  readonly target?: ScalableTarget;
  run(world: OperateWorld): Promise<void>;
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  'surge-and-back': {
    title: 'A surge from one instance to nine, and back after ten minutes.',
    async run(world) {
      await enrolled(world);
      await surge(world, 9, 600);
      await surge(world, 0.2, 900);
    },
  },
  'owner-maximum': {
    title: 'A surge that needs more than the owner allows.',
    async run(world) {
      await enrolled(world, { bounds: { min: 1, max: 4 } });
      await surge(world, 9, 300);
    },
  },
  'second-surge-while-locked': {
    title: 'Load rises again while the endpoint still starts instances.',
    async run(world) {
      await enrolled(world);
      await surge(world, 4, 60);
      await surge(world, 11, 400);
    },
  },
  'terraform-in-mid-surge': {
    title: 'Somebody applies Min 2 and Max 15 in the middle of a surge.',
    async run(world) {
      await enrolled(world);
      await surge(world, 9, 240);
      world.register(CHECKOUT, { min: 2, max: 15 });
      await world.run(120);
    },
  },
  observe: {
    title: 'The same surge in mode observe.',
    async run(world) {
      await enrolled(world, {}, { mode: 'observe' });
      await surge(world, 9, 60);
    },
  },
  'paused-in-mid-surge': {
    title: 'The target is paused in the middle of a surge.',
    async run(world) {
      await enrolled(world);
      await surge(world, 9, 240);
      await world.enrol(CHECKOUT, { mode: 'paused' });
      await world.run(60);
    },
  },
  'lease-ran-out': {
    title: 'CloudWatch does not answer for longer than the lease of five minutes.',
    async run(world) {
      await enrolled(world, {}, { leaseSeconds: 300 });
      await surge(world, 9, 240);
      let isDown = true;
      world.parts.account.intercept(({ operation }) => {
        if (isDown && operation === 'GetMetricData') {
          throw new AwsError('InternalServiceFault', 'CloudWatch is not available.', 500);
        }
      });
      await world.run(420);
      isDown = false;
      await world.run(60);
    },
  },
  'quota-refused': {
    title: 'The account may have four instances, the surge needs nine.',
    world: { instanceQuota: { 'ml.g5.xlarge': 4 } },
    async run(world) {
      await enrolled(world);
      await surge(world, 9, 40);
    },
  },
  'insufficient-capacity': {
    title: 'AWS has no instances of the type to give, and says so after half an hour.',
    world: { noInstancesForSeconds: 1800 },
    async run(world) {
      await enrolled(world);
      await surge(world, 9, 2000);
    },
  },
  'budget-spent': {
    title: 'A surge goes on for longer than the budget of the day allows.',
    async run(world) {
      await enrolled(world, {}, { maxInstanceHoursPerDay: 1 });
      await surge(world, 9, 600);
    },
  },
  'window-ceiling': {
    title: 'A window of the schedule allows no more than three instances in the hour of a surge.',
    async run(world) {
      const windows = [{ cron: '0 9 * * *', durationMinutes: 60, maxInstances: 3 }];
      await enrolled(world, {}, { windows });
      await surge(world, 9, 300);
    },
  },
  'no-permission': {
    title: 'The service may not register scalable targets.',
    async run(world) {
      await enrolled(world);
      world.parts.account.intercept(({ operation }) => {
        if (operation !== 'RegisterScalableTarget') return;
        throw new AwsError(
          'AccessDeniedException',
          'User: arn:aws:sts::123456789012:assumed-role/AlarmRole/alarm is not authorized to perform: application-autoscaling:RegisterScalableTarget',
        );
      });
      await surge(world, 9, 45);
    },
  },
  'two-variants': {
    title: 'Two variants of one endpoint surge at once; this is the smaller one.',
    target: variantTarget('checkout', 'small'),
    async run(world) {
      await enrolled(world, { variantNames: ['large', 'small'] }, {}, ['large', 'small']);
      world.setDemand(12, variantTarget('checkout', 'large'));
      world.setDemand(5, variantTarget('checkout', 'small'));
      await world.run(480);
    },
  },
};

async function enrolled(
  world: OperateWorld,
  options: Parameters<OperateWorld['addEndpoint']>[0] = {},
  config: object = {},
  variants: readonly string[] = ['AllTraffic'],
): Promise<void> {
  world.addEndpoint(options);
  const targets = variants.map((name) => variantTarget('checkout', name));
  for (const target of targets) world.setDemand(0.3, target);
  await world.run(600);
  for (const target of targets) await world.enrol(target, config);
  await world.run(600);
}

async function surge(world: OperateWorld, instances: number, seconds: number): Promise<void> {
  world.setDemand(instances);
  await world.run(seconds);
}

/** Enough to tell the story; the golden files would be no better for more. */
const MOST_RECORDS = 12;

async function record({ title, world: options = {}, target = CHECKOUT, run }: Recipe) {
  const world = await OperateWorld.create(options);
  await run(world);
  const all = (await world.deployment?.decisions('checkout')) ?? [];
  const records = all.filter(({ resourceId }) => resourceId === target.resourceId);
  const situation: Situation = { title, records: records.slice(0, MOST_RECORDS) };
  return situation;
}

const only = process.argv.slice(2);
for (const [name, recipe] of Object.entries(RECIPES)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const situation = await record(recipe);
  const path = join(import.meta.dirname, 'fixtures', `${name}.json`);
  writeFileSync(path, `${JSON.stringify(situation, null, 2)}\n`);
  process.stdout.write(`${name}: ${situation.records.length} decisions\n`);
}
