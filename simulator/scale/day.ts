import type { Usage, UsageName } from './usage.ts';
import { REST, ScaleWorld } from './world.ts';

/** Enrolments and first looks are over by then, seconds. */
const SETTLED = 900;
const HOT_FROM = 8 * 3600;
const DAY = 24 * 3600;

/** While a target is hot its load moves between these, instances. */
const HOT = [4, 6];
const MOVE_SECONDS = 600;

/**
 * What AWS would bill for a day.
 * @param hotHours hours of the day in which all targets have more load than at rest
 */
export async function usageOfDay(targets: number, hotHours: number): Promise<Usage> {
  const options = { endpoints: targets, variantsPerEndpoint: 1, seed: 1, metered: true };
  const world = await ScaleWorld.create(options);
  const setDemand = (instances: number) => {
    for (const target of world.targets) world.setDemand(target, instances);
  };
  const usage = () => world.meter?.usage(world.functions) as Usage;
  await world.runTo(60);
  await world.enrolAll(targets);
  await world.runTo(SETTLED);
  const before = usage();
  const hotUntil = HOT_FROM + hotHours * 3600;
  for (let at = HOT_FROM, i = 0; at < hotUntil; at += MOVE_SECONDS, i += 1) {
    await world.runTo(SETTLED + at);
    setDemand(HOT[i % HOT.length] as number);
  }
  await world.runTo(SETTLED + hotUntil);
  setDemand(REST);
  await world.runTo(SETTLED + DAY);
  return combined(usage(), before, (after, start) => after - start);
}

/** A usage out of two, each count by itself. */
export function combined(a: Usage, b: Usage, of: (a: number, b: number) => number): Usage {
  const names = Object.keys(a) as UsageName[];
  return Object.fromEntries(names.map((name) => [name, of(a[name], b[name])])) as unknown as Usage;
}
