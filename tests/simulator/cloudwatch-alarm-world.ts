import { alarmInput, cloudWatchWorld, type WorldOptions } from './cloudwatch-world.ts';

/** A world with one alarm; `counts` are the invocations of its bins from the start on. */
export async function watched(
  counts: readonly (number | undefined)[],
  input: Parameters<typeof alarmInput>[0] = {},
  options: WorldOptions = {},
  binSeconds = 10,
) {
  const world = cloudWatchWorld(options);
  world.cloudWatch.putMetricAlarm(alarmInput(input));
  for (const [index, count] of counts.entries()) {
    if (count !== undefined) world.invocations(index * binSeconds, count, binSeconds);
  }
  return world;
}

export const repeat = (times: number, count: number) => new Array<number>(times).fill(count);
