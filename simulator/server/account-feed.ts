import type { DecisionRecord } from '../../lib/cycle/record.ts';
import { variantTarget } from '../../lib/target.ts';
import type { AccountParts } from '../account/create-account.ts';
import type { Endpoint } from '../account/sagemaker/endpoint.ts';
import type { Variant } from '../plant/variant.ts';
import type { COLUMNS, Column } from '../report/payload.ts';
import { decisionMarkers, policyMarkers } from '../run/markers.ts';
import { STEP_SECONDS } from '../run/recorder.ts';
import type {
  AlarmNow,
  Feed,
  LiveDecision,
  LiveEvent,
  LiveRun,
  LiveSnapshot,
  LiveStep,
  Standing,
  VariantName,
} from './feed.ts';
import { alarmsOf, boundsOf, demandOf, type InstanceTarget, trackedTarget } from './owner-view.ts';
import { type MeasuredStep, VariantTrack } from './variant-track.ts';

export interface AccountFeedOptions {
  readonly parts: AccountParts;
  readonly speed: number;
  /** Invocations a minute of one instance where no policy names them. */
  readonly targetPerInstance: number;
  /** The scaler's decisions of an endpoint from a time (ISO 8601) on, oldest first. */
  readonly decisionsSince: (endpointName: string, since: string) => Promise<DecisionRecord[]>;
}

interface Followed extends VariantName {
  readonly variant: Variant;
  readonly track: VariantTrack;
  endpoint: Endpoint;
  /** What is allowed at the beginning of the running step. */
  bounds: Bounds;
}

type Bounds = Pick<Standing, 'minCapacity' | 'maxCapacity'>;

/** Follows every variant of an account, and tells of each step of ten virtual seconds at its end. */
export class AccountFeed implements Feed {
  readonly #options: AccountFeedOptions;
  readonly #followed = new Map<Variant, Followed>();
  readonly #listeners = new Set<(event: LiveEvent) => void>();

  constructor(options: AccountFeedOptions) {
    this.#options = options;
    const { clock } = options.parts;
    const stepMs = STEP_SECONDS * 1000;
    const firstMs = (Math.floor(clock.nowMs / stepMs) + 1) * stepMs;
    this.#follow();
    clock.every(firstMs, stepMs, () => this.#tell());
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  snapshot(): LiveSnapshot {
    const { parts, speed } = this.#options;
    const { accountId, region } = parts.account.context;
    const alarms = alarmsOf(parts);
    return {
      accountId,
      region,
      speed,
      nowSeconds: parts.clock.nowSeconds,
      stepSeconds: STEP_SECONDS,
      runs: [...this.#followed.values()].map((each) => this.#run(each, alarms)),
    };
  }

  #run(followed: Followed, alarms: ReturnType<typeof alarmsOf>): LiveRun {
    const { endpointName, variantName, endpoint, track } = followed;
    const { steps, decisions } = track;
    const target = this.#target(followed);
    const column = (name: (typeof COLUMNS)[number]): Column => steps.map((step) => step[name]);
    return {
      endpointName,
      variantName,
      startSeconds: steps[0]?.atSeconds ?? this.#options.parts.clock.nowSeconds,
      stepSeconds: STEP_SECONDS,
      targetPerInstance: target.value,
      targetUnit: target.unit,
      atEnd: steps.at(-1)?.atEnd ?? null,
      endpointStatus: endpoint.status,
      alarms: alarms(followed),
      demand: column('demand'),
      capacity: column('capacity'),
      desired: column('desired'),
      minCapacity: column('minCapacity'),
      maxCapacity: column('maxCapacity'),
      queue: column('queue'),
      latencyP99Seconds: column('latencyP99Seconds'),
      failed: column('failed'),
      decisions: [...decisions],
    };
  }

  /** Takes up new variants and lets go of those that are gone. */
  #follow(): void {
    const present = new Set<Variant>();
    for (const endpoint of this.#options.parts.sageMaker.endpoints) {
      for (const { plant: variant } of endpoint.variants) {
        present.add(variant);
        const known = this.#followed.get(variant);
        if (known) {
          known.endpoint = endpoint;
          continue;
        }
        const { endpointName, variantName } = variant.identity;
        const track = new VariantTrack(variant.instances.desired);
        variant.onSecond((second) => track.add(second));
        const bounds = this.#bounds({ endpointName, variantName });
        this.#followed.set(variant, {
          endpointName,
          variantName,
          variant,
          track,
          endpoint,
          bounds,
        });
      }
    }
    for (const [variant, { endpointName, variantName }] of this.#followed) {
      if (present.has(variant)) continue;
      this.#followed.delete(variant);
      this.#emit({ type: 'gone', data: { endpointName, variantName } });
    }
  }

  async #tell(): Promise<void> {
    this.#follow();
    const { parts } = this.#options;
    const alarms = alarmsOf(parts);
    this.#emit({ type: 'time', data: { nowSeconds: parts.clock.nowSeconds } });
    for (const followed of this.#followed.values()) {
      followed.variant.sync();
      for (const measured of followed.track.takeMeasured()) {
        const step = this.#step(followed, measured, alarms(followed));
        followed.track.remember(step);
        this.#emit({ type: 'step', data: step });
      }
      for (const decision of await this.#newDecisions(followed)) {
        followed.track.rememberDecision(decision);
        this.#emit({ type: 'decision', data: decision });
      }
    }
  }

  #step(followed: Followed, measured: MeasuredStep, alarms: readonly AlarmNow[]): LiveStep {
    const { endpointName, variantName, endpoint, bounds } = followed;
    const { desiredAtEnd, mostConcurrency: _, ...own } = measured;
    followed.bounds = this.#bounds(followed);
    return {
      endpointName,
      variantName,
      ...own,
      demand: demandOf(measured, this.#target(followed)),
      ...bounds,
      atEnd: { desired: desiredAtEnd, ...followed.bounds },
      endpointStatus: endpoint.status,
      alarms,
    };
  }

  async #newDecisions(followed: Followed): Promise<LiveDecision[]> {
    const { endpointName, variantName, track } = followed;
    const { parts, decisionsSince } = this.#options;
    const resourceId = resourceIdOf(followed);
    const since = new Date(track.newestMs.scaler + 1).toISOString();
    const records = (await decisionsSince(endpointName, since)).filter(
      (record) => record.resourceId === resourceId,
    );
    const earlier = track.decisions.flatMap(({ record }) => (record ? [record] : []));
    const ofScaler = decisionMarkers(records, 0, earlier).map((marker, i) => {
      const record = records[i] as DecisionRecord;
      return { endpointName, variantName, marker, record };
    });
    const ofPolicies = policyMarkers(parts, resourceId, 0)
      .filter(({ atSeconds }) => atSeconds * 1000 > track.newestMs.policy)
      .map((marker) => ({ endpointName, variantName, marker }));
    track.newestMs = {
      scaler: newest(ofScaler, track.newestMs.scaler),
      policy: newest(ofPolicies, track.newestMs.policy),
    };
    return [...ofScaler, ...ofPolicies].sort((a, b) => a.marker.atSeconds - b.marker.atSeconds);
  }

  #bounds(variant: VariantName): Bounds {
    const bounds = boundsOf(this.#options.parts, resourceIdOf(variant));
    return { minCapacity: bounds?.min ?? null, maxCapacity: bounds?.max ?? null };
  }

  #target(followed: Followed): InstanceTarget {
    const { parts, targetPerInstance: value } = this.#options;
    return trackedTarget(parts, resourceIdOf(followed)) ?? { unit: 'invocations', value };
  }

  #emit(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function newest(decisions: readonly LiveDecision[], before: number): number {
  return Math.max(before, ...decisions.map(({ marker }) => Math.round(marker.atSeconds * 1000)));
}

function resourceIdOf({ endpointName, variantName }: VariantName): string {
  return variantTarget(endpointName, variantName).resourceId;
}
