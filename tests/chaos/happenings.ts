import type { Bounds } from '../../lib/control/bounds.ts';
import { Callers } from './callers.ts';
import type { Action } from './story.ts';
import type { Watch } from './watch.ts';
import type { ChaosWorld } from './world.ts';

/** Does to a world what a story says, and keeps the books of what its owner wants. */
export class Happenings {
  readonly #world: ChaosWorld;
  readonly #watch: Watch;
  readonly #callers: Callers;
  /** The latest valid configuration. */
  #settings = '{}';
  #endMs = 0;

  constructor(world: ChaosWorld, watch: Watch) {
    this.#world = world;
    this.#watch = watch;
    this.#callers = new Callers(world.parts);
  }

  /** The latest valid configuration, as JSON. */
  get settings(): string {
    return this.#settings;
  }

  /** When the last thing ends that has an end, epoch milliseconds. */
  get endMs(): number {
    return this.#endMs;
  }

  /** False when AWS refused it, or it could not be told from what the scaler does. */
  async perform(action: Action): Promise<boolean> {
    const world = this.#world;
    const { storms, quota } = world.faults;
    switch (action.kind) {
      case 'load':
        world.demand = action.instances;
        return true;
      case 'storm': {
        const untilMs = world.nowMs + action.seconds * 1000;
        this.#endMs = Math.max(this.#endMs, untilMs);
        storms.begin({ ...action, kind: action.fault, untilMs });
        return true;
      }
      case 'owner-edit':
        if (action.when === 'at-once') return this.#edit(action);
        this.#watch.beforeNextNudge(() => {
          if (this.#edit(action)) this.#watch.overload.disturb();
        });
        return true;
      case 'config':
        this.#settings = action.text;
        await world.configure(action.text);
        return true;
      case 'config-invalid':
        await world.configureText(action.text);
        return true;
      case 'surge-told':
        for (let i = 0; i < action.events; i += 1) await this.#callers.tellSurge();
        return true;
      case 'prewarm-asked':
        await this.#callers.askPrewarm(action.minInstances, action.durationMinutes);
        return true;
      case 'prewarms-cancelled':
        await this.#callers.cancelPrewarms();
        return true;
      case 'released':
        this.#watch.mayRegister = true;
        await world.deleteParameter();
        this.#later(action.seconds, () => world.configure(this.#settings));
        return true;
      case 'target-deregistered':
        if (!world.deregister()) return false;
        this.#watch.owner.goneSinceMs = world.nowMs;
        this.#later(action.seconds, () => this.#registerAgain(action.back));
        return true;
      case 'endpoint-deleted':
        if (!world.deleteEndpoint()) return false;
        this.#watch.mayRegister = true;
        this.#watch.owner.goneSinceMs = world.nowMs;
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
    this.#endMs = Math.max(this.#endMs, this.#world.nowMs + seconds * 1000);
    this.#world.faults.clock.after(seconds * 1000, async () => {
      this.#watch.overload.disturb();
      await task();
    });
  }

  /**
   * An owner who happens to write a number that the scaler wrote cannot be told from it; that is a
   * limit of the design, and not what is tested here. So the number next to it is taken.
   */
  #edit({ which, to }: Extract<Action, { kind: 'owner-edit' }>): boolean {
    const { owner, written } = this.#watch;
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
    const { written } = this.#watch;
    let { min, max } = back;
    while (min > 1 && written.min.has(min)) min -= 1;
    while (written.max.has(max)) max += 1;
    if (!this.register({ min, max })) this.#later(5, () => this.#registerAgain(back));
  }

  /** False when AWS refuses it, for the endpoint is updating. */
  register(bounds: Bounds): boolean {
    if (!this.#world.register(bounds)) return false;
    this.#watch.owner.set(bounds, this.#world.nowMs);
    this.#world.putOwnersPolicy();
    return true;
  }
}
