import { beforeEach, describe, expect, it } from 'vitest';
import { variantTarget } from '../../lib/target.ts';
import { fastScaler } from '../operate/command-line.ts';
import { OperateWorld } from '../operate/world.ts';
import { examine } from './examine.ts';

const TWO = variantTarget('two', 'AllTraffic');

describe('an endpoint that is being created', () => {
  let world: OperateWorld;
  const BOUNDS = { minCapacity: 1, maxCapacity: 6, targetPerInstance: 1500 };

  beforeEach(async () => {
    world = await OperateWorld.create({ creationSeconds: 600 });
    world.addEndpoint({ endpointName: 'two', bounds: null });
    await world.run(200);
  });

  it.each([
    ['by its name', ['two']],
    ['among all', []],
  ])('is told of %s, before its variants are known', async (_, args) => {
    const { code, stdout } = await fastScaler(world, ['doctor', ...args]);
    expect(stdout).toMatch(
      /– two: Creating\n {2}· The endpoint is Creating; its variants are known once it is in service\. \[endpoint-state\]\n {4}fix: Wait: aws sagemaker wait endpoint-in-service --endpoint-name two\n/,
    );
    expect(code).toBe(0);
  });

  it('waits for its scalable target by itself where bounds are given', async () => {
    await world.enrol(TWO, BOUNDS);
    await world.run(60);
    const { code, findings } = await examine(world, 'two');
    expect(findings.filter(({ code: found }) => found === 'no-target')).toEqual([
      expect.objectContaining({ severity: 'hint', fix: expect.stringMatching(/^Nothing to do/) }),
    ]);
    expect(code).toBe(0);
    const status = await fastScaler(world, ['status', 'two']);
    expect(status.stdout.replace(/\s+/g, ' ')).toContain(
      'Nothing to do: it is registered once the endpoint is in service.',
    );
    expect(status.stdout).not.toContain('until its owner does');
    expect(status.code).toBe(0);
  });

  it('needs its owner where none are', async () => {
    await world.enrol(TWO, { targetPerInstance: 1500 });
    await world.run(60);
    const { code, findings } = await examine(world, 'two');
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'no-target', severity: 'error' }),
    );
    expect(code).toBe(1);
    expect((await fastScaler(world, ['status', 'two'])).code).toBe(1);
  });

  it.each([
    ['with bounds', BOUNDS, 'once the service has registered one, when the endpoint is in service'],
    ['without', { targetPerInstance: 1500 }, 'once its owner has registered one'],
  ])('has nothing to prewarm yet, %s', async (_, config, expected) => {
    await world.enrol(TWO, config);
    await world.run(60);
    const args = ['prewarm', 'two', '--min', '3', '--for', '2h'];
    const { stdout } = await fastScaler(world, args);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('There is no scalable target, and nothing can be asked for without one');
    expect(text).toContain(expected);
    expect(text).not.toContain('asked for now');
  });
});

it.each([
  ['with the tag', 'act', 'error', 1],
  ['without', undefined, 'hint', 0],
] as const)(
  'tells of an endpoint that failed before it had variants, %s',
  async (_, tag, severity, expected) => {
    const world = await OperateWorld.create();
    world.addEndpoint({ endpointName: 'two', bounds: null, ...(tag && { tag }) });
    const operations = world.parts.sageMaker.operations as Record<string, unknown>;
    operations.DescribeEndpoint = (input: { EndpointName: string }) => {
      const { ProductionVariants: __, ...told } = world.parts.sageMaker.describeEndpoint(input);
      return { ...told, EndpointStatus: 'Failed' };
    };
    await world.run(200);
    const { code, findings } = await examine(world, 'two');
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'endpoint-state',
        severity,
        what: 'The endpoint is Failed and has no variant that could be scaled.',
      }),
    ]);
    expect(code).toBe(expected);
  },
);
