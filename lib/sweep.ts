import type { Rechecks } from './aws/rechecks.ts';
import type { StateStore } from './aws/state-store.ts';
import type { Telemetry } from './runtime.ts';

/** What the sweep works with. */
export interface SweepRuntime extends Telemetry {
  readonly store: StateStore;
  readonly rechecks: Rechecks;
}

/** The minute's looks are spread over this span, so that the next minute's never meet them. */
const SPREAD_SECONDS = 50;

/**
 * Asks for a look at every enrolled endpoint. It catches what an event should have told and did not:
 * a lost alarm, a dead hot loop, an owner's change of the bounds.
 */
export async function sweep({ store, rechecks, logger }: SweepRuntime): Promise<void> {
  const endpointNames = await store.endpointNames();
  await rechecks.sendAll(
    endpointNames.map((endpointName) => ({
      recheck: { endpointName, cause: 'sweep' as const },
      delaySeconds: jitterSeconds(endpointName),
    })),
  );
  logger.debug('swept', { endpoints: endpointNames.length });
}

/** The same delay for a name every time, evenly spread over names (FNV-1a). */
export function jitterSeconds(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash % SPREAD_SECONDS;
}
