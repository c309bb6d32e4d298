import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { AlarmSpec } from '../../lib/aws/alarms.ts';
import type { EndpointReading } from '../../lib/aws/endpoints.ts';
import type { Recheck } from '../../lib/aws/rechecks.ts';
import type { EndpointRecord, StateStore } from '../../lib/aws/state-store.ts';
import { parseTargetConfig } from '../../lib/config/parse.ts';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import type { Bounds, LoadPoint, TargetState } from '../../lib/control/types.ts';
import type { CycleRuntime } from '../../lib/cycle.ts';
import type { EnrolmentRuntime } from '../../lib/enrolment/enrol.ts';
import type { DecisionRecord } from '../../lib/record.ts';
import { variantTarget } from '../../lib/target.ts';

export const NOW_SECONDS = 1_800_000_000;
export const TARGET = variantTarget('checkout', 'AllTraffic');

/** One instance carries 60 invocations a minute: ten in a window. At this price sizes have no margin. */
export const CONFIG = parseTargetConfig(
  '{"targetPerInstance":60,"leadTimeSeconds":180,"riskPrice":3}',
  'test',
);

/** A small world that a runtime's ports read and write; every field may be set by a test. */
export class World {
  nowMs = NOW_SECONDS * 1000;
  endpoint: EndpointReading | undefined = this.withCounts(1, 1);
  bounds = new Map<string, Bounds>([[TARGET.resourceId, { min: 1, max: 20 }]]);
  load: LoadPoint[] = [];
  record: EndpointRecord | undefined = this.enrolled();
  /** Saves are refused as if another cycle had been first. */
  outrun = false;
  failing = new Map<string, Error>();
  readonly nudges: Bounds[] = [];
  readonly saved: ReadonlyMap<string, TargetState>[] = [];
  readonly kept: DecisionRecord[] = [];
  readonly rechecks: { recheck: Recheck; delaySeconds: number }[] = [];
  readonly alarms = new Map<string, AlarmSpec>();
  readonly parameters = new Map<string, string>();
  readonly enrolments = new Map<string, unknown>();

  withCounts(inService: number, desired: number, status = 'InService'): EndpointReading {
    const variants = new Map([['AllTraffic', { inService, desired }]]);
    return { status: status as EndpointReading['status'], variants };
  }

  enrolled(state: Partial<TargetState> = {}, config: typeof CONFIG = CONFIG): EndpointRecord {
    return {
      endpointName: 'checkout',
      version: 3,
      loop: 7,
      targets: [{ target: TARGET, config, state: { ...INITIAL_STATE, ...state } }],
    };
  }

  /** The same demand, in instances, over the last ten minutes. */
  setDemand(demand: number): void {
    this.load = Array.from({ length: 60 }, (_, i) => ({
      startSeconds: this.nowMs / 1000 - 20 - 10 * (59 - i),
      value: demand * 10,
    }));
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
    const store: StateStore = {
      claim: port('claim', () => this.record),
      save: port('save', (_: EndpointRecord, states: ReadonlyMap<string, TargetState>) => {
        if (!this.outrun) this.saved.push(states);
        return !this.outrun;
      }),
      keep: port('keep', (record: DecisionRecord) => void this.kept.push(record)),
      enrol: port('enrol', (target, config) => void this.enrolments.set(target.resourceId, config)),
      release: port('release', (target) => void this.enrolments.delete(target.resourceId)),
      endpointNames: port('endpointNames', () => ['checkout', 'search']),
    };
    return {
      now: () => this.nowMs,
      logger: new Logger({ logLevel: 'SILENT' }),
      metrics: new Metrics({ namespace: 'Test' }),
      store,
      endpoints: { describe: port('endpoints', () => this.endpoint) },
      scalableTargets: {
        describe: port('scalableTargets', () => this.bounds),
        nudge: port('nudge', (_, bounds: Bounds) => void this.nudges.push(bounds)),
      },
      load: { read: port('load', () => [this.load]) },
      rechecks: {
        send: port('send', (recheck: Recheck, delaySeconds: number) => {
          this.rechecks.push({ recheck, delaySeconds });
        }),
        sendAll: port('send', (rechecks) => void this.rechecks.push(...rechecks)),
      },
      alarms: {
        put: port('alarms', (alarm: AlarmSpec) => void this.alarms.set(alarm.alarmName, alarm)),
        delete: port('alarms', (names: readonly string[]) => {
          for (const name of names) this.alarms.delete(name);
        }),
      },
      parameters: { read: port('parameters', (name: string) => this.parameters.get(name)) },
    };
  }
}
