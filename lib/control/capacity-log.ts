import type { TargetState } from './types.ts';

/** Instances that were in service at a moment, by the log. */
export function inServiceAt(log: TargetState['capacityLog'], atSeconds: number): number {
  let inService = log[0]?.[1] ?? 1;
  for (const [sinceSeconds, count] of log) {
    if (sinceSeconds > atSeconds) break;
    inService = count;
  }
  return inService;
}

/**
 * Adds a reading to the log of instances in service and drops what lies before `keepFromSeconds`
 * (the entry in force at that time stays).
 */
export function logCapacity(
  log: TargetState['capacityLog'],
  inService: number,
  nowSeconds: number,
  keepFromSeconds: number,
): TargetState['capacityLog'] {
  const latest = log.at(-1);
  const grown = latest?.[1] === inService ? log : [...log, [nowSeconds, inService] as const];
  const firstKept = grown.findLastIndex(([sinceSeconds]) => sinceSeconds <= keepFromSeconds);
  return firstKept > 0 ? grown.slice(firstKept) : grown;
}
