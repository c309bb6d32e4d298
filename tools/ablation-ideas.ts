import type { Edit } from './spoilt-copy.ts';

/** An idea of the control law, and what in the code switches it off. */
export interface Idea {
  readonly what: string;
  /** More than one where both the decision and its shadows hold the idea: one alone would have them disagree. */
  readonly off: readonly Edit[];
}

const CONTROL = 'lib/control';

/** The rules that are tried, before the list of all of them. */
const ALL_RULES = 'export const RULES: readonly Rule[] = [\n';

/** One rule instead of all; the last place stays with the rule for loads that recur. */
function onlyRule(reflexes: string): Edit {
  return {
    file: `${CONTROL}/rules.ts`,
    from: ALL_RULES,
    to: `export const RULES: readonly Rule[] = [
  { ...USUAL, ${reflexes} },
  { ...USUAL, jumps: true, drops: false, recurs: true },
];
export const UNTRIED: readonly Rule[] = [
`,
  };
}

/** Measured by itself, too, by `bench:ramps`. */
export const WATCHING: Idea = {
  what: 'watching a ramp before the jump',
  off: [
    {
      file: `${CONTROL}/want.ts`,
      from: 'mayRise: !rise.stillSteepening,',
      to: 'mayRise: true,',
    },
  ],
};

/** Each is switched off alone; the others stay. */
export const IDEAS: readonly Idea[] = [
  {
    what: 'jumping at surges',
    off: [
      {
        file: `${CONTROL}/size.ts`,
        from: 'if (latest <= capacity) return NO_SURGE;',
        to: 'return NO_SURGE;',
      },
      {
        file: `${CONTROL}/shadows.ts`,
        from: 'const isSurge = rule.jumps && partUsed(band, newest) >= SURGE_PART;',
        to: 'const isSurge = false;',
      },
    ],
  },
  {
    what: 'an overload that stands is answered',
    off: [
      {
        file: `${CONTROL}/size.ts`,
        from: 'if (points.length < OVERLOAD_WINDOWS) return 0;',
        to: 'return 0;',
      },
    ],
  },
  {
    what: 'unless jumping has cost too much',
    off: [
      {
        file: `${CONTROL}/in-use.ts`,
        from: 'ruleOf(tuning, level).jumps || lossByJumping(level) <= tooMuch,',
        to: 'true,',
      },
    ],
  },
  WATCHING,
  {
    what: 'dropping at calm',
    off: [
      {
        file: `${CONTROL}/want.ts`,
        from: 'if (capacity > min && isGone(recent, state, config)) {',
        to: 'if (false) {',
      },
      {
        file: `${CONTROL}/shadows.ts`,
        from: 'const isGone = rule.drops && peak <= lowestLevel(band);',
        to: 'const isGone = false;',
      },
    ],
  },
  {
    what: 'choosing among rules: the first for all',
    off: [onlyRule('jumps: true, drops: true')],
  },
  {
    what: 'choosing among rules: the second for all',
    off: [onlyRule('jumps: false, drops: false')],
  },
  {
    what: 'what a change costs the shadows',
    off: [
      {
        file: `${CONTROL}/shadows.ts`,
        from: 'const CHANGE_COST_SECONDS = 30;',
        to: 'const CHANGE_COST_SECONDS = 0;',
      },
    ],
  },
  {
    what: 'hidden demand by requests under way',
    off: [
      {
        file: `${CONTROL}/lesson.ts`,
        from: 'underWay: observation.underWay ?? null,',
        to: 'underWay: null,',
      },
    ],
  },
  {
    what: 'a queue keeps every instance busy',
    off: [
      {
        file: `${CONTROL}/hidden.ts`,
        from: 'window.allBusy && isAboveExplained',
        to: 'isAboveExplained',
      },
    ],
  },
  {
    what: 'a queue that grows is not remembered',
    off: [
      {
        file: `${CONTROL}/hidden.ts`,
        from: '!grows(first, previous, newest) && isStill(first, previous, newest);',
        to: 'isStill(first, previous, newest);',
      },
    ],
  },
  {
    what: 'nor one under a load that moves',
    off: [
      {
        file: `${CONTROL}/hidden.ts`,
        from: '!grows(first, previous, newest) && isStill(first, previous, newest);',
        to: '!grows(first, previous, newest);',
      },
    ],
  },
  {
    what: 'the guard against flapping',
    off: [
      {
        file: `${CONTROL}/guards.ts`,
        from: 'if (reversals === 0 || wanted >= desired) return wanted;',
        to: 'return wanted;',
      },
    ],
  },
  {
    what: 'the limit of changes in an hour',
    off: [
      {
        file: `${CONTROL}/guards.ts`,
        from: 'return changesOfHour(state, nowSeconds).length >= most;',
        to: 'return false;',
      },
    ],
  },
  {
    what: 'small changes wait',
    off: [
      {
        file: `${CONTROL}/propose.ts`,
        from: 'const DEAD_BAND_FRACTION = 0.1;',
        to: 'const DEAD_BAND_FRACTION = 0;',
      },
    ],
  },
  {
    what: 'meeting recurring loads ahead',
    off: [
      {
        file: `${CONTROL}/past.ts`,
        from: 'return isDue ? { ...known, period: periodOf(demandsOf(known)) } : known;',
        to: 'return known;',
      },
    ],
  },
  {
    what: 'the daily pattern',
    off: [
      {
        file: `${CONTROL}/lesson.ts`,
        from: 'const pattern = config.dailyPattern ? learnPattern(adopted.pattern, points, played, daily) : null;',
        to: 'const pattern = null;',
      },
    ],
  },
  {
    what: 'learning the lead time',
    off: [
      {
        file: `${CONTROL}/learn.ts`,
        from: 'previous === null ? measured : previous + LEAD_TIME_WEIGHT * (measured - previous);',
        to: 'previous;',
      },
    ],
  },
];
