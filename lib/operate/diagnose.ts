import { ConfigError } from '../config/parse.ts';
import type { ResolvedConfig } from '../config/resolve.ts';
import { ownersBounds } from '../control/baseline.ts';
import { DEFAULTS_PARAMETER, TAG_KEY, targetParameterName } from '../enrolment/parameter-name.ts';
import { plan } from '../enrolment/plan.ts';
import type { InstanceKind } from '../enrolment/types.ts';
import { registerCommand } from '../scaling-commands.ts';
import { shortName } from '../target.ts';
import { capacityFindings } from './capacity-findings.ts';
import type { Case } from './case.ts';
import { configurationOf } from './configuration-of.ts';
import type { Finding, FindingCode, TargetReport } from './finding.ts';
import { signalView } from './signal-words.ts';
import type { TargetFacts, Unknown } from './target-facts.ts';
import { upkeepFindings } from './upkeep-findings.ts';

/** Works out what is wrong with one target. Pure. */
export function diagnose(facts: TargetFacts): TargetReport {
  const { target, enrolledBy } = facts;
  const report = { target: shortName(target), enrolledBy };
  let resolved: ResolvedConfig | null;
  try {
    resolved = configurationOf(facts);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { ...report, mode: null, signal: null, findings: [invalid(facts, error)] };
  }
  if (!resolved) return { ...report, mode: null, signal: null, findings: [WAITS_FOR_DEFAULTS] };
  const baseline = ownersBounds(facts.stored?.state, facts.bounds, facts.nowMs / 1000);
  const previous = facts.stored?.enrolment;
  const instance = instanceKind(facts, resolved);
  const planned = plan(target, resolved, { ...facts, baseline, previous, instance });
  // The one in force, though a plan may choose another one by now.
  const { signal: measured } = (enrolledBy ? previous : undefined) ?? planned.enrolment;
  const signal = measured && signalView(measured);
  const whole: Case = { ...facts, resolved, planned, signal, baseline };
  const isUnsupported = planned.enrolment.problems.some(({ code }) => code === 'unsupported');
  const ofCapacity = isUnsupported ? [] : capacityFindings(whole);
  const findings = [...upkeepFindings(whole), ...ofCapacity].filter(
    ({ code }) => !(NEEDS[code] ?? []).some((need) => facts.unknown.has(need)),
  );
  if (enrolledBy) return { ...report, mode: resolved.config.mode, signal, findings };
  const hints = findings.map((each): Finding => ({ ...each, severity: 'hint' }));
  // Whoever could not be scaled is not shown how to be enrolled.
  const invitation = isUnsupported ? [] : [notEnrolled(facts)];
  return { ...report, mode: null, signal, findings: [...invitation, ...hints] };
}

/** What must be known for a finding to mean anything. */
const NEEDS: Readonly<Partial<Record<FindingCode, readonly Unknown[]>>> = {
  'no-target': ['bounds'],
  'no-room': ['bounds'],
  'min-zero': ['bounds'],
  'min-one': ['bounds'],
  'capacity-unused': ['bounds'],
  quota: ['bounds'],
  'no-signal': ['policies'],
  'slow-metrics': ['policies'],
  'no-policy': ['policies', 'bounds'],
  'backstop-missing': ['policies', 'bounds'],
  'short-cooldown': ['policies'],
  'alarm-missing': ['alarms', 'policies', 'bounds'],
};

/** A fault of the defaults is told once, of the account; this is what it means for a new target. */
const WAITS_FOR_DEFAULTS: Finding = {
  code: 'config-invalid',
  severity: 'hint',
  what: `It is not enrolled as long as ${DEFAULTS_PARAMETER} is not valid.`,
  fix: `fast-scaler config check ${DEFAULTS_PARAMETER}`,
};

/** What the variant runs on, by which the service reckons a lead time that nobody set. */
function instanceKind(
  { instanceType, endpoint, stored }: TargetFacts,
  { sources }: ResolvedConfig,
): InstanceKind | null {
  if (sources.leadTimeSeconds !== 'built-in') return null;
  if (instanceType === undefined || !endpoint) return stored?.enrolment.instance ?? null;
  return { type: instanceType, endpointConfigName: endpoint.endpointConfigName };
}

function notEnrolled({ target, inputs }: TargetFacts): Finding {
  const name = targetParameterName(target);
  const noParameter = `there is no parameter ${name}`;
  if (inputs.tag !== undefined) {
    return {
      code: 'not-enrolled',
      severity: 'hint',
      what: `Not enrolled: the tag ${TAG_KEY} enrols the variants of the endpoint that have a scalable target, which this one has not, and ${noParameter}.`,
      fix: `The tag enrols it within ten minutes of: ${registerCommand(target, null)}`,
    };
  }
  return {
    code: 'not-enrolled',
    severity: 'hint',
    what: `Not enrolled: the endpoint has no tag ${TAG_KEY}, and ${noParameter}.`,
    fix: `aws ssm put-parameter --type String --name ${name} --value '{}'`,
  };
}

function invalid({ enrolledBy, target, stored }: TargetFacts, error: ConfigError): Finding {
  const kept = stored ? 'the last good one is in force' : 'it is not enrolled';
  return {
    code: 'config-invalid',
    severity: enrolledBy ? 'error' : 'hint',
    what: `Its configuration is not valid, and ${kept}: ${error.message}`,
    fix: `fast-scaler config check ${shortName(target)} lists every fault with the values allowed.`,
  };
}
