import { Budget } from './budget.ts';
import { Happenings } from './happenings.ts';
import { describeError, isExpected } from './logged-errors.ts';
import type { Story } from './story.ts';
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

/** How often an endpoint is looked at while it is let go; none is updating for a shorter time, seconds. */
const LOOK_SECONDS = 5;

/** Within this long of its release nothing of the scaler is left, seconds. */
const RELEASE_SECONDS = 75;

/** What strikes the first attempt to delete the stack, and for how long. */
const REMOVAL_STORM = { seconds: 60, probability: 0.5 };

/** A cycle is over within this, or its function is ended. */
const CYCLE_SECONDS = 15;

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
  readonly #happenings: Happenings;

  constructor(story: Story, world: ChaosWorld, tell: (what: string) => void) {
    this.#story = story;
    this.#world = world;
    this.#tell = tell;
    this.watch = new Watch(world, tell);
    this.budget = new Budget(world);
    this.#happenings = new Happenings(world, this.watch);
  }

  async play(): Promise<void> {
    const { actions, ending } = this.#story;
    await this.#begin();
    for (const action of actions) {
      await this.#world.runTo(PRELUDE.seconds + action.atSeconds);
      this.#tell(`story: ${JSON.stringify(action)}`);
      if (await this.#happenings.perform(action)) {
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
    if (isRegistered) this.#happenings.register(owner);
    await world.runTo(PRELUDE.enrolAtSeconds);
    await world.configure(this.#happenings.settings);
    await world.runTo(PRELUDE.seconds);
  }

  /** Until nothing is wrong any more; then the configuration is valid, and to act. */
  async #weatherTheStorms(): Promise<void> {
    const world = this.#world;
    // What ends may begin something else: an owner tries again what was refused.
    while (world.nowMs <= this.#happenings.endMs) {
      await world.runTo((this.#happenings.endMs - START_MS) / 1000 + 1);
    }
    world.faults.storms.calm();
    const settings = { ...JSON.parse(this.#happenings.settings), mode: 'act' };
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
    // A cycle that was under way may still put a lease.
    await world.runTo(world.nowSeconds + CYCLE_SECONDS);
    const lease = (world.leaseUntilMs ?? 0) - world.nowMs;
    const seconds = Math.min(Math.max(0, lease / 1000), LONGEST_LEASE_SECONDS) + 60;
    await world.runTo(world.nowSeconds + seconds);
    this.#checkBounds('a minute after the last lease of a dead stack');
  }

  async #release(how: 'parameter' | 'stack'): Promise<void> {
    const world = this.#world;
    this.#tell(`story: the ${how} is deleted`);
    if (how === 'parameter') await world.deleteParameter();
    const isGone = how === 'stack' && (await this.#removeInAStorm());
    const isRefused = !isGone && (await this.#letGo(how));
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

  /** Whether the stack could be deleted at once, though something struck the function that lets go. */
  async #removeInAStorm(): Promise<boolean> {
    const { firstRemoval: kind, seed } = this.#story;
    if (!kind) return false;
    const world = this.#world;
    const { storms } = world.faults;
    const untilMs = world.nowMs + REMOVAL_STORM.seconds * 1000;
    storms.begin({ kind, probability: REMOVAL_STORM.probability, untilMs, seed });
    const removal = world.deployment.remove().catch((error: unknown) => {
      if (!isExpected(error)) throw error;
      return undefined;
    });
    await world.runTo(world.nowSeconds + RELEASE_SECONDS);
    storms.calm();
    const isGone = (await removal)?.Status === 'SUCCESS';
    if (!isGone) this.#count('removal-failed');
    return isGone;
  }

  /** True when the release could not be completed, for the endpoint is updating. */
  async #letGo(how: 'parameter' | 'stack'): Promise<boolean> {
    const world = this.#world;
    const removal = how === 'stack' ? world.deployment.remove() : undefined;
    const untilSeconds = world.nowSeconds + RELEASE_SECONDS;
    let isRefused = !world.isUnlocked;
    while (world.nowSeconds < untilSeconds) {
      await world.runTo(Math.min(world.nowSeconds + LOOK_SECONDS, untilSeconds));
      // By a nudge that was on its way, too.
      isRefused ||= !world.isUnlocked;
    }
    const answer = await removal;
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
    const { deployment, logged, denials } = this.#world;
    for (const { functionName, error } of deployment.failures) {
      if (isExpected(error) || isToldElsewhere(error)) continue;
      this.watch.fail(`${functionName} failed for good: ${describeError(error)}`);
    }
    for (const message of logged.unexpected) this.watch.fail(`logged: ${message}`);
    for (const denial of new Set(denials)) this.watch.fail(`denied: ${denial}`);
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
