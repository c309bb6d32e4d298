import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DEFAULTS } from '../config/defaults.ts';
import { MOST_BANDS, widthOf } from '../control/bands.ts';
import { RULES } from '../control/rules.ts';
import { INITIAL_STATE } from '../control/state.ts';
import type { TargetState } from '../control/types.ts';
import { MEMORIES } from '../control/use.ts';
import type { Enrolment, Inherited, Refusal } from '../enrolment/types.ts';
import { hashOf } from '../hash.ts';
import { NO_PREWARMS, type Prewarms } from '../prewarm/prewarm.ts';
import { parseResourceId, type ScalableTarget } from '../target.ts';

export type Item = Record<string, AttributeValue>;

/** One enrolled scalable target as stored. */
export interface StoredTarget {
  readonly target: ScalableTarget;
  readonly enrolment: Enrolment;
  readonly state: TargetState;
  /** Until when a sweep found the target's alarm muted. */
  readonly mutedUntilSeconds?: number;
  readonly prewarms?: Prewarms;
  /** Until when a sweep found the account's budget spent. */
  readonly accountSpentUntilSeconds?: number;
}

/** An endpoint's item: every target that shares its lock, under one version. */
export interface EndpointRecord {
  readonly endpointName: string;
  /** Rises with every save; a save under an old version is refused. */
  readonly version: number;
  /** The hot loop that this claim began or went on with. */
  readonly loop: number;
  readonly targets: readonly StoredTarget[];
  /** By resource id: inputs that could not be taken. */
  readonly refusals: ReadonlyMap<string, Refusal>;
}

/**
 * The form in which states are stored. A field that is added has a default in `INITIAL_STATE` and needs
 * no new version; one is needed where an older version would misread what is stored.
 */
const SCHEMA_VERSION = 1;

/** Scores are kept by the number of a rule, a memory and a band: other ones would misread them. */
const RULES_MARK = hashOf(
  JSON.stringify([RULES, MEMORIES, Array.from({ length: MOST_BANDS }, (_, band) => widthOf(band))]),
);

const PREFIXES = {
  enrolment: 'config:',
  refusal: 'problem:',
  mute: 'mute:',
  prewarms: 'prewarms:',
} as const;

/** Attribute of an endpoint's item: until when the account's budget is spent, epoch seconds. */
export const ACCOUNT_SPENT = 'accountSpentUntil';

/** An item that this version cannot read: a newer one wrote it, or it is broken. It is left alone. */
export class UnreadableItem extends Error {
  override readonly name = 'UnreadableItem';

  constructor(endpointName: string, why: string, cause?: unknown) {
    const fix =
      'Deploy the version that wrote it again; its lease gives the bounds back meanwhile.';
    super(`The item of endpoint ${endpointName} ${why}, and is left alone. ${fix}`, { cause });
  }
}

/** Key of an endpoint's item. */
export const endpointKey = (endpointName: string) => ({
  pk: { S: `endpoint#${endpointName}` },
  sk: { S: 'state' },
});

/** Attribute of an endpoint's item that belongs to one target. */
export function attributeOf(kind: keyof typeof PREFIXES, target: ScalableTarget): string {
  return PREFIXES[kind] + target.resourceId;
}

/**
 * Reads an endpoint's item, whichever version up to this one wrote it.
 * @throws {UnreadableItem}
 */
export function endpointRecord(endpointName: string, item: Item): EndpointRecord {
  try {
    return readItem(endpointName, item);
  } catch (cause) {
    if (cause instanceof UnreadableItem) throw cause;
    throw new UnreadableItem(endpointName, 'is broken', cause);
  }
}

function readItem(endpointName: string, item: Item): EndpointRecord {
  const { states, isOfTheseRules } = parseStates(endpointName, item.state?.S);
  const targets: StoredTarget[] = [];
  const refusals = new Map<string, Refusal>();
  for (const [name, { S: text }] of Object.entries(item)) {
    const target = parseResourceId(name.slice(name.indexOf(':') + 1));
    if (!target || !text) continue;
    const { resourceId } = target;
    if (name.startsWith(PREFIXES.refusal)) refusals.set(resourceId, JSON.parse(text) as Refusal);
    if (!name.startsWith(PREFIXES.enrolment)) continue;
    const enrolment = parseEnrolment(text);
    const state = readState(states[resourceId], isOfTheseRules, enrolment.inherited);
    const mute = item[attributeOf('mute', target)]?.N;
    const prewarms = item[attributeOf('prewarms', target)]?.S;
    const spent = item[ACCOUNT_SPENT]?.N;
    targets.push({
      target,
      enrolment,
      state,
      ...(mute !== undefined && { mutedUntilSeconds: Number(mute) }),
      ...(prewarms !== undefined && { prewarms: prewarmsOf(prewarms) }),
      ...(spent !== undefined && { accountSpentUntilSeconds: Number(spent) }),
    });
  }
  return {
    endpointName,
    version: Number(item.version?.N ?? 0),
    loop: Number(item.loop?.N ?? 0),
    targets,
    refusals,
  };
}

/** Reads the prewarms of a target as they are stored. */
export function prewarmsOf(text: string | undefined): Prewarms {
  return text === undefined ? NO_PREWARMS : (JSON.parse(text) as Prewarms);
}

/** Scores under other rules say nothing of these: the recent load is scored anew at the next look. */
function readState(
  stored: Partial<TargetState> | undefined,
  isOfTheseRules: boolean,
  inherited: Inherited | undefined,
): TargetState {
  const state = { ...INITIAL_STATE, ...(stored ?? stateOf(inherited)) };
  return isOfTheseRules ? state : { ...state, tuning: null };
}

/** What is known of a target before the first look at it. */
function stateOf(inherited: Inherited | undefined): Partial<TargetState> {
  if (!inherited) return {};
  const { bounds, lease } = inherited;
  return { baseline: lease.restores, written: bounds, lease };
}

/** A setting that came after it was stored has its default until the enrolment is worked out again. */
function parseEnrolment(text: string): Enrolment {
  const stored = JSON.parse(text) as Enrolment;
  return { ...stored, config: { ...DEFAULTS, ...stored.config } };
}

/** The text in which the states of an endpoint's targets are stored. */
export function stateText(states: ReadonlyMap<string, TargetState>): string {
  const targets = Object.fromEntries(states);
  return JSON.stringify({ schemaVersion: SCHEMA_VERSION, rules: RULES_MARK, targets });
}

interface StoredStates {
  readonly states: Readonly<Record<string, Partial<TargetState>>>;
  /** False when their scores are those of other rules. */
  readonly isOfTheseRules: boolean;
}

function parseStates(endpointName: string, text: string | undefined): StoredStates {
  if (!text) return { states: {}, isOfTheseRules: true };
  const stored = JSON.parse(text) as {
    readonly schemaVersion?: number;
    readonly rules?: number;
    readonly targets?: StoredStates['states'];
  };
  const { schemaVersion = SCHEMA_VERSION, rules, targets = {} } = stored;
  if (schemaVersion <= SCHEMA_VERSION) {
    return { states: targets, isOfTheseRules: rules === RULES_MARK };
  }
  const versions = `of schema ${schemaVersion}; this version knows ${SCHEMA_VERSION}`;
  throw new UnreadableItem(endpointName, `is ${versions}`);
}
