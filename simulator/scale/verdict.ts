import type { PhaseName, ScaleResult } from './run.ts';

/** Every target must have been answered by then, seconds. */
const LATEST_NUDGE_SECONDS = 60;

/** Default quota of an account on functions that run at once. */
export const CONCURRENCY = {
  most: 1000,
  source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
};

/** The least of all regions; us-east-1 has 18 750. */
export const RULE_INVOCATIONS = {
  perSecond: 750,
  source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html',
};

const PHASES: readonly PhaseName[] = ['enrolment', 'rest', 'surge'];

/** What a run did wrong, one sentence each. */
export function faultsOf(result: ScaleResult): string[] {
  const faults: string[] = [];
  for (const { service, name, peak, quota } of result.rows) {
    if (!quota) continue;
    for (const phase of PHASES.filter((each) => peak[each] > quota.perSecond)) {
      faults.push(
        `${service}: ${name} reached ${peak[phase]} a second in the ${phase}; the quota is ${quota.perSecond}.`,
      );
    }
  }
  if (result.throttled > 0) faults.push(`${result.throttled} calls were refused for their rate.`);
  for (const failure of new Set(result.failures)) faults.push(`An event was given up: ${failure}`);
  if (result.enrolledAfterSeconds === null) {
    faults.push(`Some target had no alarm after ${result.schedule.enrolment} s.`);
  }
  const late = result.nudgedAfterSeconds.filter((seconds) => seconds > LATEST_NUDGE_SECONDS);
  if (late.length > 0) {
    faults.push(`${late.length} endpoints were not answered within ${LATEST_NUDGE_SECONDS} s.`);
  }
  if (result.functionsAtOnce.cold > CONCURRENCY.most) {
    faults.push(
      `${result.functionsAtOnce.cold} functions ran at once; an account has ${CONCURRENCY.most}.`,
    );
  }
  if (result.invocationsPeak > RULE_INVOCATIONS.perSecond) {
    faults.push(`EventBridge started ${result.invocationsPeak} functions in a second.`);
  }
  return faults;
}

/** Phases in which more targets cost more than their share of calls, one sentence each. */
export function disproportion(few: ScaleResult, many: ScaleResult): string[] {
  const times = many.targets / few.targets;
  return PHASES.filter((phase) => many.calls[phase] > times * few.calls[phase]).map(
    (phase) =>
      `In the ${phase} ${many.targets} targets cost ${many.calls[phase]} calls, ` +
      `more than ${times} times the ${few.calls[phase]} of ${few.targets}.`,
  );
}
