/** A source of numbers in [0, 1). */
export type Random = () => number;

/** A small deterministic generator (xorshift over 32 bits): the same seed gives the same numbers. */
export function seededRandom(seed: number): Random {
  // Mixing spreads neighbouring seeds apart; xorshift must not start at zero.
  let state = Math.imul((seed | 0) ^ 0x9e3779b9, 0x85ebca6b) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
