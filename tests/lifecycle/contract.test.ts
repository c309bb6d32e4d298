import { expect, it } from 'vitest';
import { unusedRights } from '../../simulator/account/iam/enforce.ts';
import { EMBEDDED_STORIES } from './contract/embedded-stories.ts';
import { embeddedWorld } from './contract/embedded-world.ts';
import { STORIES } from './contract/stories.ts';
import { serviceRoles } from './roles.ts';
import { LifecycleWorld } from './world.ts';

/** Rights that some function made use of in some story. */
const used = new Set<string>();

it.each(EMBEDDED_STORIES)('%s', async (_, play, options) => {
  const world = await LifecycleWorld.create(1, options, used);
  await play(world);
  expect(world.deployment.failures).toEqual([]);
});

it.each(STORIES)('%s', async (_, play) => {
  const world = await embeddedWorld(used);
  await play(world);
  expect(world.faults()).toEqual([]);
});

/**
 * Functions that run the same code for different events. Each needs every right of that code,
 * whichever of them a story happens to lead through a branch of it.
 */
const SAME_WORK = [
  ['alarm', 'endpoint', 'prewarm', 'recheck', 'surge'],
  ['parameter', 'sweep', 'farewell'],
];

it('no right of a role was left unused by all of these stories', () => {
  const unused = unusedRights(serviceRoles(), used).filter(({ functionName, policy, action }) => {
    const alike = SAME_WORK.find((names) => names.includes(functionName)) ?? [];
    return !alike.some((name) => isUsed(name, policy, action));
  });
  expect(unused).toEqual([]);
});

function isUsed(functionName: string, policy: string, action: string): boolean {
  const { statements = [] } = serviceRoles().get(functionName) ?? {};
  return statements.some(
    ({ id, ...statement }) =>
      statement.policy === policy && used.has(`${id} ${action.toLowerCase()}`),
  );
}
