import { uuidOf } from '../ids.ts';

/** Makes UUIDs that depend only on the seed and on how many were made before. */
export class IdSource {
  readonly #seed: string;
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  next(): string {
    return uuidOf(`${this.#seed}/${this.#count++}`);
  }
}
