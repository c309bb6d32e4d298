/** Who asks for instances for a time. */
export type WindowSource = 'schedule' | 'prewarm' | 'pattern';

/** A span in which at least, or at most, so many instances are wanted. Times are epoch seconds. */
export interface CapacityWindow {
  readonly source: WindowSource;
  readonly fromSeconds: number;
  readonly untilSeconds: number;
  /** Instances that should serve from the beginning on; null: no floor. */
  readonly atLeast: number | null;
  /** Instances that are enough; null: no ceiling. */
  readonly atMost: number | null;
}

/** One side of what the windows want, and who wants it. */
export interface WindowLimit {
  readonly instances: number;
  readonly source: WindowSource;
}

/** What the windows want at a moment. */
export interface WindowsNow {
  /** The highest floor; it is wanted a lead time before its window begins. */
  readonly atLeast: WindowLimit | null;
  /** The lowest ceiling. */
  readonly atMost: WindowLimit | null;
  /** When that changes next, epoch seconds; null: not by any window that is known. */
  readonly changesAtSeconds: number | null;
}

/**
 * Merges windows: of several floors the highest counts, of several ceilings the lowest. An instance
 * that is to serve when a window begins is asked for a lead time ahead; a ceiling begins on time.
 */
export function windowsNow(
  windows: readonly CapacityWindow[],
  nowSeconds: number,
  leadTimeSeconds: number,
): WindowsNow {
  let atLeast: WindowLimit | null = null;
  let atMost: WindowLimit | null = null;
  let changesAtSeconds: number | null = null;
  const changes = (atSeconds: number) => {
    if (atSeconds > nowSeconds) {
      changesAtSeconds = Math.min(atSeconds, changesAtSeconds ?? atSeconds);
    }
  };
  for (const { source, fromSeconds, untilSeconds, ...wants } of windows) {
    if (untilSeconds <= nowSeconds) continue;
    changes(untilSeconds);
    if (wants.atLeast !== null) {
      const askSeconds = fromSeconds - leadTimeSeconds;
      changes(askSeconds);
      if (askSeconds <= nowSeconds && wants.atLeast > (atLeast?.instances ?? -1)) {
        atLeast = { instances: wants.atLeast, source };
      }
    }
    if (wants.atMost !== null) {
      changes(fromSeconds);
      const isLower = wants.atMost < (atMost?.instances ?? Number.POSITIVE_INFINITY);
      if (fromSeconds <= nowSeconds && isLower) atMost = { instances: wants.atMost, source };
    }
  }
  return { atLeast, atMost, changesAtSeconds };
}
