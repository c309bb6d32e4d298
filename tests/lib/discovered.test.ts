import { beforeEach, expect, it } from 'vitest';
import { applyChange } from '../../lib/enrolment/apply-change.ts';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { TARGET, World } from './fakes.ts';

const { resourceId, endpointName } = TARGET;
const KNOWN = new Map([[resourceId, { fingerprint: '', dueAtSeconds: 0 }]]);

let world: World;

beforeEach(() => {
  world = new World();
  world.parameters.set(DEFAULTS_PARAMETER, '{"discover":true,"targetPerInstance":60}');
});

it.each([
  ['stays enrolled where it is known and has a scalable target', KNOWN, true, 1],
  ['goes where its scalable target is gone', KNOWN, false, 0],
  ['is left to the sweep where it is not known', new Map(), true, 0],
])('a target without a parameter, of all that are discovered, %s', async (...row) => {
  const [, targets, isRegistered, enrolled] = row;
  world.enrolments.entries.set(endpointName, { tag: undefined, news: 0, targets });
  if (!isRegistered) world.bounds.clear();
  await applyChange(world.runtime(), TARGET);
  expect(world.enrolments.inForce.size).toBe(enrolled);
});
