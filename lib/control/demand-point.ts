/** Length of the windows that the signal is read in, seconds. */
export const WINDOW_SECONDS = 10;

/** Windows that are not readable yet when one begins: the one before it is still under way. */
export const UNREADABLE_SECONDS = 2 * WINDOW_SECONDS;

/** Demand of one window, in instances (a real number). */
export interface DemandPoint {
  readonly startSeconds: number;
  readonly demand: number;
}

/** A window, and what the rules in use had made of capacity by then. */
export interface PlayedWindow extends DemandPoint {
  /** Instances that their shadows paid for. */
  readonly held: number;
  /** Those of them that served. */
  readonly serving: number;
}
