import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { INITIAL_STATE } from '../control/state.ts';
import type { TargetState } from '../control/types.ts';
import type { Enrolment, Refusal } from '../enrolment/types.ts';
import { parseResourceId, type ScalableTarget } from '../target.ts';

export type Item = Record<string, AttributeValue>;

/** One enrolled scalable target as stored. */
export interface StoredTarget {
  readonly target: ScalableTarget;
  readonly enrolment: Enrolment;
  readonly state: TargetState;
  /** Until when a sweep found the target's alarm muted. */
  readonly mutedUntilSeconds?: number;
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

const SCHEMA_VERSION = 1;
const PREFIXES = { enrolment: 'config:', refusal: 'problem:', mute: 'mute:' } as const;

/** Key of an endpoint's item. */
export const endpointKey = (endpointName: string) => ({
  pk: { S: `endpoint#${endpointName}` },
  sk: { S: 'state' },
});

/** Attribute of an endpoint's item that belongs to one target. */
export function attributeOf(kind: keyof typeof PREFIXES, target: ScalableTarget): string {
  return PREFIXES[kind] + target.resourceId;
}

/** Reads an endpoint's item. */
export function endpointRecord(endpointName: string, item: Item): EndpointRecord {
  const states = parseStates(item.state?.S);
  const targets: StoredTarget[] = [];
  const refusals = new Map<string, Refusal>();
  for (const [name, { S: text }] of Object.entries(item)) {
    const target = parseResourceId(name.slice(name.indexOf(':') + 1));
    if (!target || !text) continue;
    const { resourceId } = target;
    if (name.startsWith(PREFIXES.refusal)) refusals.set(resourceId, JSON.parse(text) as Refusal);
    if (!name.startsWith(PREFIXES.enrolment)) continue;
    const state = { ...INITIAL_STATE, ...states[resourceId] };
    const mute = item[attributeOf('mute', target)]?.N;
    targets.push({
      target,
      enrolment: JSON.parse(text) as Enrolment,
      state,
      ...(mute !== undefined && { mutedUntilSeconds: Number(mute) }),
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

/** The text in which the states of an endpoint's targets are stored. */
export function stateText(states: ReadonlyMap<string, TargetState>): string {
  return JSON.stringify({ schemaVersion: SCHEMA_VERSION, targets: Object.fromEntries(states) });
}

function parseStates(text: string | undefined): Record<string, Partial<TargetState>> {
  if (!text) return {};
  const stored = JSON.parse(text) as { targets?: Record<string, Partial<TargetState>> };
  return stored.targets ?? {};
}
