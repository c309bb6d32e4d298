/**
 * The cooldowns of one scalable target. They begin when a policy's change of capacity is complete,
 * and only policies heed them ("How target tracking scaling works", "Cooldown period").
 */
export class Cooldowns {
  #outUntilMs = 0;
  #inUntilMs = 0;
  #outFrom: number | undefined;

  /**
   * The capacity that a scale-out counts from: during a scale-out cooldown the one before the
   * scale-out that began it, so that only what exceeds that scale-out is added.
   */
  scaleOutBase(nowMs: number, capacity: number): number {
    return nowMs < this.#outUntilMs && this.#outFrom !== undefined ? this.#outFrom : capacity;
  }

  blocksScaleIn(nowMs: number): boolean {
    return nowMs < this.#inUntilMs;
  }

  /** A policy scales out: that ends a scale-in cooldown at once. Returns what to do when it is complete. */
  scaleOutBegins(
    nowMs: number,
    capacity: number,
    cooldownSeconds: number,
  ): (endMs: number) => void {
    const base = this.scaleOutBase(nowMs, capacity);
    this.#inUntilMs = 0;
    return (endMs) => {
      this.#outFrom = base;
      this.#outUntilMs = endMs + cooldownSeconds * 1000;
    };
  }

  /** A policy has scaled in: capacity from before an earlier scale-out means nothing any more. */
  scaleInEnded(endMs: number, cooldownSeconds: number): void {
    this.#outUntilMs = 0;
    this.#inUntilMs = endMs + cooldownSeconds * 1000;
  }
}
