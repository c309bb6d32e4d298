import type { Bounds } from '../../../lib/control/bounds.ts';
import type { DecisionRecord } from '../../../lib/cycle/record.ts';
import type { Enrolment, Refusal } from '../../../lib/enrolment/types.ts';
import { type ScalableTarget, variantTarget } from '../../../lib/target.ts';

export const CHECKOUT = variantTarget('checkout', 'AllTraffic');

/** Invocations a minute that one instance is meant to carry; the question's. */
export const TARGET_PER_INSTANCE = 1500;

/** The metric of the stories: AWS accounts differ in whether they say how often they publish. */
export const SIGNAL = {
  namespace: 'AWS/SageMaker',
  metricName: 'Invocations',
  dimensions: { EndpointName: CHECKOUT.endpointName, VariantName: CHECKOUT.variantName },
  statistic: 'Sum',
};

/** Settings that enrol the story's target, whatever the account tells of its endpoints. */
export const SETTINGS = { signal: SIGNAL, targetPerInstance: TARGET_PER_INSTANCE };

/** The policy of the question. */
export const OWNERS_POLICY = 'target-tracking-invocations-1700000000';

export interface EndpointOptions {
  /** Null: no scalable target is registered. */
  readonly bounds?: Bounds | null;
  readonly hasPolicy?: boolean;
  readonly tag?: string;
  /** False: as an endpoint configuration has it that says nothing of metrics. */
  readonly isFast?: boolean;
}

/** A scheduled action as it stands. */
export interface ScheduledAction {
  readonly name: string;
  readonly schedule: string;
  readonly bounds: Bounds;
}

/** An AWS account with the service deployed, in which time goes by as a story wants it. */
export interface World {
  readonly name: string;
  /** Lets time go by, with everything that happens in it. */
  run(seconds: number): Promise<void>;

  /** From now on the load of the story's endpoint needs so many instances. */
  setDemand(instances: number): void;
  /** The story's endpoint, in service, as its owner made it. */
  addEndpoint(options?: EndpointOptions): Promise<void>;
  /** A deployment with another instance type; the scalable target must have been deregistered. */
  changeInstanceType(): Promise<void>;
  deleteEndpoint(): Promise<void>;
  tag(value: string | null): Promise<void>;
  /** The owner sets bounds; what is not given stays. */
  register(bounds: Partial<Bounds>): Promise<void>;
  deregister(): Promise<void>;
  putOwnersPolicy(): Promise<void>;
  putScheduledAction(action: ScheduledAction): Promise<void>;
  putParameter(name: string, text: string): Promise<void>;
  deleteParameter(name: string): Promise<void>;
  /** Deletes the stack, as far as its custom resource is concerned; gives the answer it sends. */
  removeStack(): Promise<{ readonly Status: string; readonly Reason: string }>;

  bounds(): Promise<Bounds | null>;
  alarmThreshold(): Promise<number | null>;
  policies(): Promise<string[]>;
  scheduledActions(): Promise<ScheduledAction[]>;
  /** What is in force for a target, and what was not taken. */
  shown(target: ScalableTarget): Promise<{
    readonly enrolment: Enrolment | undefined;
    readonly refusal: Refusal | undefined;
  }>;
  decisions(): Promise<DecisionRecord[]>;
  /** Operations that the service called, in their order. */
  readonly calls: readonly string[];
  /** Faults that nobody handled, and calls that the functions' roles did not allow. */
  faults(): readonly string[];
  stop(): Promise<void>;
}
