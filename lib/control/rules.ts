import type { Ahead, Outlook } from './ahead.ts';
import { bandOf, MOST_INSTANCES } from './bands.ts';
import { MEMORIES, type RecentUse } from './use.ts';

/**
 * When an instance is worth its money. At a risk price p an instance pays for itself when it is used
 * for more than 1/p of the time; a rule says how far above that its use must lie for it to be asked
 * for, and how far below for it to be given back, over which memory.
 */
export interface Rule {
  /** Index of the span that is remembered (`use.ts`), shortest first. */
  readonly memory: number;
  /** Asked for above this many times 1/p. */
  readonly askAbove: number;
  /** Given back below this many times 1/p. */
  readonly giveBelow: number;
  /** Whether a surge is answered at once, before the memory has seen it. */
  readonly jumps: boolean;
  /** Whether what was unused for a lead time is given back at once, whatever the memory holds. */
  readonly drops: boolean;
  /** Whether a load that recurs is met ahead of time; one that does not is taken as by the others. */
  readonly recurs: boolean;
}

/** Usual, quick both ways, and reluctant to give back. */
const PATIENCE = [
  { askAbove: 1.7, giveBelow: 0.2 },
  { askAbove: 1.5, giveBelow: 0.6 },
  { askAbove: 2, giveBelow: 0.03 },
] as const;

/** Memory of the rule that holds until something is known of the target. */
const USUAL_MEMORY = 1;

const USUAL = { memory: USUAL_MEMORY, ...PATIENCE[0], recurs: false };

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
  ...MEMORIES.flatMap((_, memory) =>
    PATIENCE.map((patience) => ({
      memory,
      ...patience,
      jumps: false,
      drops: false,
      recurs: false,
    })),
  ).filter(
    ({ memory, askAbove, giveBelow }) =>
      !(memory === USUAL.memory && askAbove === USUAL.askAbove && giveBelow === USUAL.giveBelow),
  ),
  { ...USUAL, jumps: true, drops: false, recurs: true },
];

/** The rule for loads that recur, the last. */
export const RECURRING = RULES.length - 1;

/** The rules that jump at surges, whatever the load does. */
export const JUMPING = RULES.flatMap(({ jumps, recurs }, rule) => (jumps && !recurs ? rule : []));

/** An instance used this much is worth its money at any price above one. */
const MOST_USE_ASKED = 0.9;

/** Part of the time that is `times` what an instance must be used to pay for itself. */
export function worthwhileUse(times: number, riskPrice: number): number {
  return Math.min(times / riskPrice, MOST_USE_ASKED);
}

/** Whether a rule asks for an instance of that use, and of that outlook where the load recurs. */
export function asks(rule: Rule, use: number, riskPrice: number, outlook?: Outlook): boolean {
  if (rule.recurs && outlook) return outlook.ask;
  return use > worthwhileUse(rule.askAbove, riskPrice);
}

/** Whether a rule keeps an instance of that use, and of that outlook where the load recurs. */
export function keeps(rule: Rule, use: number, riskPrice: number, outlook?: Outlook): boolean {
  if (rule.recurs && outlook) return outlook.keep;
  return use > worthwhileUse(rule.giveBelow, riskPrice);
}

/** What the rules are asked about. */
export interface Wishing {
  readonly ruleOf: (level: number) => Rule;
  readonly recent: RecentUse;
  /** The next turn of a load that recurs. */
  readonly ahead?: Ahead | undefined;
  readonly riskPrice: number;
  /** The capacity that stands. */
  readonly desired: number;
}

/**
 * The capacity that the rules ask for. Levels stand on each other, so where the next turn of a recurring
 * load speaks for a level it speaks for those below, and where against it, against those above.
 */
export function wish({ ruleOf, recent, ahead, riskPrice, desired }: Wishing): number {
  const use = (level: number) => recent.ofLevel(ruleOf(level).memory, level);
  const outlook = (level: number) =>
    ruleOf(level).recurs ? ahead?.outlook(bandOf(level)) : undefined;
  const isAsked = (level: number) => asks(ruleOf(level), use(level), riskPrice, outlook(level));
  const isKept = (level: number) => {
    const rule = ruleOf(level);
    const own = outlook(level);
    return (!own && !recent.covers(rule.memory)) || keeps(rule, use(level), riskPrice, own);
  };
  let capacity = desired;
  while (capacity < MOST_INSTANCES && isAsked(capacity)) capacity += 1;
  const highest = ahead?.highest ?? 0;
  for (let level = capacity; level < highest; level += 1) {
    const own = outlook(level);
    if (own?.ask || (own?.join && capacity > desired)) capacity = level + 1;
  }
  if (capacity > desired) return capacity;
  while (capacity > 0 && !isKept(capacity - 1)) capacity -= 1;
  for (let level = 0; ahead && level < capacity; level += 1) {
    if (outlook(level)?.keep === false) return level;
  }
  return capacity;
}
