import { isScalable } from '../aws/endpoints.ts';
import type { Problem } from '../enrolment/types.ts';
import { overdueSeconds } from '../notify/conditions.ts';
import { suspendedWords } from '../notify/suspended.ts';
import { timingProblem } from '../notify/unseen.ts';
import { registerCommand, resumeScalingCommand } from '../scaling-commands.ts';
import { shortName } from '../target.ts';
import type { Case } from './case.ts';
import type { Finding, FindingCode } from './finding.ts';
import { missingFindings } from './missing-findings.ts';
import { passesByItself } from './registers-later.ts';
import { LOOK_OVERDUE_MS } from './status.ts';
import { clockTime, duration } from './words.ts';

/** What is wrong with a target's enrolment and upkeep by the service. */
export function upkeepFindings(facts: Case): Finding[] {
  const checks = [
    problems,
    untimelySignal,
    endpointState,
    notTakenUp,
    mode,
    muted,
    scalingSuspended,
    missingFindings,
    notLookedAt,
    leaseOverdue,
    lastChange,
  ];
  return checks.flatMap((check) => check(facts) ?? []);
}

/** What the service itself complains of when it works the enrolment out. */
function problems({ planned, endpoint }: Case): Finding[] {
  return planned.enrolment.problems.map((problem) => {
    const { what, fix } = problem;
    const code = codeOf(problem, endpoint !== undefined);
    const severity = passesByItself(planned.enrolment, problem) ? 'hint' : 'error';
    return { code, severity, what, fix };
  });
}

function codeOf({ code }: Problem, isEndpointThere: boolean): FindingCode {
  if (!isEndpointThere) return 'no-endpoint';
  if (code === 'silent-signal' || code === 'unsupported') return code;
  return code === 'unregistered' || code === 'deregistered' ? 'no-target' : 'no-signal';
}

function untimelySignal({ stored, enrolledBy, resolved, nowMs }: Case): Finding | null {
  if (!stored || !enrolledBy || resolved.config.mode !== 'act') return null;
  const problem = timingProblem(stored, nowMs / 1000);
  if (!problem) return null;
  const { code, what, fix } = problem;
  return code === 'coarse-signal'
    ? { code, severity: 'warning', what, fix }
    : { code: 'late-signal', severity: 'error', what, fix };
}

function endpointState({ endpoint, target }: Case): Finding | null {
  if (!endpoint || isScalable(endpoint.status)) return null;
  return {
    code: 'endpoint-state',
    severity: 'error',
    what: `The endpoint is ${endpoint.status} and cannot be scaled.`,
    fix: `aws sagemaker describe-endpoint --endpoint-name ${target.endpointName} --query FailureReason says why; update or delete the endpoint.`,
  };
}

function notTakenUp({ enrolledBy, memory, stored, isStackThere }: Case): Finding | null {
  if (!enrolledBy || !isStackThere || !memory || stored) return null;
  const when =
    enrolledBy === 'parameter' ? 'with the next sweep, within a minute' : 'within ten minutes';
  return {
    code: 'not-taken-up',
    severity: 'warning',
    what: `It is to be enrolled by its ${enrolledBy}, but the service has not done so yet.`,
    fix: `Wait: it happens ${when}. Longer than that, the log of the sweep function says why.`,
  };
}

function mode({ enrolledBy, resolved, target }: Case): Finding | null {
  const { mode } = resolved.config;
  if (!enrolledBy || mode === 'act') return null;
  const effect = mode === 'paused' ? 'nothing is looked at' : 'it decides and touches nothing';
  return {
    code: mode === 'paused' ? 'paused' : 'observed',
    severity: 'hint',
    what: `The mode is ${mode} (from ${resolved.sources.mode}): ${effect}.`,
    fix: `fast-scaler resume ${shortName(target)} --mode act`,
  };
}

function muted({ stored, nowMs }: Case): Finding | null {
  const untilMs = (stored?.state.mutedUntilSeconds ?? 0) * 1000;
  if (untilMs <= nowMs) return null;
  return {
    code: 'muted',
    severity: 'hint',
    what: `Its alarm is muted, as far as is known until ${clockTime(untilMs)} UTC, which pauses it.`,
    fix: 'Delete the alarm mute rule in CloudWatch, or wait.',
  };
}

function scalingSuspended({ suspended, enrolledBy, resolved, target }: Case): Finding | null {
  if (!enrolledBy || suspended.length === 0) return null;
  return {
    code: 'scaling-suspended',
    severity: resolved.config.mode === 'act' ? 'warning' : 'hint',
    what: `${suspendedWords(suspended)}, which pauses the scaler too.`,
    fix: `To resume: ${resumeScalingCommand(target)}`,
  };
}

function notLookedAt({ memory, stored, nowMs }: Case): Finding | null {
  const lookedAtMs = memory?.lookedAtMs ?? null;
  if (!stored || lookedAtMs === null || nowMs - lookedAtMs <= LOOK_OVERDUE_MS) return null;
  return {
    code: 'not-looked-at',
    severity: 'error',
    what: `Nobody has looked at it for ${duration((nowMs - lookedAtMs) / 1000)}; the sweep does so every minute.`,
    fix: 'Read the logs of the sweep and recheck functions, and the dead-letter queue; deploy the stack again.',
  };
}

function leaseOverdue({ stored, bounds, baseline, nowMs, target }: Case): Finding | null {
  const lease = stored?.state.lease;
  const seconds = overdueSeconds(lease ?? null, bounds ?? null, baseline ?? null, nowMs / 1000);
  if (seconds === 0 || !bounds || !baseline) return null;
  return {
    code: 'lease-overdue',
    severity: 'error',
    what: `The lease ran out ${duration(seconds)} ago, and Min ${bounds.min} and Max ${bounds.max} still stand.`,
    fix: registerCommand(target, baseline),
  };
}

function lastChange({ failed }: Case): Finding | null {
  if (!failed) return null;
  const { at, errorCode, message } = failed;
  const isForbidden = /AccessDenied|Unauthorized|NotAuthorized/i.test(errorCode);
  return {
    code: isForbidden ? 'service-permission' : 'change-failed',
    severity: 'error',
    what: `The service's last change, at ${clockTime(Date.parse(at))} UTC, failed with ${errorCode}: ${message}`,
    fix: isForbidden
      ? 'Deploy the stack again, which restores its roles; if they are whole, a service control policy or a permissions boundary denies the call.'
      : 'The next look tries again. If it keeps failing, mend what the message says.',
  };
}
