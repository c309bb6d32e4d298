import { createHash } from 'node:crypto';

/** Makes UUIDs that depend only on the seed and on how many were made before. */
export class IdSource {
  readonly #seed: string;
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  next(): string {
    const hex = createHash('sha256')
      .update(`${this.#seed}/${this.#count++}`)
      .digest('hex');
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      hex.slice(12, 16),
      hex.slice(16, 20),
      hex.slice(20, 32),
    ].join('-');
  }
}
