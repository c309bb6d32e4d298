import { endpointKey, endpointRecord, type Item } from '../../lib/aws/endpoint-item.ts';
import type { TargetState } from '../../lib/control/types.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import {
  type AccountOptions,
  type AccountParts,
  createAccount,
} from '../../simulator/account/create-account.ts';
import type { AwsEvent } from '../../simulator/account/eventbridge/bus.ts';
import { AwsError } from '../../simulator/account/service.ts';
import { type Deployment, deployService } from '../../simulator/run/deploy.ts';
import { createEndpoint } from '../../simulator/run/endpoint.ts';
import { withRoles } from '../lifecycle/roles.ts';
import {
  CHECKOUT,
  LEAD_TIME_SECONDS,
  namesOf,
  PER_INSTANCE,
  USUAL_ENDPOINT,
  USUAL_MODEL,
} from '../usual-endpoint.ts';

export { CHECKOUT as TARGET, LEAD_TIME_SECONDS, PER_INSTANCE };

export const START_SECONDS = Date.UTC(2026, 0, 5) / 1000;
export const OWNER = { min: USUAL_ENDPOINT.minCapacity, max: USUAL_ENDPOINT.maxCapacity };

const NAME = namesOf(CHECKOUT);

/** A call that reached the account. */
export interface Call {
  readonly atSeconds: number;
  readonly name: string;
}

/** A notification taken apart. */
export interface Notification {
  readonly atSeconds: number;
  readonly subject: string | undefined;
  readonly line: string;
  readonly document: { readonly details: Readonly<Record<string, unknown>> };
  readonly attributes: Readonly<Record<string, string>>;
}

/** An account with an enrolled endpoint and the deployed service; time 0 is its start. */
export class ScenarioWorld {
  readonly parts: AccountParts;
  readonly deployment: Deployment;
  readonly calls: Call[] = [];
  /** Scaling Decision events, oldest first. */
  readonly events: AwsEvent[] = [];
  /** Demand in instances from a second on; the latest entry counts. */
  #demand: [fromSecond: number, instances: number][] = [[0, 0]];

  private constructor(parts: AccountParts, deployment: Deployment) {
    this.parts = parts;
    this.deployment = deployment;
    parts.account.onCall(({ atMs, operation }) => {
      this.calls.push({ atSeconds: atMs / 1000 - START_SECONDS, name: operation });
    });
    parts.bus.onEvent((event) => {
      if (event.source === 'fast-scaler') this.events.push(event);
    });
    parts.plant.setLoad(CHECKOUT.endpointName, CHECKOUT.variantName, (second) => {
      const at = second - START_SECONDS;
      return PER_INSTANCE * (this.#demand.findLast(([from]) => from <= at)?.[1] ?? 0);
    });
  }

  static async create(
    seed = 1,
    {
      stepSeconds = 1,
      ...options
    }: Pick<AccountOptions, 'instanceQuota' | 'insufficientCapacity'> & {
      /** See `ServiceModel`: clients that wait for answers need it fine. */
      readonly stepSeconds?: number;
    } = {},
  ): Promise<ScenarioWorld> {
    const parts = createAccount({
      ...options,
      startMs: START_SECONDS * 1000,
      seed,
      model: { ...USUAL_MODEL, stepSeconds },
    });
    createEndpoint(parts, USUAL_ENDPOINT);
    withRoles(parts);
    const world = new ScenarioWorld(parts, await deployService(parts));
    await world.putParameter({ signal: 'invocations', targetPerInstance: PER_INSTANCE * 60 });
    return world;
  }

  /** Epoch seconds of time 0. */
  get startSeconds(): number {
    return START_SECONDS;
  }

  /** A refusal that no client tries again by itself. */
  fault(): AwsError {
    return new AwsError('AccessDeniedException', 'out of order', 403);
  }

  get nowSeconds(): number {
    return this.parts.clock.nowSeconds - START_SECONDS;
  }

  runTo(second: number): Promise<void> {
    return this.parts.clock.runUntil((START_SECONDS + second) * 1000);
  }

  /** From `second` on, the load needs `instances`. */
  setDemand(second: number, instances: number): void {
    this.#demand = [...this.#demand, [second, instances]];
  }

  /** So many requests in the same moment, every ten seconds. */
  addBatches(count: number, second: number, untilSecond: number): void {
    const { clock, plant } = this.parts;
    const variant = plant.variant(CHECKOUT.endpointName, CHECKOUT.variantName);
    const ignored = { begun: () => {}, failed: () => {} };
    for (let at = second; at < untilSecond; at += 10) {
      clock.at((START_SECONDS + at) * 1000, () => {
        for (let i = 0; i < count; i += 1) variant.invoke(ignored);
      });
    }
  }

  /**
   * Clients that send a request, wait for its answer, think for a second, and send the next; they join
   * over `joinSeconds` and leave at `untilSecond`.
   */
  addClients(count: number, second: number, joinSeconds: number, untilSecond: number): void {
    const { clock, plant } = this.parts;
    const variant = plant.variant(CHECKOUT.endpointName, CHECKOUT.variantName);
    const thinkMs = 1000;
    const untilMs = (START_SECONDS + untilSecond) * 1000;
    const send = () => {
      if (clock.nowMs >= untilMs) return;
      variant.invoke({
        begun: (_, endsAtMs) => {
          clock.at(Math.max(endsAtMs, clock.nowMs) + thinkMs, send);
        },
        failed: () => {
          clock.after(thinkMs, send);
        },
      });
    };
    for (let i = 0; i < count; i += 1) {
      clock.at((START_SECONDS + second + (i * joinSeconds) / count) * 1000, send);
    }
  }

  async putParameter(config: object): Promise<void> {
    const { ssm, account } = this.parts;
    const input = { Name: targetParameterName(CHECKOUT), Type: 'String', Overwrite: true };
    await account.perform(ssm, 'PutParameter', { ...input, Value: JSON.stringify(config) });
  }

  /** Asks for a prewarm, as the command does; from now on, unless a second is named. */
  async prewarm(detail: {
    readonly minInstances: number;
    readonly durationMinutes: number;
    readonly fromSecond?: number;
  }): Promise<void> {
    const { fromSecond, ...rest } = detail;
    const from =
      fromSecond === undefined ? {} : { from: new Date((START_SECONDS + fromSecond) * 1000) };
    await this.#putEvent('Prewarm Request', { ...rest, ...from });
  }

  cancelPrewarms(): Promise<void> {
    return this.#putEvent('Prewarm Cancellation', {});
  }

  async #putEvent(DetailType: string, detail: object): Promise<void> {
    const { endpointName, variantName } = CHECKOUT;
    const Detail = JSON.stringify({ schemaVersion: 1, endpointName, variantName, ...detail });
    const entry = { Source: 'fast-scaler', DetailType, Detail };
    await this.parts.account.perform(this.parts.bus, 'PutEvents', { Entries: [entry] });
  }

  async deleteParameter(): Promise<void> {
    const { ssm, account } = this.parts;
    await account.perform(ssm, 'DeleteParameter', { Name: targetParameterName(CHECKOUT) });
  }

  get bounds(): { min: number; max: number } {
    const [target] = this.parts.autoScaling.describeScalableTargets({
      ServiceNamespace: 'sagemaker',
      ResourceIds: [CHECKOUT.resourceId],
    }).ScalableTargets;
    if (!target) throw new Error('The scalable target is gone.');
    return { min: target.MinCapacity, max: target.MaxCapacity };
  }

  get capacity(): { inService: number; desired: number } {
    const { inService, desired } = this.parts.plant.variant(
      CHECKOUT.endpointName,
      CHECKOUT.variantName,
    ).instances;
    return { inService, desired };
  }

  get endpointStatus(): string | undefined {
    return this.parts.sageMaker.describeEndpoint({ EndpointName: CHECKOUT.endpointName })
      .EndpointStatus;
  }

  /** What the service remembers of the target. */
  async state(): Promise<TargetState> {
    const { account, dynamoDb } = this.parts;
    const { endpointName } = CHECKOUT;
    const output = (await account.perform(dynamoDb, 'GetItem', {
      TableName: 'Table',
      Key: endpointKey(endpointName),
    })) as { Item?: Item };
    const [stored] = endpointRecord(endpointName, output.Item ?? {}).targets;
    if (!stored) throw new Error('The target is not enrolled.');
    return stored.state;
  }

  /** The owner sets bounds from outside, as a console user or Terraform does. */
  registerAsOwner(min: number, max: number): void {
    this.parts.autoScaling.registerScalableTarget({ ...NAME, MinCapacity: min, MaxCapacity: max });
  }

  /** Notifications that the topic took, oldest first; all of one kind, if given. */
  notifications(kind?: string): Notification[] {
    return this.parts.sns.published
      .filter(({ attributes }) => kind === undefined || attributes.kind === kind)
      .map(({ atMs, subject, message, attributes }) => {
        const [line = '', ...rest] = message.split('\n');
        const atSeconds = atMs / 1000 - START_SECONDS;
        return { atSeconds, subject, line, document: JSON.parse(rest.join('\n')), attributes };
      });
  }

  /** Times of the calls of one operation, in whole seconds. */
  timesOf(operation: string): number[] {
    return this.calls.flatMap(({ name, atSeconds }) =>
      name === operation ? [Math.floor(atSeconds)] : [],
    );
  }
}
