import type { StoredTarget } from '../aws/state-store.ts';
import type { ConfigSource } from '../config/resolve.ts';
import type { TargetConfig } from '../config/schema.ts';
import { candidatesFor, type Setting } from '../control/settings.ts';
import type { TargetState } from '../control/types.ts';
import type { Refusal } from '../enrolment/types.ts';
import type { Look } from '../look.ts';
import { type Entry, explain } from './explain.ts';
import { lookRecord } from './look-record.ts';

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
    /** Which of how many candidates is in use, from 1. */
    readonly candidate: number;
    readonly candidates: number;
    readonly setting: Setting;
    /** From when on demand was scored, and until when. */
    readonly since: string;
    readonly until: string;
  } | null;
  readonly mutedUntil: string | null;
  /** What a look at this moment says. */
  readonly now: Entry | null;
}

export function statusDetail(
  stored: StoredTarget | undefined,
  state: TargetState | undefined,
  refusal: Refusal | null,
  seen: Look | undefined,
  nowMs: number,
): StatusDetail {
  const { config, sources, notes } = stored?.enrolment ?? {};
  return {
    config:
      config && sources
        ? (Object.keys(config) as (keyof TargetConfig)[]).map((key) => ({
            key,
            value: config[key],
            source: sources[key],
          }))
        : [],
    notes: notes ?? [],
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
    now: seen ? (explain([lookRecord(seen, nowMs)]).entries[0] ?? null) : null,
  };
}

function tuningOf({ tuning }: TargetState, riskPrice: number): StatusDetail['tuning'] {
  if (!tuning) return null;
  const candidates = candidatesFor(riskPrice);
  return {
    candidate: tuning.chosen + 1,
    candidates: candidates.length,
    setting: candidates[tuning.chosen] as Setting,
    since: iso(tuning.sinceSeconds),
    until: iso(tuning.scoredUntilSeconds),
  };
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
