import type { StoredTarget } from '../aws/state-store.ts';
import type { ConfigSource } from '../config/resolve.ts';
import type { TargetConfig } from '../config/schema.ts';
import { lowestLevel } from '../control/bands.ts';
import { spentBy } from '../control/budget.ts';
import { leadTimeSeconds } from '../control/guards.ts';
import { BUCKET_SECONDS } from '../control/past.ts';
import { RECURRING, RULES, type Rule, worthwhileUse } from '../control/rules.ts';
import type { TargetState } from '../control/types.ts';
import { memorySeconds } from '../control/use.ts';
import { type CapacityWindow, windowsNow } from '../control/windows.ts';
import type { Look } from '../cycle/look.ts';
import type { Refusal } from '../enrolment/types.ts';
import type { Entry } from './explain.ts';
import { lookEntry } from './look-entry.ts';
import { passesByItself } from './registers-later.ts';
import { iso } from './words.ts';

/** All that is known of a target beyond its status. */
export interface StatusDetail {
  /** Every setting in force, with where it was set. */
  readonly config: readonly {
    readonly key: keyof TargetConfig;
    readonly value: TargetConfig[keyof TargetConfig];
    readonly source: ConfigSource;
  }[];
  /** What was read off or worked out at enrolment, and from what. */
  readonly notes: readonly string[];
  readonly refusal: { readonly message: string; readonly at: string } | null;
  readonly learned: {
    /** Null: not measured yet, the configured one is used. */
    readonly leadTimeSeconds: number | null;
    readonly metricLagSeconds: number;
    /** Scale-outs that came soon after a scale-in. */
    readonly reversals: number;
  } | null;
  readonly tuning: {
    /** Which rule is in use for which instances, counted from 1. */
    readonly rules: readonly RuleInUse[];
    /** From when on demand was scored, and until when. */
    readonly since: string;
    readonly until: string;
  } | null;
  readonly mutedUntil: string | null;
  /** Windows of the schedule and prewarms that are not over, by their beginning. */
  readonly windows: readonly WindowView[];
  /** Instance-hours since midnight UTC. */
  readonly spending: {
    readonly spentInstanceHours: number;
    readonly maxInstanceHoursPerDay: number | null;
    /** Null: the account's budget is not spent. */
    readonly accountSpentUntil: string | null;
  } | null;
  /** What a look at this moment says. */
  readonly now: Entry | null;
}

/** A window of the schedule or a prewarm. Times are ISO 8601. */
export interface WindowView {
  readonly source: CapacityWindow['source'];
  readonly from: string;
  readonly until: string;
  readonly atLeast: number | null;
  readonly atMost: number | null;
  /** From a lead time before its beginning on, where it wants a floor. */
  readonly isInForce: boolean;
}

/** A rule of the control law, as it is in use for a range of instances at the target's risk price. */
export interface RuleInUse {
  readonly fromInstance: number;
  /** Null: and all above. */
  readonly toInstance: number | null;
  readonly memorySeconds: number;
  /** Part of the time that an instance must be used to be asked for, and to be kept. */
  readonly askAbove: number;
  readonly giveBelow: number;
  readonly jumps: boolean;
  readonly drops: boolean;
  /** Period of the load that is met ahead of time with these instances; null: none is. */
  readonly recursEverySeconds: number | null;
}

export function statusDetail(
  stored: StoredTarget | undefined,
  state: TargetState | undefined,
  refusal: Refusal | null,
  seen: Look | undefined,
  nowMs: number,
): StatusDetail {
  const { config, sources } = stored?.enrolment ?? {};
  return {
    config:
      config && sources
        ? (Object.keys(config) as (keyof TargetConfig)[]).map((key) => ({
            key,
            value: config[key],
            source: sources[key],
          }))
        : [],
    notes: stored ? notesOf(stored) : [],
    refusal: refusal && { message: refusal.message, at: iso(refusal.atSeconds) },
    learned: state
      ? {
          leadTimeSeconds: state.learnedLeadTimeSeconds,
          metricLagSeconds: state.metricLagSeconds,
          reversals: state.reversals,
        }
      : null,
    tuning: state && config ? tuningOf(state, config.riskPrice) : null,
    mutedUntil: state?.mutedUntilSeconds ? iso(state.mutedUntilSeconds) : null,
    windows: seen ? windowViews(seen, nowMs / 1000) : [],
    spending:
      state?.spent && config
        ? {
            spentInstanceHours: Number((spentBy(state.spent, nowMs / 1000) / 3600).toFixed(2)),
            maxInstanceHoursPerDay: config.maxInstanceHoursPerDay,
            accountSpentUntil: accountSpent(stored, nowMs / 1000),
          }
        : null,
    now: seen ? lookEntry(seen, nowMs) : null,
  };
}

/** What is over by itself is told, and asks for nobody. */
function notesOf({ enrolment }: StoredTarget): string[] {
  const waits = enrolment.problems.filter((problem) => passesByItself(enrolment, problem));
  return [...enrolment.notes, ...waits.map(({ what, fix }) => `${what} ${fix}`)];
}

function windowViews({ windows, decision, control }: Look, nowSeconds: number): WindowView[] {
  const lead = leadTimeSeconds(decision.state, control);
  return windows
    .map((window) => {
      const { atLeast, atMost } = windowsNow([window], nowSeconds, lead);
      return {
        source: window.source,
        from: iso(window.fromSeconds),
        until: iso(window.untilSeconds),
        atLeast: window.atLeast,
        atMost: window.atMost,
        isInForce: atLeast !== null || atMost !== null,
      };
    })
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

function accountSpent(stored: StoredTarget | undefined, nowSeconds: number): string | null {
  const until = stored?.accountSpentUntilSeconds ?? 0;
  return until > nowSeconds ? iso(until) : null;
}

function tuningOf({ tuning }: TargetState, riskPrice: number): StatusDetail['tuning'] {
  if (!tuning) return null;
  const last = tuning.chosen.length;
  const inUse = tuning.chosen.map((rule, band) => (band < tuning.bandsAhead ? RECURRING : rule));
  const starts = [...inUse, 0].flatMap((rule, band, all) =>
    band > 0 && rule === all[band - 1] ? [] : [{ band, rule }],
  );
  const { period } = tuning.past;
  return {
    rules: starts.map(({ band, rule }, i) => ({
      ...ruleInUse(RULES[rule] as Rule, band, starts[i + 1]?.band ?? last + 1, last, riskPrice),
      recursEverySeconds: rule === RECURRING && period !== null ? period * BUCKET_SECONDS : null,
    })),
    since: iso(tuning.sinceSeconds),
    until: iso(tuning.scoredUntilSeconds),
  };
}

function ruleInUse(
  { memory, askAbove, giveBelow, jumps, drops }: Rule,
  band: number,
  nextBand: number,
  last: number,
  riskPrice: number,
): Omit<RuleInUse, 'recursEverySeconds'> {
  return {
    fromInstance: lowestLevel(band) + 1,
    toInstance: nextBand > last ? null : lowestLevel(nextBand),
    memorySeconds: memorySeconds(memory, riskPrice),
    askAbove: rounded(worthwhileUse(askAbove, riskPrice)),
    giveBelow: rounded(worthwhileUse(giveBelow, riskPrice)),
    jumps,
    drops,
  };
}

function rounded(share: number): number {
  return Number(share.toPrecision(3));
}
