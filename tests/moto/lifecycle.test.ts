import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startMoto } from '../deploy/moto.ts';
import { STORIES } from '../lifecycle/contract/stories.ts';
import { MotoWorld } from './moto-world.ts';

const moto = await startMoto();
if (!moto) console.info('not run: moto_server is not installed');

describe.skipIf(!moto)('against moto', () => {
  let world: MotoWorld | undefined;

  afterEach(async () => {
    await world?.stop();
    world = undefined;
  });
  afterAll(() => moto?.stop());

  it.each(STORIES)('%s', async (_, play) => {
    world = await MotoWorld.create(moto?.url ?? '');
    await play(world);
    expect(world.faults()).toEqual([]);
  });
});
