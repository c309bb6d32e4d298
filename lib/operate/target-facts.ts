import type { EndpointReading } from '../aws/endpoints.ts';
import type { FleetEntry } from '../aws/enrolment-store.ts';
import type { CallerCounts } from '../aws/measurements.ts';
import type { EndpointMemory } from '../aws/operator-table.ts';
import type { InstanceQuota } from '../aws/quotas.ts';
import type { ScalingPolicy } from '../aws/scaling-policies.ts';
import type { StoredTarget } from '../aws/state-store.ts';
import type { ConfigInputs } from '../config/resolve.ts';
import type { Bounds } from '../control/bounds.ts';
import type { SuspendedScaling } from '../control/types.ts';
import type { Situation } from '../enrolment/plan.ts';
import type { Silence } from '../enrolment/silence.ts';
import type { MeasuredLatency } from '../enrolment/types.ts';
import type { ScalableTarget } from '../target.ts';
import type { FailedChange } from './explain.ts';
import type { EnrolledBy } from './finding.ts';

/** What the caller may not be allowed to read. */
export type Unknown = 'config' | 'bounds' | 'policies' | 'alarms';

/** Everything that the doctor knows of one target. */
export interface TargetFacts {
  readonly target: ScalableTarget;
  readonly nowMs: number;
  readonly enrolledBy: EnrolledBy;
  readonly inputs: ConfigInputs;
  /** What could not be read; nothing follows from its absence. */
  readonly unknown: ReadonlySet<Unknown>;
  /** False: nobody can tell, since the stack is not there. */
  readonly isStackThere: boolean;
  readonly endpoint: EndpointReading | undefined;
  readonly instanceType: string | undefined;
  /** Min and Max that stand. */
  readonly bounds: Bounds | undefined;
  /** What its owner suspended on the scalable target. */
  readonly suspended: readonly SuspendedScaling[];
  readonly policies: readonly ScalingPolicy[];
  readonly alarms: Situation['alarms'];
  readonly callers: CallerCounts;
  readonly latency: MeasuredLatency | null;
  readonly silence: Silence | null;
  readonly entry: FleetEntry | undefined;
  readonly memory: EndpointMemory | undefined;
  readonly stored: StoredTarget | undefined;
  readonly failed: FailedChange | undefined;
  readonly quota: InstanceQuota | undefined;
  /** Instances of the same type that other variants ask for. */
  readonly othersInstances: number;
}
