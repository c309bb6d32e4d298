import { beforeEach, expect, it, vi } from 'vitest';
import { noteValid, tellInvalid } from '../../lib/notify/configuration.ts';
import { NOW_SECONDS, TARGET, World } from '../lib/fakes.ts';

const { resourceId } = TARGET;
const DAY = 24 * 3600;

let world: World;
let runtime: ReturnType<World['runtime']>;

beforeEach(() => {
  world = new World();
  runtime = world.runtime();
});

const tell = (complaint = 'modee: unknown') => tellInvalid(runtime, resourceId, TARGET, complaint);

it('a fault is told by the one that noted it first', async () => {
  runtime.notices.save = async () => false;
  await tell();
  expect(world.published).toEqual([]);
});

it('what is noted is forgotten ninety days later', async () => {
  const save = vi.spyOn(runtime.notices, 'save');
  await tell();
  expect(save.mock.calls.map(([, , expiresAtSeconds]) => expiresAtSeconds)).toEqual([
    NOW_SECONDS + 90 * DAY,
    NOW_SECONDS + 90 * DAY,
  ]);
});

it.each([
  ['the same fault', () => tell(), 0],
  ['another fault, and that it was told', () => tell('mod: unknown'), 2],
  ['that it is mended', () => noteValid(runtime, resourceId, TARGET), 1],
])('only what is new is saved: %s', async (_, find, saves) => {
  await tell();
  world.nowMs += 3_600_000;
  const save = vi.spyOn(runtime.notices, 'save');
  await find();
  expect(save).toHaveBeenCalledTimes(saves);
});

it('nothing is noted of what was always valid', async () => {
  const save = vi.spyOn(runtime.notices, 'save');
  await noteValid(runtime, resourceId, TARGET);
  expect(save).not.toHaveBeenCalled();
});

it('a fault that could not be told is not noted as told', async () => {
  world.fail('publish');
  const save = vi.spyOn(runtime.notices, 'save');
  await tell();
  expect(save).toHaveBeenCalledTimes(1);
});
