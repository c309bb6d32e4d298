import type { ChaosWorld } from './world.ts';

/** Calls that change something, or begin a cycle; the others say nothing to a reader. */
const TOLD = [
  'RegisterScalableTarget',
  'PutScheduledAction',
  'DeleteScheduledAction',
  'PutMetricAlarm',
  'DeleteAlarms',
  'PutScalingPolicy',
  'DeleteScalingPolicy',
  'UpdateItem',
  'DeleteItem',
];

/** Writes down what happens in a world, a line each, for somebody who looks for a cause. */
export class Trace {
  readonly #world: ChaosWorld;
  readonly #lines: string[] = [];
  #numbers = new WeakMap<object, number>();
  #invocations = 0;

  constructor(world: ChaosWorld) {
    this.#world = world;
    const { account, autoScaling, bus } = world.parts;
    const { invocations } = world.faults;
    account.intercept(({ operation, input }) => {
      if (!TOLD.includes(operation)) return;
      this.add(`${operation} ${describe(input)}`);
    });
    account.onCall(({ operation, errorCode }) => {
      if (errorCode) this.add(`${operation} failed: ${errorCode}`);
    });
    autoScaling.onBoundsChange(({ min, max, by }) => {
      const { desired } = world;
      this.add(`bounds ${min}..${max} by ${by}, ${desired ?? 'no'} instances asked for`);
    });
    bus.onEvent(({ source, detail }) => {
      if (source === 'aws.cloudwatch') return;
      this.add(`event ${source} ${String(detail.EndpointStatus ?? detail.operation ?? '')}`);
    });
    invocations.onEnd(({ killed }) => this.add(killed ? `died: ${killed.message}` : 'done'));
  }

  add(what: string): void {
    const { current } = this.#world.faults.invocations;
    const who = current ? `${current.functionName}#${this.#numberOf(current)}` : '-';
    this.#lines.push(`${this.#world.nowSeconds.toFixed(3).padStart(9)}  ${who.padEnd(14)} ${what}`);
  }

  toString(): string {
    return this.#lines.join('\n');
  }

  #numberOf(invocation: object): number {
    const known = this.#numbers.get(invocation);
    if (known !== undefined) return known;
    this.#invocations += 1;
    this.#numbers.set(invocation, this.#invocations);
    return this.#invocations;
  }
}

/** The members of a call that tell calls apart. */
function describe(input: Readonly<Record<string, unknown>>): string {
  const { Key, UpdateExpression, ScheduledActionName, Schedule, ScalableTargetAction } = input;
  const { MinCapacity, MaxCapacity, AlarmName, AlarmNames, PolicyName } = input;
  const told = Key
    ? [Object.values(Key as Record<string, { S: string }>).map(({ S }) => S), UpdateExpression]
    : [AlarmName, AlarmNames, PolicyName, ScheduledActionName, Schedule, ScalableTargetAction];
  return JSON.stringify([...told, MinCapacity, MaxCapacity].filter((member) => member != null));
}
