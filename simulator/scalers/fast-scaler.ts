import { DEFAULTS } from '../../lib/config/defaults.ts';
import { controlConfig, signalOf } from '../../lib/config/signal.ts';
import { type Bounds, clamp } from '../../lib/control/bounds.ts';
import { decide } from '../../lib/control/decide.ts';
import { WINDOW_SECONDS } from '../../lib/control/demand-point.ts';
import { LOOKBACK_SECONDS } from '../../lib/control/learn.ts';
import { commit, INITIAL_STATE } from '../../lib/control/state.ts';
import type {
  ControlConfig,
  Decision,
  LoadPoint,
  TargetState,
  UnderWayPoint,
} from '../../lib/control/types.ts';
import { nextLookAt } from '../../lib/cycle/next-look.ts';
import { jitterSeconds } from '../../lib/sweep.ts';
import { variantTarget } from '../../lib/target.ts';
import type { Controller, Policy, PolicyOptions } from './policy.ts';
import type { View } from './view.ts';

const TARGET = variantTarget('bench', 'main');

const SWEEP_PERIOD_SECONDS = 60;
const SWEEP_OFFSET_SECONDS = jitterSeconds(TARGET.endpointName);

/** Is told of every look, as the decision record would be. */
export type OnLook = (nowSeconds: number, decision: Decision) => void;

/** How long the ways to a look take, seconds. */
export interface WakeDelays {
  /** From a window becoming readable to the look that its alarm causes. */
  readonly alarmSeconds: number;
  /** From the end of the endpoint's lock to the look that its event causes. */
  readonly endpointSeconds: number;
  /** From the moment that the queue was told to the look, for re-checks and sweeps. */
  readonly queueSeconds: number;
}

const NO_DELAYS: WakeDelays = { alarmSeconds: 0, endpointSeconds: 0, queueSeconds: 0 };

export interface FastScalerOptions {
  readonly name?: string;
  /** Settings that differ from the defaults. */
  readonly config?: Partial<ControlConfig>;
  readonly delays?: WakeDelays;
  /** Whether the requests under way are read beside the load, as for a signal that counts requests. Default true. */
  readonly readsUnderWay?: boolean;
  readonly onLook?: OnLook;
}

/**
 * This project's scaler: the production decide() and commit() straight on the plant, in the turns
 * that lib/cycle/cycle.ts gives them. It has the default configuration but for the two numbers that an
 * owner must know, target per instance and risk price; in particular it is not told the lead time.
 *
 * It looks once at the start (enrolment), then whenever the last decision asked for. Besides that
 * the ten-second alarm wakes it, evaluated as each window becomes readable and heard only when it
 * goes into ALARM; so does the endpoint when it takes changes again; and while it is at rest the
 * sweep of every minute. A nudge stores the bounds and clamps the capacity into them; while the
 * endpoint is locked only the former has an effect.
 */
export function fastScaler(options: FastScalerOptions = {}): Policy {
  return {
    name: options.name ?? 'fast-scaler',
    usesRiskPrice: true,
    readsUnderWay: options.readsUnderWay ?? true,
    create: (endpoint) => new ScalerTurns(endpoint, options),
  };
}

class ScalerTurns implements Controller {
  readonly #config: ControlConfig;
  readonly #delays: WakeDelays;
  readonly #lagSeconds: number;
  readonly #readsUnderWay: boolean;
  readonly #onLook: OnLook | undefined;
  /** Readable windows, oldest first; the older ones are dropped. */
  #load: LoadPoint[] = [];
  #underWay: UnderWayPoint[] = [];
  #windows = 0;
  #state: TargetState = INITIAL_STATE;
  #bounds: Bounds;
  /** The next turn of the hot loop; null: at rest. A look by any other cause begins the loop anew. */
  #reCheckAtSeconds: number | null = 0;
  /** When events that are on their way arrive. */
  #events: number[] = [];
  #isInAlarm = false;
  #completedAtSeconds = Number.NEGATIVE_INFINITY;

  constructor(endpoint: PolicyOptions, options: FastScalerOptions) {
    const { config, delays, onLook, readsUnderWay = true } = options;
    const { targetPerInstance, riskPrice, minCapacity, maxCapacity, metricLagSeconds } = endpoint;
    const signal = signalOf(TARGET, 'invocations', targetPerInstance);
    this.#config = { ...controlConfig({ ...DEFAULTS, riskPrice }, signal), ...config };
    this.#delays = delays ?? NO_DELAYS;
    this.#lagSeconds = metricLagSeconds;
    this.#bounds = { min: minCapacity, max: maxCapacity };
    this.#readsUnderWay = readsUnderWay;
    this.#onLook = onLook;
  }

  nextAtSeconds(nowSeconds: number): number {
    return Math.min(
      this.#reCheckAtSeconds ?? Number.POSITIVE_INFINITY,
      ...this.#events,
      after(nowSeconds, WINDOW_SECONDS, this.#lagSeconds),
      after(nowSeconds, SWEEP_PERIOD_SECONDS, this.#sweepOffset),
    );
  }

  evaluate(view: View): number | null {
    const { nowSeconds } = view;
    this.#read(view);
    if (this.#alarmGoesOff(view)) this.#events.push(nowSeconds + this.#delays.alarmSeconds);
    if (view.completedAtSeconds !== this.#completedAtSeconds) {
      this.#completedAtSeconds = view.completedAtSeconds;
      this.#events.push(view.completedAtSeconds + this.#delays.endpointSeconds);
    }
    const isSwept =
      this.#reCheckAtSeconds === null &&
      after(nowSeconds - SWEEP_PERIOD_SECONDS, SWEEP_PERIOD_SECONDS, this.#sweepOffset) ===
        nowSeconds;
    const isWoken =
      (this.#reCheckAtSeconds !== null && this.#reCheckAtSeconds <= nowSeconds) ||
      this.#events.some((atSeconds) => atSeconds <= nowSeconds);
    this.#events = this.#events.filter((atSeconds) => atSeconds > nowSeconds);
    return isSwept || isWoken ? this.#look(view, isWoken) : null;
  }

  get #sweepOffset(): number {
    return SWEEP_OFFSET_SECONDS + this.#delays.queueSeconds;
  }

  #read(view: View): void {
    for (let back = view.windows - this.#windows - 1; back >= 0; back -= 1) {
      const startSeconds = (view.windows - 1 - back) * WINDOW_SECONDS;
      this.#load.push({ startSeconds, value: view.requests(back) as number });
      const underWay = view.underWay(back);
      if (!underWay) continue;
      this.#underWay.push({ startSeconds, value: underWay.most, fewest: underWay.fewest });
    }
    this.#windows = view.windows;
  }

  #alarmGoesOff(view: View): boolean {
    const wasInAlarm = this.#isInAlarm;
    this.#isInAlarm = (view.perInstance(0) ?? 0) > this.#config.wakeFraction;
    return this.#isInAlarm && !wasInAlarm;
  }

  #look({ nowSeconds, inService, desired, locked }: View, isWoken: boolean): number | null {
    // CloudWatch moves a start within a window back to the window's start.
    const from = Math.floor((nowSeconds - LOOKBACK_SECONDS) / WINDOW_SECONDS) * WINDOW_SECONDS;
    this.#load = this.#load.filter(({ startSeconds }) => startSeconds >= from);
    this.#underWay = this.#underWay.filter(({ startSeconds }) => startSeconds >= from);
    // As in a cycle: a sweep reads the load alone.
    const underWay =
      isWoken && this.#readsUnderWay
        ? { scope: 'instance' as const, points: this.#underWay }
        : null;
    const bounds = this.#bounds;
    const capacity = { inService, desired, locked, scalable: true };
    const decision = decide({
      nowSeconds,
      config: this.#config,
      state: this.#state,
      observation: { load: this.#load, underWay, capacity, bounds },
    });
    const { proposal, state } = decision;
    const nextLookAtSeconds = nextLookAt(TARGET.endpointName, [
      { decision, observation: { capacity } },
    ]);
    this.#onLook?.(nowSeconds, decision);
    // The queue takes whole seconds.
    this.#reCheckAtSeconds =
      nextLookAtSeconds === null
        ? null
        : nowSeconds + Math.ceil(nextLookAtSeconds - nowSeconds) + this.#delays.queueSeconds;
    this.#state = proposal ? commit(state, proposal, bounds, this.#config, nowSeconds) : state;
    if (!proposal) return null;
    this.#bounds = proposal.bounds;
    return clamp(desired, proposal.bounds);
  }
}

/** The first moment after `nowSeconds` that lies `offset` past a multiple of `period`. */
function after(nowSeconds: number, period: number, offset: number): number {
  return (Math.floor((nowSeconds - offset) / period) + 1) * period + offset;
}
