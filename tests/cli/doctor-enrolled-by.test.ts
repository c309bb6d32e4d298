import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import type { DoctorReport, EnrolledBy } from '../../lib/operate/finding.ts';
import { variantTarget } from '../../lib/target.ts';
import { fastScaler } from '../operate/command-line.ts';
import { OperateWorld } from '../operate/world.ts';
import { examine } from './examine.ts';

const CANARY = variantTarget('checkout', 'Canary');
const BOUNDS = { min: 2, max: 6 };

let world: OperateWorld;

beforeEach(async () => {
  world = await OperateWorld.create();
});

/** By the doctor, which must name the same targets as are in force. */
async function enrolledBy(): Promise<Record<string, EnrolledBy>> {
  const { targets } = JSON.parse(
    (await fastScaler(world, ['doctor', '--json'])).stdout,
  ) as DoctorReport;
  const inForce = JSON.parse((await fastScaler(world, ['status', '--json'])).stdout).targets;
  const enrolled = targets.filter((each) => each.enrolledBy !== null);
  expect(enrolled.map(({ target }) => target)).toEqual(
    inForce.map(({ target }: { target: string }) => target),
  );
  return Object.fromEntries(targets.map((each) => [each.target, each.enrolledBy]));
}

describe('a tag enrols', () => {
  const variantNames = ['AllTraffic', 'Canary'];

  it('only the variants with a scalable target, where there are any', async () => {
    world.addEndpoint({ variantNames, tag: 'act', bounds: BOUNDS });
    world.deregister(CANARY);
    await world.run(1300);
    expect(await enrolledBy()).toEqual({ 'checkout/AllTraffic': 'tag', 'checkout/Canary': null });
    const { code, findings } = await examine(world);
    expect(code).toBe(0);
    expect(findings[0]).toMatchObject({
      code: 'not-enrolled',
      what: expect.stringContaining('the variants of the endpoint that have a scalable target'),
      fix: expect.stringMatching(/register-scalable-target .*\/checkout\/variant\/Canary /),
    });
  });

  it('a variant still that lost its scalable target', async () => {
    world.addEndpoint({ variantNames, tag: 'act', bounds: BOUNDS });
    await world.run(1300);
    world.deregister(CANARY);
    await world.run(1300);
    expect(await enrolledBy()).toEqual({ 'checkout/AllTraffic': 'tag', 'checkout/Canary': 'tag' });
  });

  it('all variants where none has a scalable target', async () => {
    world.addEndpoint({ variantNames, tag: 'act', bounds: null });
    await world.run(1300);
    expect(await enrolledBy()).toEqual({ 'checkout/AllTraffic': 'tag', 'checkout/Canary': 'tag' });
  });
});

it('what was discovered stays enrolled while the defaults are not valid', async () => {
  world.addEndpoint({ bounds: BOUNDS });
  await world.putParameter(DEFAULTS_PARAMETER, { discover: true });
  await world.run(700);
  await world.putParameter(DEFAULTS_PARAMETER, '{"discover": true,}');
  await world.run(700);
  expect(await enrolledBy()).toEqual({ 'checkout/AllTraffic': 'discovery' });
  const { findings } = await examine(world);
  expect(findings.map(({ code }) => code)).toEqual(['defaults-invalid', 'observed']);
});
