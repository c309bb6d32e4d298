/** An accepted change of the capacity asked for; seconds count from the start of the run. */
export interface CapacityChange {
  readonly atSeconds: number;
  readonly from: number;
  readonly to: number;
}
