import { variantTarget } from '../../lib/target.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';

export const SEARCH = variantTarget('search', 'AllTraffic');

/** Two endpoints: one in the middle of a surge, one tagged to be observed. */
export async function twoEndpoints(): Promise<OperateWorld> {
  const world = await OperateWorld.create();
  world.addEndpoint();
  world.addEndpoint({
    endpointName: 'search',
    isEnhanced: false,
    tag: 'observe',
    bounds: { min: 2, max: 6 },
  });
  world.setDemand(0.3);
  world.setDemand(1.2, SEARCH);
  await world.run(600);
  await world.enrol(CHECKOUT, { riskPrice: 20 });
  await world.run(700);
  world.setDemand(9);
  await world.run(100);
  return world;
}
