import type { DecisionStep } from '../../lib/control/types.ts';
import type { DecisionMarker, PolicyResult, ReportData, RunTimeline } from './data.ts';
import { policyName } from './headline.ts';

/** Rises when a page can no longer read the payload of an older one. */
export const PAYLOAD_VERSION = 3;

/** The sampled columns of a run, in the order in which the page reads them. */
export const COLUMNS = [
  'demand',
  'capacity',
  'desired',
  'minCapacity',
  'maxCapacity',
  'queue',
  'latencyP99Seconds',
  'failed',
] as const;

/** One sampled column; null where nothing was measured. */
export type Column = readonly (number | null)[];

/** Rule, before, after, reason, constrained; rule and reason are indices into `words`. */
export type StepRow = readonly [number, number | null, number | null, number, 0 | 1];

/** The decisions of one run, column by column; all arrays have one length. */
export interface DecisionColumns {
  readonly atSeconds: readonly number[];
  readonly kind: readonly DecisionMarker['kind'][];
  readonly title: readonly string[];
  readonly steps: readonly (readonly StepRow[])[];
  /** Indices into `words`. */
  readonly sentences: readonly (readonly number[])[];
}

/** One run as the page holds it. */
export interface RunPayload extends Readonly<Record<(typeof COLUMNS)[number], Column>> {
  readonly policy: string;
  readonly stepSeconds: number;
  readonly decisions: DecisionColumns;
}

/** What the page carries: {@link ReportData}, rounded, in columns, its repeated words stored once. */
export interface ReportPayload {
  readonly version: typeof PAYLOAD_VERSION;
  readonly trace: string;
  readonly seconds: number;
  readonly leadTimeSeconds: number;
  readonly riskPrice: number;
  readonly targetPerInstance: number;
  /** Display names of the policies by policy. */
  readonly names: Readonly<Record<string, string>>;
  readonly results: readonly PolicyResult[];
  readonly words: readonly string[];
  readonly runs: readonly RunPayload[];
}

/** Three decimals: finer than a pixel of any panel, and half the bytes of a full double. */
function round(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * 1000) / 1000;
}

class Words {
  readonly list: string[] = [];
  readonly #indices = new Map<string, number>();

  indexOf(word: string): number {
    const known = this.#indices.get(word);
    if (known !== undefined) return known;
    this.#indices.set(word, this.list.length);
    return this.list.push(word) - 1;
  }
}

function stepRow(step: DecisionStep, words: Words): StepRow {
  return [
    words.indexOf(step.name),
    round(step.before),
    round(step.after),
    words.indexOf(step.reason),
    step.constrained ? 1 : 0,
  ];
}

function runPayload(run: RunTimeline, words: Words): RunPayload {
  for (const column of COLUMNS) {
    if (run[column].length !== run.demand.length) {
      throw new Error(
        `report: run ${JSON.stringify(run.policy)}: ${column} has ${run[column].length} samples, ` +
          `demand has ${run.demand.length}; every column needs one value a step`,
      );
    }
  }
  const decisions = run.decisions.toSorted((a, b) => a.atSeconds - b.atSeconds);
  return {
    policy: run.policy,
    stepSeconds: run.stepSeconds,
    demand: run.demand.map(round),
    capacity: run.capacity.map(round),
    desired: run.desired.map(round),
    minCapacity: run.minCapacity.map(round),
    maxCapacity: run.maxCapacity.map(round),
    queue: run.queue.map(round),
    latencyP99Seconds: run.latencyP99Seconds.map(round),
    failed: run.failed.map(round),
    decisions: {
      atSeconds: decisions.map((decision) => round(decision.atSeconds) ?? 0),
      kind: decisions.map((decision) => decision.kind),
      title: decisions.map((decision) => decision.title),
      steps: decisions.map((decision) => decision.steps.map((step) => stepRow(step, words))),
      sentences: decisions.map(({ sentences = [] }) =>
        sentences.map((sentence) => words.indexOf(sentence)),
      ),
    },
  };
}

/**
 * Makes the compact form that the page carries. Decisions come out in order of time.
 *
 * @throws Error when the columns of a run differ in length
 */
export function reportPayload(data: ReportData): ReportPayload {
  const words = new Words();
  const policies = [...data.results, ...data.runs].map(({ policy }) => policy);
  return {
    version: PAYLOAD_VERSION,
    trace: data.trace,
    seconds: data.seconds,
    leadTimeSeconds: data.leadTimeSeconds,
    riskPrice: data.riskPrice,
    targetPerInstance: data.targetPerInstance,
    names: Object.fromEntries(policies.map((policy) => [policy, policyName(policy)])),
    results: data.results,
    runs: data.runs.map((run) => runPayload(run, words)),
    words: words.list,
  };
}
