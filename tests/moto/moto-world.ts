import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { dynamoEnrolmentStore } from '../../lib/aws/enrolment-store.ts';
import type { Bounds } from '../../lib/control/bounds.ts';
import type { DecisionRecord } from '../../lib/cycle/record.ts';
import type { ScalableTarget } from '../../lib/target.ts';
import { type Account, connect } from '../deploy/account.ts';
import { recheckEvent, sampleEvent } from '../deploy/samples.ts';
import {
  CHECKOUT,
  type EndpointOptions,
  type ScheduledAction,
  type World,
} from '../lifecycle/contract/world.ts';
import { Metrics } from './metrics.ts';
import { Owner } from './owner.ts';
import { type FunctionName, type Message, type Service, startService, TABLE } from './service.ts';

const STEP_MS = 10_000;
const SWEEP_MS = 60_000;
const ALARMS = 'fast-scaler/';

/**
 * An account that moto plays. moto stores and answers; what AWS does by itself happens here: time,
 * the metrics of the endpoint, alarms and their events, the way of a message, and capacity that
 * moves inside the bounds (at once).
 */
export class MotoWorld implements World {
  readonly name = 'moto';
  readonly #account: Account;
  readonly #owner: Owner;
  readonly #metrics: Metrics;
  readonly #store: ReturnType<typeof dynamoEnrolmentStore>;
  readonly #faults: string[] = [];
  readonly #alarmsInAlarm = new Set<string>();
  #service!: Service;
  #messages: { readonly body: string; readonly dueMs: number }[] = [];
  #nowMs: number;
  #demand = 0;
  #configName = 'first';
  #isDeployed = true;

  private constructor(url: string) {
    this.#account = connect(url);
    this.#owner = new Owner(this.#account);
    this.#nowMs = Math.ceil(Date.now() / SWEEP_MS) * SWEEP_MS;
    this.#metrics = new Metrics(this.#account, this.#nowMs);
    this.#store = dynamoEnrolmentStore(this.#account.dynamo, () => TABLE);
  }

  /** @param url of a moto server; whatever it holds is forgotten */
  static async create(url: string): Promise<MotoWorld> {
    await fetch(`${url}/moto-api/reset`, { method: 'POST' });
    const world = new MotoWorld(url);
    world.#service = await startService(world.#account, {
      now: () => world.#nowMs,
      sleep: async (milliseconds) => {
        world.#nowMs += milliseconds;
      },
    });
    return world;
  }

  async run(seconds: number): Promise<void> {
    const untilMs = this.#nowMs + seconds * 1000;
    for (;;) {
      const dueMs = Math.min(...this.#messages.map((message) => message.dueMs));
      const stepMs = (Math.floor(this.#nowMs / STEP_MS) + 1) * STEP_MS;
      const nextMs = Math.max(this.#nowMs, Math.min(dueMs, stepMs));
      if (nextMs > untilMs) break;
      this.#nowMs = nextMs;
      if (nextMs === stepMs) await this.#step();
      await this.#deliverMessages();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  setDemand(instances: number): void {
    this.#demand = instances;
  }

  async addEndpoint(options: EndpointOptions = {}): Promise<void> {
    const { bounds = { min: 1, max: 20 }, hasPolicy = true, tag } = options;
    await this.#owner.createEndpoint(this.#configName, 'ml.m5.xlarge', tag);
    await this.#endpointEvent('IN_SERVICE');
    if (!bounds) return;
    await this.#owner.register(bounds);
    if (hasPolicy) await this.#owner.putPolicy();
  }

  /** moto has no UpdateEndpoint: the endpoint comes back under its name with another configuration. */
  async changeInstanceType(): Promise<void> {
    await this.#owner.deleteEndpoint();
    this.#configName = 'second';
    await this.#owner.createEndpoint(this.#configName, 'ml.m5.2xlarge');
    await this.#endpointEvent('IN_SERVICE');
  }

  async deleteEndpoint(): Promise<void> {
    // Application Auto Scaling deregisters the targets of an endpoint that goes.
    await this.#owner.deregister();
    await this.#owner.deleteEndpoint();
    await this.#endpointEvent('DELETED');
  }

  tag(value: string | null): Promise<void> {
    return this.#owner.tag(value);
  }

  async register(bounds: Partial<Bounds>): Promise<void> {
    await this.#owner.register(bounds);
    await this.#moveCapacity();
  }

  deregister(): Promise<void> {
    return this.#owner.deregister();
  }

  putOwnersPolicy(): Promise<void> {
    return this.#owner.putPolicy();
  }

  putScheduledAction(action: ScheduledAction): Promise<void> {
    return this.#owner.putScheduledAction(action);
  }

  async putParameter(name: string, text: string): Promise<void> {
    await this.#account.ssm.send(
      new PutParameterCommand({ Name: name, Type: 'String', Value: text, Overwrite: true }),
    );
    await this.#parameterEvent(name, 'Update');
  }

  async deleteParameter(name: string): Promise<void> {
    await this.#account.ssm.send(new DeleteParameterCommand({ Name: name }));
    await this.#parameterEvent(name, 'Delete');
  }

  async removeStack(): Promise<{ readonly Status: string; readonly Reason: string }> {
    await this.#invoke('farewell', sampleEvent('custom-resource'));
    this.#isDeployed = false;
    const answer = this.#service.answers.at(-1);
    if (!answer) throw new Error('The custom resource did not answer.');
    return answer;
  }

  bounds(): Promise<Bounds | null> {
    return this.#owner.bounds();
  }

  async alarmThreshold(): Promise<number | null> {
    const name = `${ALARMS}${CHECKOUT.resourceId}/high`;
    const alarm = (await this.#alarms()).find(({ AlarmName }) => AlarmName === name);
    return alarm?.Threshold ?? null;
  }

  policies(): Promise<string[]> {
    return this.#owner.policies();
  }

  scheduledActions(): Promise<ScheduledAction[]> {
    return this.#owner.scheduledActions();
  }

  async shown({ endpointName, resourceId }: ScalableTarget) {
    const record = await this.#store.read(endpointName);
    const stored = record.targets.find(({ target }) => target.resourceId === resourceId);
    return { enrolment: stored?.enrolment, refusal: record.refusals.get(resourceId) };
  }

  async decisions(): Promise<DecisionRecord[]> {
    const { Items = [] } = await this.#account.dynamo.send(
      new QueryCommand({
        TableName: TABLE,
        KeyConditionExpression: 'pk = :endpoint AND begins_with(sk, :decision)',
        ExpressionAttributeValues: {
          ':endpoint': { S: `endpoint#${CHECKOUT.endpointName}` },
          ':decision': { S: 'decision#' },
        },
      }),
    );
    return Items.map(({ record }) => JSON.parse(record?.S ?? '{}') as DecisionRecord);
  }

  get calls(): readonly string[] {
    return this.#service.recorder.all.map(({ action }) => action.split(':')[1] ?? '');
  }

  faults(): readonly string[] {
    return this.#faults;
  }

  async stop(): Promise<void> {
    await this.#service.recorder.stop();
  }

  async #step(): Promise<void> {
    const instances = await this.#owner.instances();
    if (instances !== undefined) {
      await this.#metrics.publish(this.#nowMs, this.#demand, instances);
      await this.#evaluateAlarms();
    }
    if (this.#nowMs % SWEEP_MS === 0) await this.#invoke('sweep', sampleEvent('schedule'));
  }

  /** An event for every alarm that goes from OK to ALARM. */
  async #evaluateAlarms(): Promise<void> {
    for (const { AlarmName = '', MetricName = '', Threshold = 0 } of await this.#alarms()) {
      const isBreaching = (this.#metrics.newest.get(MetricName) ?? 0) > Threshold;
      if (!isBreaching) this.#alarmsInAlarm.delete(AlarmName);
      if (!isBreaching || this.#alarmsInAlarm.has(AlarmName)) continue;
      this.#alarmsInAlarm.add(AlarmName);
      const { detail, ...envelope } = sampleEvent('alarm-state-change');
      await this.#invoke('alarm', { ...envelope, detail: { ...detail, alarmName: AlarmName } });
    }
  }

  async #alarms() {
    const { MetricAlarms = [] } = await this.#account.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: ALARMS }),
    );
    return MetricAlarms;
  }

  async #deliverMessages(): Promise<void> {
    const due = this.#messages.filter(({ dueMs }) => dueMs <= this.#nowMs);
    this.#messages = this.#messages.filter(({ dueMs }) => dueMs > this.#nowMs);
    for (const { body } of due) await this.#invoke('recheck', recheckEvent(body));
  }

  async #parameterEvent(name: string, operation: string): Promise<void> {
    const { detail, ...envelope } = sampleEvent('parameter-change');
    await this.#invoke('parameter', { ...envelope, detail: { ...detail, name, operation } });
  }

  async #endpointEvent(EndpointStatus: string): Promise<void> {
    const { detail, ...envelope } = sampleEvent('endpoint-state-change');
    const changes = { EndpointStatus, EndpointConfigName: this.#configName };
    await this.#invoke('endpoint', { ...envelope, detail: { ...detail, ...changes } });
  }

  async #invoke(name: FunctionName, event: unknown): Promise<void> {
    if (!this.#isDeployed) return;
    const before = this.#service.recorder.all.length;
    let messages: Message[] = [];
    try {
      messages = await this.#service.invoke(name, event);
    } catch (error) {
      this.#faults.push(`${name}: ${error}`);
    }
    for (const { body, delaySeconds } of messages) {
      this.#messages.push({ body, dueMs: this.#nowMs + delaySeconds * 1000 });
    }
    const calls = this.#service.recorder.all.slice(before);
    if (calls.some(({ action }) => action.endsWith(':RegisterScalableTarget'))) {
      await this.#moveCapacity();
    }
  }

  /** What Application Auto Scaling does by itself when a target is registered, and SageMaker after it. */
  async #moveCapacity(): Promise<void> {
    const [bounds, instances] = await Promise.all([this.#owner.bounds(), this.#owner.instances()]);
    if (!bounds || instances === undefined) return;
    const inside = Math.min(Math.max(instances, bounds.min), bounds.max);
    if (inside === instances) return;
    await this.#owner.setInstances(inside);
    await this.#endpointEvent('IN_SERVICE');
  }
}
