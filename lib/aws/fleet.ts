import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { Convergence } from '../enrolment/types.ts';
import { parseResourceId, type ScalableTarget } from '../target.ts';
import type { Item } from './endpoint-item.ts';
import type { ItemTable } from './item-table.ts';

/** What is known of an endpoint without reading its item. */
export interface FleetEntry {
  readonly endpointName: string;
  /** Value of the endpoint's tag, as last seen. */
  readonly tag: string | undefined;
  /** How often it was said that the endpoint is no longer what its enrolments were worked out from. */
  readonly news: number;
  /** By resource id: the targets that are enrolled or were refused. */
  readonly targets: ReadonlyMap<string, Convergence>;
}

/** What all enrolled targets have spent since midnight UTC, as a sweep last added it up. */
export interface AccountSpending {
  readonly spentInstanceHours: number;
  readonly maxInstanceHours: number;
  readonly atSeconds: number;
}

/** Everything that is enrolled. */
export interface Fleet {
  readonly entries: readonly FleetEntry[];
  /** True from the moment at which the stack is being deleted: nothing may be enrolled any more. */
  readonly leaving: boolean;
  /** Null: the account has no budget, or no sweep has seen it yet. */
  readonly account: AccountSpending | null;
}

/** News of an endpoint that an event brought. */
export interface EndpointNews {
  readonly endpointName: string;
  readonly isGone: boolean;
  readonly endpointConfigName?: string | undefined;
  readonly tag?: string | undefined;
}

/** Who is enrolled, and what is known of their endpoints. */
export interface FleetItems {
  fleet(): Promise<Fleet>;
  /** The fleet as far as it concerns one endpoint. */
  entry(endpointName: string): Promise<{ readonly entry: FleetEntry; readonly leaving: boolean }>;
  /** Notes from what a target was worked out, once everything that follows from it is done. */
  converged(
    target: ScalableTarget,
    convergence: Convergence,
    endpointConfigName: string | undefined,
  ): Promise<void>;
  /** Takes a target off the list; with it the endpoint, when nothing else is known of it. */
  drop(target: ScalableTarget): Promise<void>;
  /** Stores the value of an endpoint's tag; undefined: it has none. */
  noteTag(endpointName: string, tag: string | undefined): Promise<void>;
  noteNews(news: EndpointNews): Promise<void>;
  /** Notes that an endpoint's enrolments must be worked out again; of one that is not known, nothing. */
  outdate(endpointName: string): Promise<void>;
  /** False when somebody has deleted the table that a leaving stack would note it in. */
  setLeaving(leaving: boolean): Promise<boolean>;
  /** Notes what the account has spent; null: there is no budget. */
  noteAccount(spending: AccountSpending | null): Promise<void>;
}

const FLEET = 'fleet';
const TARGET_PREFIX = 'target:';
/** These sort among the endpoints but cannot be the name of one. */
const LEAVING = '#leaving';
const ACCOUNT = '#account';

const fleetKey = (endpointName: string) => ({ pk: { S: FLEET }, sk: { S: endpointName } });

export function fleetItems(table: ItemTable): FleetItems {
  /** Removes an attribute of an entry, and the entry with its last one. */
  const dropAttribute = async (endpointName: string, attribute: string) => {
    const key = fleetKey(endpointName);
    const left = await table.update({
      key,
      expression: 'REMOVE #attribute',
      names: { '#attribute': attribute },
      condition: 'attribute_exists(pk)',
    });
    if (!left) return;
    const { tag, targets } = fleetEntry(left);
    if (tag === undefined && targets.size === 0) {
      await table.remove(key, 'attribute_not_exists(tag)');
    }
  };

  const outdateIf = (endpointName: string, condition: string, values: Item) =>
    table.update({
      key: fleetKey(endpointName),
      expression: 'ADD news :one',
      values: { ':one': { N: '1' }, ...values },
      condition,
    });

  const outdate = async (endpointName: string) => {
    await outdateIf(endpointName, 'attribute_exists(pk)', {});
  };

  return {
    outdate,

    async fleet() {
      const items = await table.query(FLEET);
      const named = (name: string) => items.find(({ sk }) => sk?.S === name);
      const account = named(ACCOUNT)?.spending?.S;
      return {
        entries: items.filter(({ sk }) => !sk?.S?.startsWith('#')).map(fleetEntry),
        leaving: named(LEAVING) !== undefined,
        account: account === undefined ? null : (JSON.parse(account) as AccountSpending),
      };
    },

    async entry(endpointName) {
      const [item, leaving] = await Promise.all([
        table.get(fleetKey(endpointName)),
        table.get(fleetKey(LEAVING)),
      ]);
      const entry = fleetEntry({ sk: { S: endpointName }, ...item });
      return { entry, leaving: leaving !== undefined };
    },

    async converged(target, convergence, endpointConfigName) {
      const config = endpointConfigName ? ', endpointConfigName = :config' : '';
      await table.update({
        key: fleetKey(target.endpointName),
        expression: `SET #target = :value${config}`,
        names: { '#target': TARGET_PREFIX + target.resourceId },
        values: {
          ':value': { S: JSON.stringify(convergence) },
          ...(endpointConfigName && { ':config': { S: endpointConfigName } }),
        },
      });
    },

    async drop({ endpointName, resourceId }) {
      await dropAttribute(endpointName, TARGET_PREFIX + resourceId);
    },

    async noteTag(endpointName, tag) {
      if (tag === undefined) {
        await dropAttribute(endpointName, 'tag');
        return;
      }
      await table.update({
        key: fleetKey(endpointName),
        expression: 'SET tag = :tag',
        values: { ':tag': { S: tag } },
      });
    },

    async noteNews({ endpointName, isGone, endpointConfigName, tag }) {
      if (isGone) {
        await outdate(endpointName);
        return;
      }
      if (tag !== undefined) {
        await table.update({
          key: fleetKey(endpointName),
          expression: 'SET tag = :tag',
          values: { ':tag': { S: tag } },
          condition: 'attribute_not_exists(tag) OR tag <> :tag',
        });
      }
      if (endpointConfigName !== undefined) {
        const isOther = 'attribute_not_exists(endpointConfigName) OR endpointConfigName <> :config';
        const values = { ':config': { S: endpointConfigName } };
        await outdateIf(endpointName, `attribute_exists(pk) AND (${isOther})`, values);
      }
    },

    async noteAccount(spending) {
      const key = fleetKey(ACCOUNT);
      if (!spending) {
        await table.remove(key);
        return;
      }
      const values = { ':spending': { S: JSON.stringify(spending) } };
      await table.update({ key, expression: 'SET spending = :spending', values });
    },

    async setLeaving(leaving) {
      const key = fleetKey(LEAVING);
      if (!leaving) {
        await table.remove(key);
        return true;
      }
      try {
        const values = { ':true': { BOOL: true } };
        await table.update({ key, expression: 'SET leaving = :true', values });
        return true;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return false;
        throw error;
      }
    },
  };
}

/** What is known of a target whose entry cannot be read: nothing, so that it is worked out again. */
const UNREAD: Convergence = { fingerprint: '', dueAtSeconds: 0 };

/** One entry that is broken must not keep the sweep from all others. */
function convergenceOf(text: string): Convergence {
  try {
    return JSON.parse(text) as Convergence;
  } catch (error) {
    if (error instanceof SyntaxError) return UNREAD;
    throw error;
  }
}

function fleetEntry(item: Item): FleetEntry {
  const targets = new Map<string, Convergence>();
  for (const [name, { S: text }] of Object.entries(item)) {
    const target = name.startsWith(TARGET_PREFIX)
      ? parseResourceId(name.slice(TARGET_PREFIX.length))
      : undefined;
    if (target && text) targets.set(target.resourceId, convergenceOf(text));
  }
  return {
    endpointName: item.sk?.S ?? '',
    tag: item.tag?.S,
    news: Number(item.news?.N ?? 0),
    targets,
  };
}
