import { WINDOW_SECONDS } from '../bench/workload.ts';
import { type Policy, periodic } from './policy.ts';
import type { View } from './view.ts';

/** An alarm on the load of one instance in windows of ten seconds, and what it does. */
export interface StepRule {
  /** Load of one instance, as a part of its target, at which the alarm breaches. */
  readonly threshold: number;
  /** Breaching windows, of how many, that make the alarm go off. */
  readonly datapoints: number;
  readonly evaluationPeriods: number;
  /** How the windows of the alarm make the one figure that picks the step. */
  readonly aggregation: 'Average' | 'Maximum';
  /** Load of one instance that the steps aim at. */
  readonly aim: number;
  readonly cooldownSeconds: number;
}

export interface StepScalingSettings {
  readonly out: StepRule;
  readonly in: StepRule;
}

/**
 * The settings of the peer: the best of a search over recorded traffic (Azure LLM inference 2023,
 * Mooncake, ServeGen and two Azure Functions of 2019), all lead times and risk prices together. On
 * those traces it has the advantage of hindsight; settings found over the generated scenarios, whose
 * shapes are plainer, were worse on recorded traffic. tools/tune-step-scaling.ts repeats the search
 * over either.
 */
export const TUNED_STEP_SCALING: StepScalingSettings = {
  out: {
    threshold: 1,
    datapoints: 3,
    evaluationPeriods: 3,
    aggregation: 'Average',
    aim: 0.85,
    cooldownSeconds: 60,
  },
  in: {
    threshold: 0.9,
    datapoints: 41,
    evaluationPeriods: 45,
    aggregation: 'Maximum',
    aim: 1.1,
    cooldownSeconds: 600,
  },
};

/** One step: it holds from `load` on (scale-out) or up to `load` (scale-in). */
export interface Step {
  readonly load: number;
  readonly percent: number;
}

/** The most that a policy may have (Application Auto Scaling quotas). */
const MOST_STEPS = 20;

/**
 * Loads at which the steps of a rule begin, as factors of its threshold: a tenth apart where the
 * load is near the threshold, farther out coarser, so that twenty of them reach 46 times as far.
 */
const STEP_FACTORS = Array.from(
  { length: MOST_STEPS + 1 },
  (_, i) => 1.1 ** Math.min(i, 12) * 1.4 ** Math.max(0, i - 12),
);

/** Steps that bring a load anywhere in them down to the aim. */
export function stepsOut({ threshold, aim }: Pick<StepRule, 'threshold' | 'aim'>): Step[] {
  return STEP_FACTORS.slice(0, -1).map((factor, i) => {
    const highest = threshold * (STEP_FACTORS[i + 1] as number);
    return { load: threshold * factor, percent: 100 * Math.max(0, highest / aim - 1) };
  });
}

/** Steps that bring the highest load in them up to the aim, or leave it where it is. */
export function stepsIn({ threshold, aim }: Pick<StepRule, 'threshold' | 'aim'>): Step[] {
  return STEP_FACTORS.slice(0, -1).map((factor) => {
    const load = threshold / factor;
    return { load, percent: 100 * Math.min(0, load / aim - 1) };
  });
}

/**
 * Instances that a percentage of `capacity` comes to. AWS rounds it toward zero, but a change that
 * is not zero never comes to less than one instance.
 */
export function percentChange(capacity: number, percent: number): number {
  const exact = (capacity * percent) / 100;
  if (exact === 0) return 0;
  return Math.sign(exact) * Math.max(1, Math.floor(Math.abs(exact) + 1e-9));
}

/**
 * Step scaling on a ten-second alarm in each direction, percentage steps, tuned by hand.
 *
 * The actions of an alarm repeat every ten seconds while it is in ALARM. A scale-out within the
 * cooldown of the last one counts what that one added: the step is taken from the capacity before
 * it, and only what goes beyond it is asked for. A scale-in waits for its cooldown, which a
 * scale-out ends. Cooldowns run from the moment that the change is complete.
 */
export function stepScaling(
  settings: StepScalingSettings = TUNED_STEP_SCALING,
  name = 'step-scaling',
): Policy {
  const outSteps = stepsOut(settings.out);
  const inSteps = stepsIn(settings.in);
  return {
    name,
    usesRiskPrice: false,
    create({ metricLagSeconds }) {
      let lastOutFrom = 0;
      let lastIsOut = false;
      return periodic(WINDOW_SECONDS, metricLagSeconds, (view) => {
        if (view.locked) return null;
        const sinceSeconds = view.nowSeconds - view.completedAtSeconds;
        const high = breach(view, settings.out, (load) => load > settings.out.threshold);
        if (high !== undefined) {
          const isCredited = lastIsOut && sinceSeconds < settings.out.cooldownSeconds;
          const from = isCredited ? lastOutFrom : view.desired;
          const step = outSteps.findLast(({ load }) => high >= load);
          const capacity = from + percentChange(from, step?.percent ?? 0);
          if (capacity <= view.desired) return null;
          lastIsOut = true;
          lastOutFrom = from;
          return capacity;
        }
        const low = breach(view, settings.in, (load) => load < settings.in.threshold);
        if (low === undefined) return null;
        if (!lastIsOut && sinceSeconds < settings.in.cooldownSeconds) return null;
        const step = inSteps.findLast(({ load }) => low <= load);
        const change = percentChange(view.desired, step?.percent ?? 0);
        if (change === 0) return null;
        lastIsOut = false;
        return view.desired + change;
      });
    },
  };
}

/** The figure that picks the step when the rule's alarm is in ALARM; undefined when it is not. */
function breach(
  view: View,
  { datapoints, evaluationPeriods, aggregation }: StepRule,
  breaches: (load: number) => boolean,
): number | undefined {
  let count = 0;
  let sum = 0;
  let highest = 0;
  const readable = Math.min(evaluationPeriods, view.windows);
  for (let back = 0; back < readable; back += 1) {
    const load = view.perInstance(back) as number;
    if (breaches(load)) count += 1;
    else if (back - count >= evaluationPeriods - datapoints) return undefined;
    sum += load;
    highest = Math.max(highest, load);
  }
  if (count < datapoints) return undefined;
  return aggregation === 'Average' ? sum / readable : highest;
}
