import type { Enrolment, Refusal } from '../enrolment/types.ts';
import type { ScalableTarget } from '../target.ts';
import {
  ACCOUNT_SPENT,
  attributeOf,
  type EndpointRecord,
  endpointKey,
  endpointRecord,
  type Item,
  stateText,
} from './endpoint-item.ts';
import type { ItemTable } from './item-table.ts';

/** The enrolments in force, in the items of their endpoints beside the states. */
export interface EndpointEnrolments {
  read(endpointName: string): Promise<EndpointRecord>;
  /** Puts an enrolment in force; makes the endpoint's item when there is none. */
  enrol(target: ScalableTarget, enrolment: Enrolment): Promise<void>;
  /** Notes why an input was not taken; what is in force stays so. */
  refuse(target: ScalableTarget, refusal: Refusal): Promise<void>;
  /** Notes that a target's alarm is muted; of one that is not enrolled, nothing. */
  noteMute(target: ScalableTarget, untilSeconds: number): Promise<void>;
  /**
   * Notes until when the account's budget is spent, on an endpoint's item; null: it is not.
   * @param untilSeconds epoch seconds
   */
  noteAccountSpent(endpointName: string, untilSeconds: number | null): Promise<void>;
  /**
   * Removes a target with its state and, after the last one, the endpoint's item.
   * @param mayGo judges the item as it is then
   * @returns false when it may not go
   */
  remove(target: ScalableTarget, mayGo?: (record: EndpointRecord) => boolean): Promise<boolean>;
}

/** Attempts to change an item that cycles write too. */
const ATTEMPTS = 5;

export function endpointEnrolments(table: ItemTable): EndpointEnrolments {
  const read = async (endpointName: string) =>
    endpointRecord(endpointName, (await table.get(endpointKey(endpointName))) ?? {});

  const set = (target: ScalableTarget, change: string, names: string[], value: object) =>
    table.update({
      key: endpointKey(target.endpointName),
      expression: `SET version = if_not_exists(version, :zero) + :one, ${change}`,
      names: Object.fromEntries(names.map((name, i) => [`#n${i}`, name])),
      values: {
        ':zero': { N: '0' },
        ':one': { N: '1' },
        ':value': { S: JSON.stringify(value) },
      },
    });

  return {
    read,

    async enrol(target, enrolment) {
      const names = [attributeOf('enrolment', target), attributeOf('refusal', target)];
      await set(target, '#n0 = :value REMOVE #n1', names, enrolment);
    },

    async refuse(target, refusal) {
      await set(target, '#n0 = :value', [attributeOf('refusal', target)], refusal);
    },

    async noteMute(target, untilSeconds) {
      // No new version: a cycle that is under way may save what it decided.
      await table.update({
        key: endpointKey(target.endpointName),
        expression: 'SET #mute = :until',
        names: {
          '#mute': attributeOf('mute', target),
          '#enrolment': attributeOf('enrolment', target),
        },
        values: { ':until': { N: String(Math.ceil(untilSeconds)) } },
        condition: 'attribute_exists(#enrolment)',
      });
    },

    async noteAccountSpent(endpointName, untilSeconds) {
      const isSpent = untilSeconds !== null;
      await table.update({
        key: endpointKey(endpointName),
        expression: isSpent ? 'SET #spent = :until' : 'REMOVE #spent',
        names: { '#spent': ACCOUNT_SPENT },
        values: isSpent ? { ':until': { N: String(untilSeconds) } } : {},
        condition: 'attribute_exists(pk)',
      });
    },

    async remove(target, mayGo = () => true) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const record = await read(target.endpointName);
        if (!mayGo(record)) return false;
        if (await removeFrom(table, record, target)) return true;
      }
      throw new Error(`The state of ${target.resourceId} kept changing and could not be removed.`);
    },
  };
}

/** False when somebody else changed the item meanwhile. */
async function removeFrom(
  table: ItemTable,
  record: EndpointRecord,
  target: ScalableTarget,
): Promise<boolean> {
  const others = record.targets.filter((each) => each.target.resourceId !== target.resourceId);
  const refused = [...record.refusals.keys()].filter((id) => id !== target.resourceId);
  const values: Item = { ':version': { N: String(record.version) } };
  const key = endpointKey(target.endpointName);
  if (others.length === 0 && refused.length === 0) {
    const condition = 'attribute_not_exists(version) OR version = :version';
    return table.remove(key, condition, values);
  }
  const states = new Map(others.map((each) => [each.target.resourceId, each.state]));
  const done = await table.update({
    key,
    expression:
      'SET #state = :state, version = :next REMOVE #enrolment, #refusal, #mute, #prewarms',
    names: {
      '#state': 'state',
      '#enrolment': attributeOf('enrolment', target),
      '#refusal': attributeOf('refusal', target),
      '#mute': attributeOf('mute', target),
      '#prewarms': attributeOf('prewarms', target),
    },
    values: {
      ...values,
      ':state': { S: stateText(states) },
      ':next': { N: String(record.version + 1) },
    },
    condition: 'version = :version',
  });
  return done !== undefined;
}
