import { VirtualClock } from '../../simulator/account/clock.ts';
import { Plant, type PlantOptions } from '../../simulator/plant/plant.ts';
import type { VariantModel, VariantSecond } from '../../simulator/plant/variant.ts';
import { MODEL, RecordingSink, START_MS } from './sagemaker-world.ts';

export const START_SECOND = START_MS / 1000;

export const IDENTITY = { endpointName: 'chat', variantName: 'main', instanceType: 'ml.g5.xlarge' };

export interface Setup {
  readonly model?: Partial<VariantModel>;
  readonly plant?: Partial<PlantOptions>;
  readonly instances?: number;
  readonly metricSeconds?: number;
}

/** One variant on a plant, with what it published and did. */
export function variantWorld({ model, plant, instances = 2, metricSeconds = 60 }: Setup = {}) {
  const clock = new VirtualClock(START_MS);
  const sink = new RecordingSink(clock);
  const options = { clock, metrics: sink, model: { ...MODEL, ...model }, ...plant };
  const thePlant = new Plant(options);
  const variant = thePlant.createVariant(IDENTITY, metricSeconds);
  variant.open(instances, 0, () => {});
  const seconds: VariantSecond[] = [];
  variant.onSecond((second) => seconds.push(second));
  const outcomes: string[] = [];
  return {
    clock,
    sink,
    plant: thePlant,
    variant,
    seconds,
    outcomes,
    runTo: (second: number) => clock.runUntil(START_MS + second * 1000),
    scaleTo: (count: number) =>
      variant.scaleTo(count, (outcome) =>
        outcomes.push(`${(clock.nowMs - START_MS) / 1000}: ${outcome}`),
      ),
    /** A member of every second so far. */
    every: (member: keyof VariantSecond) => seconds.map((second) => second[member]),
  };
}
