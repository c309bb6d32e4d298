import type { DecisionRecord } from '../../lib/cycle/record.ts';
import type { DecisionMarker } from '../report/data.ts';
import type { COLUMNS, Column } from '../report/payload.ts';

/** State of one alarm on an endpoint. */
export interface AlarmNow {
  readonly name: string;
  readonly state: string;
}

/** What a target per instance counts: invocations a minute, or concurrent requests. */
export type LoadUnit = 'invocations' | 'concurrency';

/** A production variant, for example `checkout/AllTraffic`. */
export interface VariantName {
  readonly endpointName: string;
  readonly variantName: string;
}

/** What is asked for and allowed at a moment. Null where there is none. */
export interface Standing {
  readonly desired: number | null;
  readonly minCapacity: number | null;
  readonly maxCapacity: number | null;
}

/**
 * One step of a variant: the columns of the report page's runs at one place, and what else stood at
 * its end. What is asked for and allowed is that of its beginning, so that no change is drawn before
 * its cause. Null where there is none or nothing was measured.
 */
export interface LiveStep
  extends VariantName,
    Readonly<Record<(typeof COLUMNS)[number], number | null>> {
  /** Epoch seconds at which it began. */
  readonly atSeconds: number;
  /** Requests that arrived in it. */
  readonly arrived: number;
  /** Instances that were paid for in it, on average. */
  readonly billed: number;
  /** Requests waiting and in service at its end. */
  readonly concurrency: number;
  readonly atEnd: Standing;
  readonly endpointStatus: string;
  readonly alarms: readonly AlarmNow[];
}

/** A decision, of the scaler or of a scaling policy. */
export interface LiveDecision extends VariantName {
  /** As on the report page, but `atSeconds` is of the epoch. */
  readonly marker: DecisionMarker;
  /** Of the scaler's decisions all that is kept. */
  readonly record?: DecisionRecord;
}

/** A variant from the beginning of what is remembered: a run of the report page with an open end. */
export interface LiveRun extends VariantName, Readonly<Record<(typeof COLUMNS)[number], Column>> {
  /** Epoch seconds of the first step. */
  readonly startSeconds: number;
  readonly stepSeconds: number;
  /** Load of one instance, by which load becomes demand, in `targetUnit`. */
  readonly targetPerInstance: number;
  /** `invocations` a minute, or `concurrency`: what its target-tracking policy counts. */
  readonly targetUnit: LoadUnit;
  /** At the end of the newest step; null: none has ended. */
  readonly atEnd: Standing | null;
  readonly endpointStatus: string;
  readonly alarms: readonly AlarmNow[];
  readonly decisions: readonly LiveDecision[];
}

/** Everything that is known so far. */
export interface LiveSnapshot {
  readonly accountId: string;
  readonly region: string;
  /** Virtual seconds in a second outside. */
  readonly speed: number;
  /** Epoch seconds of the account. */
  readonly nowSeconds: number;
  readonly stepSeconds: number;
  readonly runs: readonly LiveRun[];
}

/** What a feed tells, in the order in which it happens. */
export type LiveEvent =
  | { readonly type: 'snapshot'; readonly data: LiveSnapshot }
  | { readonly type: 'step'; readonly data: LiveStep }
  | { readonly type: 'decision'; readonly data: LiveDecision }
  /** The variant is no more. */
  | { readonly type: 'gone'; readonly data: VariantName }
  /** The end of every step, whether or not a variant is there. */
  | { readonly type: 'time'; readonly data: Pick<LiveSnapshot, 'nowSeconds'> };

/** Where a live page gets its data. */
export interface Feed {
  snapshot(): LiveSnapshot;
  /** Hears of everything after the snapshot; returns a function that ends that. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
}
