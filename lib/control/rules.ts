import { MOST_INSTANCES } from './bands.ts';
import { MEMORIES_SECONDS, type RecentUse } from './use.ts';

/**
 * When an instance is worth its money. At a risk price p an instance pays for itself when it is used
 * for more than 1/p of the time; a rule says how far above that its use must lie for it to be asked
 * for, and how far below for it to be given back, over which memory.
 */
export interface Rule {
  /** Index into {@link MEMORIES_SECONDS}. */
  readonly memory: number;
  /** Asked for above this many times 1/p. */
  readonly askAbove: number;
  /** Given back below this many times 1/p. */
  readonly giveBelow: number;
  /** Whether a surge is answered at once, before the memory has seen it. */
  readonly jumps: boolean;
  /** Whether what was unused for a lead time is given back at once, whatever the memory holds. */
  readonly drops: boolean;
}

/** Usual, quick both ways, and reluctant to give back. */
const PATIENCE = [
  { askAbove: 2, giveBelow: 0.3 },
  { askAbove: 1.5, giveBelow: 0.6 },
  { askAbove: 2, giveBelow: 0.03 },
] as const;

/** Memory of the rule that holds until something is known of the target. */
const USUAL_MEMORY = 1;

const USUAL = { memory: USUAL_MEMORY, ...PATIENCE[0] };

/**
 * Every rule that is tried. The first holds until something is known of the target, and wherever
 * nothing speaks against it: a level that was never used before is taken and given back at once. The
 * next is the best single one on recorded loads.
 */
export const RULES: readonly Rule[] = [
  { ...USUAL, jumps: true, drops: true },
  { ...USUAL, jumps: false, drops: false },
  { ...USUAL, jumps: true, drops: false },
  { ...USUAL, jumps: false, drops: true },
  ...MEMORIES_SECONDS.flatMap((_, memory) =>
    PATIENCE.map((patience) => ({ memory, ...patience, jumps: false, drops: false })),
  ).filter(
    ({ memory, askAbove, giveBelow }) =>
      !(memory === USUAL.memory && askAbove === USUAL.askAbove && giveBelow === USUAL.giveBelow),
  ),
];

/** An instance used this much is worth its money at any price above one. */
const MOST_USE_ASKED = 0.9;

/** Part of the time that is `times` what an instance must be used to pay for itself. */
export function worthwhileUse(times: number, riskPrice: number): number {
  return Math.min(times / riskPrice, MOST_USE_ASKED);
}

/** Whether a rule asks for an instance of that use. */
export function asks(rule: Rule, use: number, riskPrice: number): boolean {
  return use > worthwhileUse(rule.askAbove, riskPrice);
}

/** Whether a rule keeps an instance of that use. */
export function keeps(rule: Rule, use: number, riskPrice: number): boolean {
  return use > worthwhileUse(rule.giveBelow, riskPrice);
}

/** The capacity that the rules ask for, given the capacity that stands. */
export function wish(
  ruleOf: (level: number) => Rule,
  recent: RecentUse,
  riskPrice: number,
  desired: number,
): number {
  const use = (level: number) => recent.ofLevel(ruleOf(level).memory, level);
  let capacity = desired;
  while (capacity < MOST_INSTANCES && asks(ruleOf(capacity), use(capacity), riskPrice)) {
    capacity += 1;
  }
  if (capacity > desired) return capacity;
  while (capacity > 0) {
    const rule = ruleOf(capacity - 1);
    if (!recent.covers(rule.memory) || keeps(rule, use(capacity - 1), riskPrice)) break;
    capacity -= 1;
  }
  return capacity;
}
