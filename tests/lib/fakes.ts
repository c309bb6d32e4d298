import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { AlarmSpec } from '../../lib/aws/alarms.ts';
import type { ListedEndpoint } from '../../lib/aws/endpoint-tags.ts';
import type { EndpointReading } from '../../lib/aws/endpoints.ts';
import type { MuteRule } from '../../lib/aws/mute-rules.ts';
import type { StoredBook } from '../../lib/aws/notice-store.ts';
import type { Recheck } from '../../lib/aws/rechecks.ts';
import type { RegisteredTarget } from '../../lib/aws/scalable-targets.ts';
import type { ScalingPolicy, TrackingSpec } from '../../lib/aws/scaling-policies.ts';
import type { EndpointRecord, StateStore } from '../../lib/aws/state-store.ts';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import { resolve } from '../../lib/config/resolve.ts';
import type { TargetConfig } from '../../lib/config/schema.ts';
import { signalOf } from '../../lib/config/signal.ts';
import type { Bounds } from '../../lib/control/bounds.ts';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import type {
  Lease,
  LoadPoint,
  RequestRefusal,
  SuspendedScaling,
  TargetState,
} from '../../lib/control/types.ts';
import type { CycleRuntime } from '../../lib/cycle/cycle.ts';
import type { DecisionEvent } from '../../lib/cycle/decision-event.ts';
import type { DecisionRecord } from '../../lib/cycle/record.ts';
import { inputNames } from '../../lib/enrolment/parameter-name.ts';
import type { EnrolmentRuntime } from '../../lib/enrolment/runtime.ts';
import type { Enrolment } from '../../lib/enrolment/types.ts';
import type { Message } from '../../lib/notify/message.ts';
import { type ScalableTarget, variantTarget } from '../../lib/target.ts';
import { FakeEnrolments } from './fake-enrolments.ts';

export const NOW_SECONDS = 1_800_000_000;
export const TARGET = variantTarget('checkout', 'AllTraffic');

/** One instance carries 60 invocations a minute: ten in a window. At this price sizes have no margin. */
export const CONFIG: TargetConfig = {
  ...DEFAULTS,
  signal: 'invocations',
  targetPerInstance: 60,
  leadTimeSeconds: 180,
  riskPrice: 3,
};

/** An enrolment in invocations, with this configuration. */
export function enrolmentOf(config: TargetConfig = CONFIG): Enrolment {
  const { sources } = resolve({ target: '{}' }, inputNames(TARGET));
  const signal = signalOf(TARGET, 'invocations', config.targetPerInstance ?? 60);
  return { config, sources, signal, notes: [], problems: [], wasRegistered: true };
}

/** A small world that a runtime's ports read and write; every field may be set by a test. */
export class World {
  nowMs = NOW_SECONDS * 1000;
  endpoint: EndpointReading | undefined = this.withCounts(1, 1);
  bounds = new Map<string, Bounds>([[TARGET.resourceId, { min: 1, max: 20 }]]);
  suspended: readonly SuspendedScaling[] = [];
  load: LoadPoint[] = [];
  record: EndpointRecord | undefined = this.enrolled();
  /** Saves are refused as if another cycle had been first. */
  outrun = false;
  latencySeconds: number | null = null;
  spread = 0;
  instanceTypes: ReadonlyMap<string, string> = new Map();
  callers = { arrivals: false, busy: false };
  counted = { invocations: 0, busyMinutes: 0, isSignalSeen: true };
  failing = new Map<string, Error>();
  /** Names of the writing calls to AWS in their order. */
  readonly writes: string[] = [];
  readonly nudges: Bounds[] = [];
  readonly saved: ReadonlyMap<string, TargetState>[] = [];
  readonly kept: DecisionRecord[] = [];
  readonly events: DecisionEvent[] = [];
  readonly published: Message[] = [];
  readonly books = new Map<string, StoredBook>();
  /** What Application Auto Scaling says of a request that came to nothing. */
  refusal: RequestRefusal | null = null;
  readonly rechecks: { recheck: Recheck; delaySeconds: number }[] = [];
  readonly leases = new Map<string, Lease>();
  readonly alarms = new Map<string, AlarmSpec>();
  readonly policies: ScalingPolicy[] = [];
  readonly parameters = new Map<string, string>();
  readonly enrolments = new FakeEnrolments();
  /** Tags by endpoint; the listed endpoints are the keys. */
  readonly tags = new Map<string, string | undefined>();
  endpointAgeMs = 0;
  /** Alarm names by the active rule that mutes them. */
  readonly muteRules = new Map<string, readonly string[]>();
  readonly tagReads: { readonly endpointName: string; readonly atMs: number }[] = [];

  withCounts(inService: number, desired: number, status = 'InService'): EndpointReading {
    return {
      status: status as EndpointReading['status'],
      endpointConfigName: 'checkout-1',
      invocationsEverySeconds: 10,
      variants: new Map([['AllTraffic', { inService, desired }]]),
    };
  }

  enrolled(
    state: Partial<TargetState> = {},
    config: TargetConfig = CONFIG,
    enrolment: Partial<Enrolment> = {},
  ): EndpointRecord {
    return {
      endpointName: 'checkout',
      version: 3,
      loop: 7,
      targets: [
        {
          target: TARGET,
          enrolment: { ...enrolmentOf(config), ...enrolment },
          state: { ...INITIAL_STATE, ...state },
        },
      ],
      refusals: new Map(),
    };
  }

  /** The same demand, in instances, over the last ten minutes. */
  setDemand(demand: number): void {
    this.load = Array.from({ length: 60 }, (_, i) => ({
      startSeconds: this.nowMs / 1000 - 20 - 10 * (59 - i),
      value: demand * 10,
    }));
  }

  registered(): Map<string, RegisteredTarget> {
    const { suspended } = this;
    return new Map([...this.bounds].map(([id, bounds]) => [id, { bounds, suspended }]));
  }

  fail(port: string, error: Error = new Error(`${port} is down`)): void {
    this.failing.set(port, error);
  }

  runtime(): CycleRuntime & EnrolmentRuntime {
    const port = <Args extends unknown[], Result>(
      name: string,
      run: (...args: Args) => Result,
    ): ((...args: Args) => Promise<Awaited<Result>>) => {
      return async (...args) => {
        const error = this.failing.get(name);
        if (error) throw error;
        return (await run(...args)) as never;
      };
    };
    const writing = <Args extends unknown[]>(name: string, run: (...args: Args) => void) =>
      port(name, (...args: Args) => {
        this.writes.push(name);
        run(...args);
      });
    const store: StateStore = {
      claim: port('claim', () => this.record),
      save: port('save', (_: EndpointRecord, states: ReadonlyMap<string, TargetState>) => {
        if (!this.outrun) this.saved.push(new Map(states));
        return !this.outrun;
      }),
      keep: port('keep', (record: DecisionRecord) => void this.kept.push(record)),
    };
    const remove = (target: ScalableTarget, name: string) => {
      const found = this.policies.findIndex(
        (policy) => policy.resourceId === target.resourceId && policy.policyName === name,
      );
      if (found >= 0) this.policies.splice(found, 1);
    };
    return {
      now: () => this.nowMs,
      sleep: async (milliseconds) => {
        this.nowMs += milliseconds;
      },
      logger: new Logger({ logLevel: 'SILENT' }),
      metrics: new Metrics({ namespace: 'Test' }),
      store,
      enrolments: this.enrolments,
      endpoints: { describe: port('endpoints', () => this.endpoint) },
      scalableTargets: {
        describe: port('scalableTargets', () => this.registered()),
        describeAll: port('scalableTargets', () => this.registered()),
        nudge: writing('nudge', (_: ScalableTarget, bounds: Bounds) => {
          this.nudges.push(bounds);
        }),
        putLease: writing('putLease', ({ resourceId }: ScalableTarget, lease: Lease) => {
          this.leases.set(resourceId, lease);
        }),
        lease: port('scalableTargets', ({ resourceId }: ScalableTarget) =>
          this.leases.get(resourceId),
        ),
        deleteLease: writing('deleteLease', ({ resourceId }: ScalableTarget) => {
          this.leases.delete(resourceId);
        }),
      },
      load: { read: port('load', () => [this.load]) },
      activities: { refusalOf: port('activities', () => this.refusal) },
      events: { put: port('events', (event: DecisionEvent) => void this.events.push(event)) },
      notifications: {
        region: () => 'eu-west-1',
        publish: port('publish', (message: Message) => void this.published.push(message)),
      },
      notices: {
        read: port('notices', (name: string) => this.books.get(name) ?? { book: {}, version: 0 }),
        save: port('notices', (name: string, { book, version }: StoredBook) => {
          if ((this.books.get(name)?.version ?? 0) !== version) return false;
          this.books.set(name, { book, version: version + 1 });
          return true;
        }),
      },
      rechecks: {
        send: port('send', (recheck: Recheck, delaySeconds: number) => {
          this.rechecks.push({ recheck, delaySeconds });
        }),
        sendAll: port('send', (rechecks) => void this.rechecks.push(...rechecks)),
      },
      alarms: {
        list: port('alarms', (prefix: string) =>
          [...this.alarms.values()]
            .filter(({ alarmName }) => alarmName.startsWith(prefix))
            .map((spec) => ({ alarmName: spec.alarmName, spec })),
        ),
        put: writing('putAlarm', (alarm: AlarmSpec) => {
          this.alarms.set(alarm.alarmName, alarm);
        }),
        delete: writing('deleteAlarms', (names: readonly string[]) => {
          for (const name of names) this.alarms.delete(name);
        }),
      },
      policies: {
        list: port('policies', (target?: ScalableTarget) =>
          this.policies.filter((policy) => !target || policy.resourceId === target.resourceId),
        ),
        put: writing('putPolicy', (target: ScalableTarget, policy: TrackingSpec) => {
          const { policyName, metric, ...numbers } = policy;
          remove(target, policyName);
          const { resourceId } = target;
          this.policies.push({
            resourceId,
            policyName,
            tracking: { ...numbers, metricName: metric.metricName, predefined: null },
            alarms: 2,
          });
        }),
        delete: writing('deletePolicy', remove),
      },
      measurements: {
        latency: port(
          'measurements',
          (_: unknown, now: number, __: number | null, since?: { seconds: number }) => {
            if (this.latencySeconds === null || (since && now - since.seconds < 60)) return null;
            return { seconds: this.latencySeconds, spread: this.spread };
          },
        ),
        countedByCallers: port('measurements', () => this.callers),
        countedBeside: port('measurements', () => this.counted),
      },
      parameters: {
        read: port('parameters', (name: string) => this.parameters.get(name)),
        readAll: port('parameters', () => this.parameters),
      },
      muteRules: {
        active: port('muteRules', () =>
          [...this.muteRules.keys()].map((name) => ({ name, updatedAtMs: 0 })),
        ),
        alarmNames: port('muteRules', ({ name }: MuteRule) => this.muteRules.get(name) ?? []),
      },
      variantInstances: {
        types: port('variantInstances', () => this.instanceTypes),
      },
      tags: {
        list: port('listEndpoints', () =>
          [...this.tags.keys()].map((endpointName) => ({
            endpointName,
            arn: `arn:${endpointName}`,
            modifiedAtMs: this.nowMs - this.endpointAgeMs,
          })),
        ),
        read: port('listTags', ({ endpointName }: ListedEndpoint) => {
          this.tagReads.push({ endpointName, atMs: this.nowMs });
          return this.tags.get(endpointName);
        }),
        find: port('listTags', (endpointName: string) => {
          this.tagReads.push({ endpointName, atMs: this.nowMs });
          return this.tags.get(endpointName);
        }),
      },
    };
  }
}
