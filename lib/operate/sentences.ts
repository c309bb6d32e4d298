import { sameBounds } from '../control/bounds.ts';
import type { Reason } from '../control/reasons.ts';
import type { DecisionStep } from '../control/types.ts';
import type { DecisionRecord } from '../cycle/record.ts';
import { suspendedWords } from '../notify/suspended.ts';
import { resumeScalingCommand } from '../scaling-commands.ts';
import { parseResourceId } from '../target.ts';
import { amount, duration, instances } from './words.ts';

/** What a sentence may draw on besides its step. */
export interface Told {
  readonly record: DecisionRecord;
  /** Seconds since the last accepted scale-out and scale-in on record before this one. */
  readonly sinceScaleOutSeconds: number | null;
  readonly sinceScaleInSeconds: number | null;
  /** Error code of the last change that was tried before this one; null: it was taken, or there is none. */
  readonly lastErrorCode: string | null;
  /** Whether the service registers a missing scalable target itself; undefined: not known any more. */
  readonly registersLater?: boolean;
}

type Sentence = (step: DecisionStep, told: Told) => string;

const n = (value: number | null): number => value ?? 0;

/** One sentence for each reason, present tense throughout: a logbook, and what a look says now. */
export const SENTENCES: Readonly<Record<Reason, Sentence>> = {
  'no-data': () =>
    'No load was measured in the last three quarters of an hour. Missing is not zero: capacity stays.',
  'stale-data': () =>
    'The newest measurement of the load is more than a minute old and says nothing about now: capacity stays.',
  'demand-measured': ({ after }, { record }) =>
    `${loadNeeds(record)} Weighing the last minutes, the scaler wants ${instances(n(after))}.`,
  'demand-growing': ({ after }, { record }) =>
    n(after) === Math.ceil(n(record.demand))
      ? `${loadNeeds(record)} That is a surge: ${instances(n(after))} ${isOrAre(n(after))} needed.`
      : `${loadNeeds(record)} That is a surge: reckoned on to this moment, it needs ${instances(n(after))}.`,
  'capacity-sufficient': ({ after }) =>
    `${instances(n(after))} ${isOrAre(n(after))} asked for already, so capacity stays.`,
  'ramp-still-steepening': ({ before }) =>
    `Demand still climbs. An endpoint that starts instances takes no other request for minutes, so it is worth waiting ten seconds to see where the rise ends rather than to ask for ${instances(n(before))} now and find that too few.`,
  'recent-peak-needs-capacity': ({ before, after }, { record }) =>
    `The newest ten seconds alone need ${amount(n(record.demand))}, more than the ${n(before)} to go down to: it stays at ${n(after)}.`,
  'within-dead-band': ({ before, after }) =>
    n(before) < n(after)
      ? `Going from ${n(after)} to ${n(before)} would free less than a tenth of the capacity, and lock the endpoint for it: not worth it within ten minutes of the last change, nor when demand has fallen so far that more will go soon.`
      : `Going from ${n(after)} to ${n(before)} is less than a tenth more, and nothing else can be asked for until that serves. It waits until the last change lies one and a quarter lead times back, to ask for all at once.`,
  'scale-out-spacing': (_, { sinceScaleOutSeconds }) =>
    `${ago('scale-out', sinceScaleOutSeconds)} Two of them are kept apart by scaleOutSpacingSeconds.`,
  'scale-in-spacing': (_, { sinceScaleInSeconds }) =>
    `${ago('scale-in', sinceScaleInSeconds)} Two of them are kept apart by scaleInSpacingSeconds.`,
  'flap-guard': ({ before, after }) =>
    `Capacity that was given away was needed again soon after, so more care is taken now: not ${n(before)} but ${n(after)}, which carries the peak of a longer span.`,
  'endpoint-locked': ({ before }, { record }) =>
    `${busyWith(record)}, and takes no other change until that is done. Then ${n(before)} will be asked for, if that is still right.`,
  'endpoint-not-scalable': (step) => {
    if (step.after === null)
      return 'The endpoint is neither in service nor updating, so its capacity cannot be changed.';
    return step.before === step.after
      ? `Your ${boundName(step)} stays ${step.after}.`
      : `That lasts for a quarter of an hour, so your ${boundName(step)} comes back: ${step.before} → ${step.after}.`;
  },
  'nudge-lost-while-locked': (_, { lastErrorCode }) =>
    lastErrorCode === null
      ? 'The last request did not take hold: the endpoint was updating, or SageMaker refused it, as it does beyond a quota. What is still needed is asked for again. If it was you who set back what stood before, do it again after 90 s.'
      : `The last request failed with ${lastErrorCode}. What is still needed is asked for again.`,
  'owner-changed-bounds': (step) => ownersChange(step),
  'owner-minimum': ({ before, after }) =>
    `Your Min is ${n(after)}: it holds capacity above the ${n(before)} that would do.`,
  'owner-maximum': ({ before, after }) =>
    `Your Max is ${n(after)}: it holds capacity below the ${n(before)} that would be needed. Only a higher Max helps.`,
  'floor-raised': ({ before, after }, { record }) =>
    `Min ${before === after ? `${goes(record)} to ${n(after)} again` : `${goes(record)} from ${n(before)} to ${n(after)}`}, to have Application Auto Scaling start ${instances(Math.max(0, n(after) - record.desired))} at once.`,
  'floor-lowered': ({ before, after }, { record }) =>
    `Min ${goes(record)} from ${n(before)} to ${n(after)}: no instance rests on it any more.`,
  'load-unseen': ({ before, after }, { record }) => {
    const isOwners = after === record.inputs?.baseline?.min;
    const whose = isOwners ? ', which is yours' : '';
    return `Min ${goes(record)} from ${n(before)} to ${n(after)}${whose}: for a quarter of an hour nobody has seen the load that it was raised for. What runs stays, until your scaling policy decides.`;
  },
  'ceiling-lowered': ({ after }, { record }) =>
    `Min and Max both ${goes(record, 'go')} to ${n(after)} for a moment, to have Application Auto Scaling take ${instances(Math.max(0, record.desired - n(after)))} away at once.`,
  'ceiling-returned': ({ before, after }, { record }) =>
    `Max ${goes(record)} from ${n(before)} back to ${n(after)}, which is yours.`,
  'at-rest': (_, { record }) =>
    isOwners(record)
      ? 'All is quiet and Min and Max are yours: it sleeps until the ten-second alarm or the next sweep wakes it.'
      : 'There is nothing else to do while this lasts: it sleeps until the ten-second alarm or the next sweep wakes it.',
  'mode-paused': (_, { record }) =>
    isSuspended(record)
      ? `That pauses this scaler too: it changes nothing until all is resumed, and goes on within a minute of that. ${resume(record)}`
      : 'The target is paused: nothing is looked at and nothing is changed.',
  'target-missing': (_, { registersLater }) => {
    const missing = 'There is no scalable target, and nothing can be asked for without one.';
    if (registersLater === undefined) return missing;
    return registersLater
      ? `${missing} The service registers it with your minCapacity and maxCapacity once the endpoint is in service.`
      : `${missing} The scaler does not register one behind a deployment; it waits until its owner does.`;
  },
  'another-target-first': () =>
    'Another variant of the same endpoint needs a change more or waited longer, and an endpoint takes one at a time. What needs more instances goes first once it waited for ten minutes.',
  'demand-gone': ({ after }) =>
    `Yet your Min of ${n(after)} has carried every ten seconds for as long as an instance takes to start: capacity goes back to it.`,
  'lease-expired': () =>
    'The lease ran out, and Application Auto Scaling itself gave your Min and Max back: the scaler did not renew it in time.',
  'standing-down': (step, { record }) => {
    const why = isSuspended(record)
      ? 'That pauses this scaler too'
      : 'Its mode, or the kind of its endpoint, no longer allows it to act';
    if (step.before === null) return `${why}, and your Min and Max stand again: it stands down.`;
    return step.before === step.after
      ? `${boundName(step)} stays ${step.after}.`
      : `${why}, so your ${boundName(step)} comes back: ${step.before} → ${step.after}.`;
  },
  'quota-refused': (step, { record }) =>
    step.name === 'pending'
      ? `${quotaOf(record)} does not allow the instances that were last asked for.`
      : `A quota of the account does not allow ${n(step.before)}: no more than ${n(step.after)} ${isOrAre(n(step.after))} asked for until the rest is due to be tried again.`,
  'insufficient-capacity': (step) =>
    step.name === 'pending'
      ? 'AWS had no instances of the type to give: the last request came to nothing.'
      : `AWS had no instances of the type to give: no more than ${n(step.after)} ${isOrAre(n(step.after))} asked for until ${n(step.before)} are due to be tried again.`,
  'request-failed': (step) =>
    step.name === 'pending'
      ? 'The last request failed, and the scaling activity says why.'
      : `The last request failed: no more than ${n(step.after)} ${isOrAre(n(step.after))} asked for until ${n(step.before)} are due to be tried again.`,
  'latency-unknown': () =>
    'There are requests, but none was measured yet while nothing waited, so nobody knows how many of them an instance carries: nothing is given back until one was, or all are gone.',
  'target-released': (step) =>
    step.before === step.after
      ? `The target is not enrolled any more; your ${boundName(step)} stays ${step.after}.`
      : `The target is not enrolled any more, so your ${boundName(step)} comes back: ${step.before} → ${step.after}.`,
  'schedule-floor': (step, told) => floorOf(step, told, 'A window of its schedule'),
  'schedule-ceiling': (step, { record }) =>
    step.name === 'ceiling'
      ? `Max ${goes(record)} from ${n(step.before)} to ${n(step.after)}, where a window of its schedule wants it.`
      : `A window of its schedule wants no more than ${instances(n(step.after))}: the ${n(step.before)} that would be right otherwise are refused.`,
  'prewarm-floor': (step, told) => floorOf(step, told, 'A prewarm'),
  'pattern-floor': (step, told) => floorOf(step, told, 'The daily pattern of the load'),
  'hidden-demand': ({ before, after }) =>
    `More is waiting than the load shows, since clients that wait for an answer send nothing new: not ${n(before)} but ${instances(n(after))}, as far as can be told at present.`,
  'recurring-demand': ({ after }, { record }) =>
    n(after) > record.desired
      ? `The load comes again in turns. From the last ones, ${instances(n(after))} will be worth having as soon as they can be there, so they are asked for ahead of it.`
      : `The load comes again in turns, and from the last ones no more than ${instances(n(after))} will be worth having for a while.`,
  'change-limit': ({ before, after }) =>
    `Capacity has changed about ten times within the hour. It stays at ${n(after)} instead of going to ${n(before)} until that is an hour ago, so that it does not flap; scaling out is always possible.`,
  'windows-over': ({ before, after }) =>
    `What a window, a prewarm or the daily pattern wanted is over, and no load is measured: of ${instances(n(before))}, capacity goes back to the ${n(after)} without it.`,
  'budget-spent': (step, { record }) =>
    budgetOf(step, record, 'The target has spent its instance-hours of the day'),
  'account-budget-spent': (step, { record }) =>
    budgetOf(step, record, 'The account has spent its instance-hours of the day'),
  'scaling-suspended': ({ name }) => `${suspendedWords([name])}.`,
};

/** The sentence for a step; a reason of a newer version is told by its code. */
export function sentence(step: DecisionStep, told: Told): string {
  const write = SENTENCES[step.reason] as Sentence | undefined;
  return write
    ? write(step, told)
    : `${step.reason} (${step.before ?? '–'} → ${step.after ?? '–'}).`;
}

function isSuspended({ steps }: DecisionRecord): boolean {
  return steps.some(({ reason }) => reason === 'scaling-suspended');
}

function resume({ resourceId }: DecisionRecord): string {
  const target = parseResourceId(resourceId);
  return target ? `To resume: ${resumeScalingCommand(target)}` : '';
}

function isOwners({ boundsBefore, inputs }: DecisionRecord): boolean {
  const { baseline } = inputs ?? {};
  return !boundsBefore || !baseline || sameBounds(boundsBefore, baseline);
}

function floorOf({ name, before, after }: DecisionStep, { record }: Told, who: string): string {
  return name === 'floor'
    ? `Min ${goes(record)} from ${n(before)} to ${n(after)}, where ${who.toLowerCase()} wants it: nobody else may take these away.`
    : `${who} wants at least ${instances(n(after))}, more than the ${n(before)} that would do otherwise.`;
}

function budgetOf({ name, before, after }: DecisionStep, record: DecisionRecord, what: string) {
  return name === 'ceiling'
    ? `Max ${goes(record)} from ${n(before)} to ${n(after)} until midnight UTC: the budget of the day is spent.`
    : `${what}: until midnight UTC no more than your Min of ${n(after)} is held, and the ${n(before)} that would be right otherwise are refused.`;
}

function loadNeeds({ demand, inService, desired }: DecisionRecord): string {
  const starting = desired - inService;
  const change =
    starting > 0
      ? `, ${starting} more ${isOrAre(starting)} starting`
      : starting < 0
        ? `, ${-starting} of them ${isOrAre(-starting)} leaving`
        : '';
  return `The newest ten seconds of load need ${amount(n(demand))} instances; ${inService} ${isOrAre(inService)} in service${change}.`;
}

function quotaOf({ inputs }: DecisionRecord): string {
  const quota = inputs?.refusal?.quota;
  return quota
    ? `The quota "${quota.name}" of ${instances(quota.limit)}, ${quota.inUse} of them in use,`
    : 'A quota of the account';
}

function isOrAre(number: number): string {
  return number === 1 ? 'is' : 'are';
}

/** Bounds that were set go; those of a mere decision would, or were to. */
function goes({ outcome }: DecisionRecord, verb = 'goes'): string {
  if (outcome.status === 'taken') return verb;
  return outcome.status === 'dry-run' ? 'would go' : verb === 'go' ? 'are to go' : 'is to go';
}

function busyWith({ inService, desired }: DecisionRecord): string {
  return inService === desired
    ? 'The endpoint is busy, with another variant or a deployment'
    : `The endpoint is busy with the change from ${inService} to ${desired}`;
}

function ago(what: string, seconds: number | null): string {
  const when = seconds === null ? 'moments' : duration(seconds);
  return `The last ${what} was asked for ${when} ago.`;
}

function boundName({ name }: DecisionStep): string {
  return name === 'baseline-min' ? 'Min' : 'Max';
}

function ownersChange(step: DecisionStep): string {
  const bound = boundName(step);
  if (step.before === null) return `Your ${bound} is ${step.after}.`;
  return step.before === step.after
    ? `Your ${bound} stays ${step.after}.`
    : `Somebody other than the scaler set ${bound}: yours is no longer ${step.before} but ${step.after}.`;
}
