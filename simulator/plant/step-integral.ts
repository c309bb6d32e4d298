/** The integral over time of a value that changes in steps, handed out piece by piece. */
export class StepIntegral {
  #value: number;
  #integratedToMs: number;
  #area = 0;

  constructor(atMs: number, value: number) {
    this.#integratedToMs = atMs;
    this.#value = value;
  }

  get value(): number {
    return this.#value;
  }

  /** From `atMs` on the value is `value`. Times must not run backwards. */
  set(atMs: number, value: number): void {
    this.#integrate(atMs);
    this.#value = value;
  }

  /** Value × seconds since the last take, up to `untilMs`. */
  take(untilMs: number): number {
    this.#integrate(untilMs);
    const area = this.#area;
    this.#area = 0;
    return area / 1000;
  }

  #integrate(untilMs: number): void {
    this.#area += this.#value * Math.max(0, untilMs - this.#integratedToMs);
    this.#integratedToMs = Math.max(untilMs, this.#integratedToMs);
  }
}
