import { endpointRecord, type Item, type StoredTarget } from '../../lib/aws/endpoint-item.ts';
import type { Bounds } from '../../lib/control/bounds.ts';
import type { TargetState } from '../../lib/control/types.ts';
import type { Invocation } from '../../simulator/faults/invocations.ts';
import { hasCeiling, OverloadWatch } from './overload.ts';
import { OwnersBounds } from './owner.ts';
import { stateFaults } from './state-shape.ts';
import { type ChaosWorld, TARGET } from './world.ts';

/** How long bounds that are not the owner's may stand after their lease has run out. */
const LEASE_GRACE_MS = 60_000;

/** A lowered ceiling goes back to the owner's at the next look; this long is an outage. */
const CEILING_GRACE_MS = 90_000;

/** Metrics older than this say nothing: capacity must not go down by them. */
const BLIND_MS = 90_000;

/** How often what stands is looked at, milliseconds. */
const TICK_MS = 5000;

/** Functions whose invocations are control cycles. */
const CYCLES = ['alarm', 'endpoint', 'recheck'];

/** Holds every property that must never be violated against a running world. */
export class Watch {
  readonly violations: string[] = [];
  readonly owner = new OwnersBounds();
  /** Bounds that the scaler has meant to write; an owner cannot be told from it by these numbers. */
  readonly written = { min: new Set<number>(), max: new Set<number>() };
  readonly overload: OverloadWatch;
  /** True once the target was forgotten: its configuration may have it registered anew. */
  mayRegister = false;
  isDead = false;
  readonly #world: ChaosWorld;
  readonly #tell: (what: string) => void;
  readonly #readMs = new WeakMap<Invocation, number>();
  /** What the one who put the lease that stands knew of. */
  #leaseReadMs = 0;
  #lastWholeCycleReadMs = 0;
  #overdueSinceMs: number | null = null;
  #ceilingSinceMs: number | null = null;
  #stateText: string | undefined;
  /** When windows last held capacity up, or something held it down: that goes by the clock alone. */
  #limitedMs = Number.NEGATIVE_INFINITY;
  #stopped = false;
  readonly #beforeNudge: (() => void)[] = [];

  /** @param tell hears of every violation as it happens */
  constructor(world: ChaosWorld, tell: (what: string) => void) {
    this.#world = world;
    this.#tell = tell;
    this.overload = new OverloadWatch(world, this.owner, (what) => this.fail(what));
    const { account, autoScaling } = world.parts;
    const { invocations, clock } = world.faults;
    account.intercept(({ service, operation, input }) => {
      if (service === 'dynamodb') this.#readIntentions(input);
      if (service !== 'application-auto-scaling') return;
      const { current } = invocations;
      if (!current) return;
      if (operation === 'DescribeScalableTargets' && !this.#readMs.has(current)) {
        this.#readMs.set(current, clock.nowMs);
      }
      if (operation === 'PutScheduledAction') {
        this.#leaseReadMs = this.#readOf(current);
        this.#checkNumbers('a lease', input.ScalableTargetAction as object);
        // A moment later, so that what is done is not taken for the function's own doing.
        for (const task of this.#beforeNudge.splice(0)) clock.after(1, task);
      }
      if (operation === 'RegisterScalableTarget') this.#checkNumbers('a nudge', input);
    });
    autoScaling.onBoundsChange(({ min, max, by }) => {
      const { current } = invocations;
      if (by === 'scheduled-action') this.#onRestore({ min, max });
      else if (current) this.#onNudge({ min, max }, current);
    });
    invocations.onEnd((invocation) => {
      if (invocation.hit || invocation.killed || !CYCLES.includes(invocation.functionName)) return;
      const readMs = this.#readMs.get(invocation);
      if (readMs !== undefined) this.#lastWholeCycleReadMs = readMs;
    });
    clock.every(clock.nowMs + TICK_MS, TICK_MS, () => this.#tick());
  }

  fail(what: string): void {
    this.#tell(`VIOLATION ${what}`);
    this.violations.push(`${this.#world.nowSeconds.toFixed(3)} s: ${what}`);
  }

  /** Runs a task when a cycle next puts a lease: it has read the bounds, and will write them next. */
  beforeNextNudge(task: () => void): void {
    this.#beforeNudge.push(task);
  }

  /** Every function is dead from now on. */
  die(): void {
    this.isDead = true;
    this.overload.die();
  }

  /** The world is over. */
  stop(): void {
    this.#stopped = true;
  }

  #readOf(invocation: Invocation): number {
    return this.#readMs.get(invocation) ?? this.#world.nowMs;
  }

  #checkNumbers(what: string, input: { MinCapacity?: unknown; MaxCapacity?: unknown }): void {
    const { MinCapacity: min, MaxCapacity: max } = input;
    const isWhole = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
    if (isWhole(min) && isWhole(max) && (min as number) <= (max as number)) return;
    this.fail(`${what} of Min ${min} and Max ${max}`);
  }

  #onNudge(bounds: Bounds, by: Invocation): void {
    const { owner } = this;
    const nowMs = this.#world.nowMs;
    const readMs = this.#readOf(by);
    this.#intend(bounds);
    if (owner.goneSinceMs !== null && !this.#isComingBack(bounds, by, owner.goneSinceMs)) return;
    this.overload.asked(bounds);
    const { desired = 0, faults, loadMetric } = this.#world;
    const knownMs = Math.max(faults.newestDatapointMs(loadMetric), this.#limitedMs);
    if (bounds.max < desired && nowMs - knownMs > BLIND_MS) {
      this.fail(`${by.functionName} scaled in to ${bounds.max} without data`);
    }
    const lowest = Math.min(...owner.min.since(readMs));
    const highest = Math.max(...owner.max.since(readMs));
    if (bounds.min < lowest || bounds.max > highest) {
      this.fail(`${by.functionName} set ${text(bounds)}, outside the owner's ${owner}`);
    }
    if (owner.overwrite(readMs, nowMs)) this.#world.faults.storms.counts.add('edit-raced');
    this.#requireLease(bounds);
  }

  /** What a cycle is about to write it saves before. */
  #readIntentions(input: Readonly<Record<string, unknown>>): void {
    const values = input.ExpressionAttributeValues as Record<string, { S?: string }> | undefined;
    const text = values?.[':state']?.S;
    if (text === undefined) return;
    const { targets } = JSON.parse(text) as { targets: Record<string, TargetState> };
    for (const { written } of Object.values(targets)) if (written) this.#intend(written);
  }

  #intend({ min, max }: Bounds): void {
    this.written.min.add(min);
    this.written.max.add(max);
  }

  /** A target that is not there may be made only by configuration, or by who could not know. */
  #isComingBack(bounds: Bounds, by: Invocation, goneSinceMs: number): boolean {
    const isEnrolment = !CYCLES.includes(by.functionName);
    if (isEnrolment && (goneSinceMs === 0 || this.mayRegister)) {
      // Registered by configuration, which is the owner's word.
      this.owner.set(bounds, this.#world.nowMs);
      return true;
    }
    this.owner.isRevenant = true;
    if (this.#readOf(by) > goneSinceMs) {
      this.fail(`${by.functionName} made the scalable target anew, with ${text(bounds)}`);
    }
    return false;
  }

  #requireLease(bounds: Bounds): void {
    if (this.owner.owns(bounds) || this.owner.isRevenant) return;
    const untilMs = this.#world.leaseUntilMs;
    if (untilMs !== undefined && untilMs >= this.#world.nowMs) return;
    this.fail(`${text(bounds)} without a lease, while the owner's are ${this.owner}`);
  }

  #onRestore(bounds: Bounds): void {
    const { owner } = this;
    const readMs = Math.max(this.#leaseReadMs, this.#lastWholeCycleReadMs);
    const isRight = (values: readonly number[], value: number) => values.includes(value);
    if (
      !isRight(owner.min.since(readMs), bounds.min) ||
      !isRight(owner.max.since(readMs), bounds.max)
    ) {
      this.fail(`a lease restored ${text(bounds)}, while the owner's are ${owner}`);
    }
    this.#world.faults.storms.counts.add('lease-ran-out');
    owner.overwrite(readMs, this.#world.nowMs);
  }

  async #tick(): Promise<void> {
    if (this.#stopped) return;
    const stored = this.#read(await this.#world.item());
    const isLimited = stored && (stored.state.withoutWindows !== null || hasCeiling(stored));
    if (isLimited) this.#limitedMs = this.#world.nowMs;
    this.#checkLease();
    this.#checkCeiling(stored);
    this.overload.tick(stored);
  }

  #checkLease(): void {
    const { bounds, leaseUntilMs = 0, nowMs } = this.#world;
    const { owner } = this;
    const isHeld = bounds && !owner.isRevenant && owner.goneSinceMs === null && !owner.owns(bounds);
    if (!isHeld || leaseUntilMs > nowMs) {
      this.#overdueSinceMs = null;
      return;
    }
    this.#overdueSinceMs ??= nowMs;
    if (nowMs - this.#overdueSinceMs <= LEASE_GRACE_MS) return;
    this.fail(`${text(bounds)} outlived their lease; the owner's are ${owner}`);
    this.#overdueSinceMs = Number.POSITIVE_INFINITY;
  }

  #checkCeiling(stored: StoredTarget | undefined): void {
    const { bounds, nowMs, faults, takesBounds } = this.#world;
    const { owner, isDead } = this;
    const isLow =
      bounds &&
      takesBounds &&
      !isDead &&
      !(stored && hasCeiling(stored)) &&
      owner.goneSinceMs === null &&
      bounds.max < Math.min(...owner.max.values);
    if (!isLow) {
      this.#ceilingSinceMs = null;
      return;
    }
    this.#ceilingSinceMs = Math.max(this.#ceilingSinceMs ?? nowMs, faults.storms.lastFaultMs);
    if (nowMs - this.#ceilingSinceMs <= CEILING_GRACE_MS) return;
    this.fail(`a ceiling of ${bounds.max} was not given back; the owner's are ${owner}`);
    this.#ceilingSinceMs = Number.POSITIVE_INFINITY;
  }

  /** The production reader must read whatever stands in the table at any moment. */
  #read(item: Item): StoredTarget | undefined {
    try {
      const [stored] = endpointRecord(TARGET.endpointName, item).targets;
      const isNew = item.state?.S !== this.#stateText;
      this.#stateText = item.state?.S;
      if (!stored || !isNew) return stored;
      for (const fault of stateFaults(stored.state)) this.fail(`the state's ${fault}`);
      return stored;
    } catch (error) {
      this.fail(`the item cannot be read: ${(error as Error).message}`);
      return undefined;
    }
  }
}

function text({ min, max }: Bounds): string {
  return `${min}..${max}`;
}
