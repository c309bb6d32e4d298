import type { DecisionRecord } from '../../lib/cycle/record.ts';
import { type Clock, explain } from '../../lib/operate/explain.ts';
import { type DecisionKind, kindOf } from '../../lib/operate/headline.ts';
import { clockTime, instances } from '../../lib/operate/words.ts';
import { VARIANT_DIMENSION } from '../../lib/target.ts';
import type { ScalingActivity } from '../account/application-auto-scaling/activities.ts';
import type { AccountParts } from '../account/create-account.ts';
import type { DecisionMarker } from '../report/data.ts';

/**
 * Decision records as the report marks them; times count from `startSeconds` (epoch).
 *
 * @param records of one target, oldest first
 * @param earlier records from before, which sentences may refer to
 * @param clock how sentences tell a time; default: by the day and time of day
 */
export function decisionMarkers(
  records: readonly DecisionRecord[],
  startSeconds: number,
  earlier: readonly DecisionRecord[] = [],
  clock?: Clock,
): DecisionMarker[] {
  return explain(records, earlier, clock).entries.map(({ record, headline, sentences }) => ({
    atSeconds: Date.parse(record.at) / 1000 - startSeconds,
    kind: markOf(record),
    title: titleOf(record, headline),
    steps: record.steps,
    sentences,
  }));
}

const DAY_SECONDS = 86_400;

/**
 * The clock of a run of `seconds` that begins at midnight: as the report writes the times of its
 * samples, and so with the day of the run where there is more than one.
 */
export function runClock(startSeconds: number, seconds: number): Clock {
  return (ms) => {
    const day = Math.floor((ms / 1000 - startSeconds) / DAY_SECONDS) + 1;
    return seconds > DAY_SECONDS ? `day ${day} ${clockTime(ms)}` : clockTime(ms);
  };
}

const MARKS: Readonly<Record<DecisionKind, DecisionMarker['kind']>> = {
  out: 'scale-out',
  in: 'scale-in',
  held: 'refused',
  bounds: 'bounds',
  notice: 'notice',
};

function markOf(record: DecisionRecord): DecisionMarker['kind'] {
  return record.outcome.status === 'failed' ? 'refused' : MARKS[kindOf(record)];
}

/** The bounds that were asked for; the headline where there are none. */
function titleOf({ requested, boundsBefore, outcome }: DecisionRecord, headline: string): string {
  if (!requested || !boundsBefore) return headline;
  const parts: string[] = [];
  const { min, max } = requested.bounds;
  if (min !== boundsBefore.min) parts.push(`Min ${boundsBefore.min} → ${min}`);
  if (max !== boundsBefore.max) parts.push(`Max ${boundsBefore.max} → ${max}`);
  if (parts.length === 0) parts.push(`Min ${min}, Max ${max} again`);
  if (outcome.status === 'failed') parts.push(`failed: ${outcome.errorCode}`);
  return parts.join(', ');
}

const SET_TO = /instance count to (\d+)/;
const BY_POLICY = /^monitor alarm (.+) in state \S+ triggered policy (.+)$/;

/** What scaling policies did, from the activities of Application Auto Scaling, oldest first. */
export function policyMarkers(
  { autoScaling }: Pick<AccountParts, 'autoScaling'>,
  resourceId: string,
  startSeconds: number,
): DecisionMarker[] {
  const markers: DecisionMarker[] = [];
  let before: number | undefined;
  for (const { Cause, Description, StartTime } of activities(autoScaling, resourceId)) {
    const setTo = SET_TO.exec(Description)?.[1];
    if (setTo === undefined) continue;
    const count = Number(setTo);
    const [, alarmName, policyName] = BY_POLICY.exec(Cause) ?? [];
    if (alarmName !== undefined) {
      const isTracking = alarmName.startsWith('TargetTracking-');
      const who = isTracking ? 'Target tracking' : `Policy ${policyName}`;
      markers.push({
        atSeconds: StartTime - startSeconds,
        kind: isTracking ? trackingKind(alarmName) : stepKind(before, count),
        title: `${who}: ${instances(count)}`,
        steps: [],
      });
    }
    before = count;
  }
  return markers;
}

function trackingKind(alarmName: string): DecisionMarker['kind'] {
  return alarmName.includes('AlarmLow') ? 'scale-in' : 'scale-out';
}

/** The alarm of a step policy is its owner's, whose name tells nothing; nor does the first activity of all. */
function stepKind(before: number | undefined, count: number): DecisionMarker['kind'] {
  if (before === undefined) return 'notice';
  return count < before ? 'scale-in' : 'scale-out';
}

/** Oldest first. */
function activities(autoScaling: AccountParts['autoScaling'], resourceId: string) {
  const found: ScalingActivity[] = [];
  let NextToken: string | undefined;
  do {
    const page = autoScaling.describeScalingActivities({
      ServiceNamespace: 'sagemaker',
      ResourceId: resourceId,
      ScalableDimension: VARIANT_DIMENSION,
      ...(NextToken ? { NextToken } : {}),
    });
    found.push(...page.ScalingActivities);
    NextToken = page.NextToken;
  } while (NextToken);
  return found.reverse();
}
