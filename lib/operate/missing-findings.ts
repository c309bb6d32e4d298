import { MOST_INSTANCES } from '../control/bands.ts';
import { alarmKey, alarmSpecs } from '../enrolment/alarm-specs.ts';
import { targetParameterName } from '../enrolment/parameter-name.ts';
import { backstopChanges, ownersPolicies } from '../enrolment/plan.ts';
import type { Case } from './case.ts';
import type { Finding } from './finding.ts';
import { clockTime } from './words.ts';

/**
 * What is missing of what an enrolment needs. What was put for it is held against the signal in force: an enrolment
 * that is worked out anew may choose another one, and only then is anything put for that.
 */
export function missingFindings(facts: Case): Finding[] {
  return [signalInForce, alarm, backstop].flatMap((check) => check(facts) ?? []);
}

/** What could be measured by now and is not: nothing else tells that the target is not scaled. */
function signalInForce(facts: Case): Finding | null {
  const { enrolledBy, stored, planned } = facts;
  if (!enrolledBy || !stored || stored.enrolment.signal || !planned.enrolment.signal) return null;
  if (planned.enrolment.config.mode === 'paused') return null;
  const [problem] = stored.enrolment.problems;
  const why = problem ? ` What stood against it: ${problem.what}` : '';
  return {
    code: 'no-signal',
    severity: 'warning',
    what: `No signal is in force and the target is not scaled, though its load could be measured by now.${why}`,
    fix: `Wait: the service works it out again ${renewal(facts)}. Longer than that, the log of the sweep function says why.`,
  };
}

function alarm(facts: Case): Finding | null {
  const { enrolledBy, stored, planned, target, inputs } = facts;
  const signal = stored?.enrolment.signal;
  if (!enrolledBy || !signal || !planned.enrolment.signal) return null;
  const { config } = stored.enrolment;
  if (config.mode === 'paused' || planned.enrolment.config.mode === 'paused') return null;
  const specs = possibleMins(facts).map((min) => alarmSpecs(target, config, signal, min));
  const isStanding = facts.alarms.some(
    ({ spec }) => spec && specs.flat().some((each) => alarmKey(each) === alarmKey(spec)),
  );
  if (isStanding) return null;
  const atOnce =
    inputs.target === undefined
      ? ''
      : `; at once by aws ssm put-parameter --overwrite --type String --name ${targetParameterName(target)} --value '${inputs.target}'`;
  return {
    code: 'alarm-missing',
    severity: 'error',
    what: `The alarm ${specs[0]?.[0]?.alarmName} is missing or was changed: from rest, a surge is noticed a minute late, by the sweep.`,
    fix: `The service puts it back ${renewal(facts)}${atOnce}`,
  };
}

/**
 * Every Min of the owner's that a threshold may have been reckoned with. After the owner has set another one, the
 * service is a minute or two behind with the alarm, which nobody changed meanwhile.
 */
function possibleMins({ baseline, stored }: Case): number[] {
  const highest = Math.max(1, baseline?.max ?? 1, stored?.state.baseline?.max ?? 1);
  return Array.from({ length: Math.min(highest, MOST_INSTANCES) }, (_, i) => i + 1);
}

function backstop(facts: Case): Finding | null {
  const { enrolledBy, stored, planned, policies, target, baseline } = facts;
  if (!enrolledBy || !stored || !planned.enrolment.signal) return null;
  const { config, signal } = stored.enrolment;
  const owners = ownersPolicies(policies);
  const { putBackstop } = backstopChanges(target, config, signal, baseline, owners, policies);
  if (!putBackstop) return null;
  return {
    code: 'backstop-missing',
    severity: 'warning',
    what: `The target-tracking policy ${putBackstop.policyName} is missing, lacks one of its alarms or was changed, and there is none of yours.`,
    fix: `The service puts it back ${renewal(facts)}; or put a policy of your own.`,
  };
}

/** When the service works the enrolment out again at the latest. */
function renewal({ entry, target }: Case): string {
  const due = entry?.targets.get(target.resourceId)?.dueAtSeconds;
  return due === undefined ? 'within half an hour' : `at ${clockTime(due * 1000)} UTC`;
}
