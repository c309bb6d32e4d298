import type { Bounds } from '../../lib/control/types.ts';
import { Budget } from './budget.ts';
import { describeError, isExpected } from './logged-errors.ts';
import type { Action, Story } from './story.ts';
import { Watch } from './watch.ts';
import { ChaosWorld, START_MS } from './world.ts';

/** What became of a story. */
export interface Outcome {
  /** Every property that did not hold, with the second; none is how it should be. */
  readonly violations: readonly string[];
  /** How often each fault and action happened. */
  readonly counts: Readonly<Record<string, number>>;
  readonly simulatedSeconds: number;
  readonly calls: number;
}

/** Seconds before the first action: the endpoint has metrics and is enrolled. */
const PRELUDE = { enrolAtSeconds: 20, seconds: 40 };

/** How long an endpoint is waited for that is updating when the story ends, seconds. */
const PATIENCE_SECONDS = 240;

/** Of the last overload: the bound of the property, and some more. */
const ANSWER_SECONDS = 100;

/** Within this long of its release nothing of the scaler is left, seconds. */
const RELEASE_SECONDS = 75;

/** Leases last no longer than this in any story, seconds. */
const LONGEST_LEASE_SECONDS = 900;

/**
 * Runs a story to its end. The same story always runs the same way.
 * @param follow is given the world before anything happens in it
 */
export async function runStory(
  story: Story,
  follow: (world: ChaosWorld) => (what: string) => void = () => () => {},
): Promise<Outcome> {
  const world = await ChaosWorld.create(story);
  const tell = follow(world);
  const run = new StoryRun(story, world, tell);
  try {
    await run.play();
  } catch (error) {
    run.watch.fail(`the world broke down: ${describeError(error)}`);
  }
  run.watch.stop();
  const { counts } = world.faults.storms;
  counts.add('quota-refused', world.bounds ? world.quotaRefusals() : 0);
  counts.add('overload-answered', run.watch.overload.answered);
  return {
    violations: run.watch.violations,
    counts: counts.toJSON(),
    simulatedSeconds: world.nowSeconds,
    calls: run.budget.calls,
  };
}

class StoryRun {
  readonly watch: Watch;
  readonly budget: Budget;
  readonly #story: Story;
  readonly #world: ChaosWorld;
  readonly #tell: (what: string) => void;
  /** The latest valid configuration. */
  #settings = '{}';
  #stormsEndMs = 0;

  constructor(story: Story, world: ChaosWorld, tell: (what: string) => void) {
    this.#story = story;
    this.#world = world;
    this.#tell = tell;
    this.watch = new Watch(world, tell);
    this.budget = new Budget(world);
  }

  async play(): Promise<void> {
    const { actions, ending } = this.#story;
    await this.#begin();
    for (const action of actions) {
      await this.#world.runTo(PRELUDE.seconds + action.atSeconds);
      this.#tell(`story: ${JSON.stringify(action)}`);
      if (await this.#perform(action)) {
        this.#count(action.kind);
        this.watch.overload.disturb();
      }
    }
    await this.#weatherTheStorms();
    await this.#overload();
    if (ending === 'death') await this.#die();
    else await this.#release(ending);
    this.#checkErrors();
    for (const excess of this.budget.excesses()) this.watch.fail(excess);
  }

  async #begin(): Promise<void> {
    const { owner, isRegistered } = this.#story;
    const world = this.#world;
    world.createEndpoint(owner.min);
    if (isRegistered) this.#register(owner);
    await world.runTo(PRELUDE.enrolAtSeconds);
    await world.configure(this.#settings);
    await world.runTo(PRELUDE.seconds);
  }

  /** False when AWS refused it, or it could not be told from what the scaler does. */
  async #perform(action: Action): Promise<boolean> {
    const world = this.#world;
    const { storms, quota } = world.faults;
    switch (action.kind) {
      case 'load':
        world.demand = action.instances;
        return true;
      case 'storm': {
        const untilMs = world.nowMs + action.seconds * 1000;
        this.#stormsEndMs = Math.max(this.#stormsEndMs, untilMs);
        storms.begin({ ...action, kind: action.fault, untilMs });
        return true;
      }
      case 'owner-edit':
        if (action.when === 'at-once') return this.#edit(action);
        this.watch.beforeNextNudge(() => {
          if (this.#edit(action)) this.watch.overload.disturb();
        });
        return true;
      case 'config':
        this.#settings = action.text;
        await world.configure(action.text);
        return true;
      case 'config-invalid':
        await world.configureText(action.text);
        return true;
      case 'released':
        this.watch.mayRegister = true;
        await world.deleteParameter();
        this.#later(action.seconds, () => world.configure(this.#settings));
        return true;
      case 'target-deregistered':
        if (!world.deregister()) return false;
        this.watch.owner.goneSinceMs = world.nowMs;
        this.#later(action.seconds, () => this.#registerAgain(action.back));
        return true;
      case 'endpoint-deleted':
        if (!world.deleteEndpoint()) return false;
        this.watch.mayRegister = true;
        this.watch.owner.goneSinceMs = world.nowMs;
        this.#later(action.seconds, () => {
          quota.limit = undefined;
          world.createEndpoint(action.back.min);
          this.#registerAgain(action.back);
        });
        return true;
      case 'endpoint-deployed':
        return world.deploy(action.retains);
      case 'endpoint-maintained':
        return world.maintain(action.seconds);
      case 'quota-lowered':
        quota.limit = action.instances;
        this.#later(action.seconds, () => {
          quota.limit = undefined;
        });
        return true;
      case 'parallel-cycles':
        await world.wakeUp(action.wakeUps);
        return true;
    }
  }

  #later(seconds: number, task: () => unknown): void {
    this.#stormsEndMs = Math.max(this.#stormsEndMs, this.#world.nowMs + seconds * 1000);
    this.#world.faults.clock.after(seconds * 1000, async () => {
      this.watch.overload.disturb();
      await task();
    });
  }

  /**
   * An owner who happens to write a number that the scaler wrote cannot be told from it; that is a
   * limit of the design, and not what is tested here. So the number next to it is taken.
   */
  #edit({ which, to }: Extract<Action, { kind: 'owner-edit' }>): boolean {
    const { owner, written } = this.watch;
    const { bounds } = this.#world;
    if (!bounds || owner.goneSinceMs !== null) return false;
    const fresh = (bound: 'min' | 'max') => {
      const { values } = owner[bound];
      const isKnown = values.length === 1;
      const isFresh = (value: number) =>
        (isKnown && values.includes(value)) || !written[bound].has(value);
      const step = bound === 'min' ? -1 : 1;
      for (let value = to[bound]; value >= 1 && value <= 60; value += step) {
        if (isFresh(value)) return value;
      }
      return undefined;
    };
    const edit: { min?: number; max?: number } = {};
    const min = which === 'max' ? undefined : fresh('min');
    const max = which === 'min' ? undefined : fresh('max');
    if (min !== undefined) edit.min = min;
    if (max !== undefined) edit.max = max;
    if (min === undefined && max === undefined) return false;
    if (!this.#world.register(edit)) return false;
    owner.set(edit, this.#world.nowMs);
    return true;
  }

  /** With numbers that are not the scaler's, and the policy that went with the target. */
  #registerAgain(back: Bounds): void {
    const { written } = this.watch;
    let { min, max } = back;
    while (min > 1 && written.min.has(min)) min -= 1;
    while (written.max.has(max)) max += 1;
    if (!this.#register({ min, max })) this.#later(5, () => this.#registerAgain(back));
  }

  /** False when AWS refuses it, for the endpoint is updating. */
  #register(bounds: Bounds): boolean {
    if (!this.#world.register(bounds)) return false;
    this.watch.owner.set(bounds, this.#world.nowMs);
    this.#world.putOwnersPolicy();
    return true;
  }

  /** Until nothing is wrong any more; then the configuration is valid, and to act. */
  async #weatherTheStorms(): Promise<void> {
    const world = this.#world;
    // What ends may begin something else: an owner tries again what was refused.
    while (world.nowMs <= this.#stormsEndMs) {
      await world.runTo((this.#stormsEndMs - START_MS) / 1000 + 1);
    }
    world.faults.storms.calm();
    const settings = { ...JSON.parse(this.#settings), mode: 'act' };
    await world.configure(JSON.stringify(settings));
    this.watch.overload.disturb();
  }

  async #overload(): Promise<void> {
    const { finalOverload } = this.#story;
    const world = this.#world;
    this.#tell('story: the storms are over');
    const untilSeconds = world.nowSeconds + PATIENCE_SECONDS;
    await world.runTo(world.nowSeconds + 65);
    if (finalOverload > 0) {
      while (!world.isUnlocked && world.nowSeconds < untilSeconds) {
        await world.runTo(world.nowSeconds + 10);
      }
      world.demand = Math.max(1, world.desired ?? 1) * finalOverload;
      this.#tell(`story: a load of ${world.demand} instances`);
      this.watch.overload.disturb();
      await world.runTo(world.nowSeconds + ANSWER_SECONDS);
    }
    world.demand = 0;
    this.#tell('story: no load');
    this.watch.overload.disturb();
    await world.runTo(world.nowSeconds + this.#story.calmSeconds);
  }

  /** Every function is dead; what was taken must come back without any. */
  async #die(): Promise<void> {
    const world = this.#world;
    this.#tell('story: every function is dead');
    world.deployment.kill();
    this.watch.die();
    this.#count('stack-dead');
    const lease = (world.leaseUntilMs ?? 0) - world.nowMs;
    const seconds = Math.min(Math.max(0, lease / 1000), LONGEST_LEASE_SECONDS) + 60;
    await world.runTo(world.nowSeconds + seconds);
    this.#checkBounds('a minute after the last lease of a dead stack');
  }

  async #release(how: 'parameter' | 'stack'): Promise<void> {
    const world = this.#world;
    this.#tell(`story: the ${how} is deleted`);
    if (how === 'parameter') await world.deleteParameter();
    const isRefused = await this.#letGo(how);
    if (isRefused) {
      // Where AWS refuses bounds while the endpoint is updating, a release ends with the update.
      await this.#runWhileLocked();
      await this.#letGo(how);
    }
    this.#checkBounds('after the release');
    const leftovers = world.leftovers();
    if (leftovers.length > 0) this.watch.fail(`after the release there is ${leftovers.join(', ')}`);
    if (world.lostOwnersPolicy()) this.watch.fail("the owner's policy is gone");
  }

  /** True when the release could not be completed, for the endpoint is updating. */
  async #letGo(how: 'parameter' | 'stack'): Promise<boolean> {
    const world = this.#world;
    const wasUnlocked = world.isUnlocked;
    const removal = how === 'stack' ? world.deployment.remove() : undefined;
    await world.runTo(world.nowSeconds + RELEASE_SECONDS);
    const answer = await removal;
    const isRefused = !wasUnlocked || !world.isUnlocked;
    if (this.#story.whileUpdating === 'refuses' && isRefused) return true;
    if (answer?.Status === 'FAILED') this.watch.fail(`the stack stays: ${answer.Reason}`);
    return false;
  }

  async #runWhileLocked(): Promise<void> {
    const world = this.#world;
    while (!world.isUnlocked) await world.runTo(world.nowSeconds + 10);
  }

  #checkBounds(when: string): void {
    const { bounds } = this.#world;
    const { owner } = this.watch;
    if (bounds && owner.owns(bounds)) return;
    const standing = bounds ? `${bounds.min}..${bounds.max}` : 'no bounds';
    this.watch.fail(`${when} ${standing} stand, and the owner's are ${owner}`);
  }

  #checkErrors(): void {
    const { deployment, logged } = this.#world;
    for (const { functionName, error } of deployment.failures) {
      if (isExpected(error) || isToldElsewhere(error)) continue;
      this.watch.fail(`${functionName} failed for good: ${describeError(error)}`);
    }
    for (const message of logged.unexpected) this.watch.fail(`logged: ${message}`);
  }

  #count(kind: string): void {
    this.#world.faults.storms.counts.add(kind);
  }
}

/**
 * Words of the embedded account: an event came later than its rule hands it over, or the function
 * named a message as failed, of which it logged why.
 */
function isToldElsewhere(error: unknown): boolean {
  return (
    error instanceof Error && /^The event was [\d.]+ s old|in batchItemFailures/.test(error.message)
  );
}
