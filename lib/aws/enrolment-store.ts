import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Convergence, Enrolment, Refusal } from '../enrolment/types.ts';
import { parseResourceId, type ScalableTarget } from '../target.ts';
import {
  attributeOf,
  type EndpointRecord,
  endpointKey,
  endpointRecord,
  type Item,
  stateText,
} from './endpoint-item.ts';

/** What is known of an endpoint without reading its item. */
export interface FleetEntry {
  readonly endpointName: string;
  /** Value of the endpoint's tag, as last seen. */
  readonly tag: string | undefined;
  /** True when an event said that the endpoint is no longer what its enrolment was worked out from. */
  readonly outdated: boolean;
  /** By resource id: the targets that are enrolled or were refused. */
  readonly targets: ReadonlyMap<string, Convergence>;
}

/** Everything that is enrolled. */
export interface Fleet {
  readonly entries: readonly FleetEntry[];
  /** True from the moment at which the stack is being deleted: nothing may be enrolled any more. */
  readonly leaving: boolean;
}

/** News of an endpoint that an event brought. */
export interface EndpointNews {
  readonly endpointName: string;
  readonly isGone: boolean;
  readonly endpointConfigName?: string | undefined;
  readonly tag?: string | undefined;
}

/** Who is enrolled and with what, in the table of the states. */
export interface EnrolmentStore {
  fleet(): Promise<Fleet>;
  /** The fleet as far as it concerns one endpoint. */
  entry(endpointName: string): Promise<{ readonly entry: FleetEntry; readonly leaving: boolean }>;
  read(endpointName: string): Promise<EndpointRecord>;
  /** Puts an enrolment in force; makes the endpoint's item when there is none. */
  enrol(target: ScalableTarget, enrolment: Enrolment): Promise<void>;
  /** Notes why an input was not taken; what is in force stays so. */
  refuse(target: ScalableTarget, refusal: Refusal): Promise<void>;
  /** Notes from what a target was worked out, once everything that follows from it is done. */
  converged(
    target: ScalableTarget,
    convergence: Convergence,
    endpointConfigName: string | undefined,
  ): Promise<void>;
  /** Forgets a target, its state and, after the last one, the endpoint. */
  forget(target: ScalableTarget): Promise<void>;
  /** Stores the value of an endpoint's tag; undefined: it has none. */
  noteTag(endpointName: string, tag: string | undefined): Promise<void>;
  noteNews(news: EndpointNews): Promise<void>;
  setLeaving(leaving: boolean): Promise<void>;
  /**
   * Reserves the next free slot in a line that moves at a fixed pace.
   * @returns when it may be used, epoch milliseconds; undefined when that is later than `latestMs`
   */
  reserve(
    line: string,
    gapMs: number,
    nowMs: number,
    latestMs: number,
  ): Promise<number | undefined>;
}

const FLEET = 'fleet';
const TARGET_PREFIX = 'target:';
/** Sorts among the endpoints but cannot be the name of one. */
const LEAVING = '#leaving';
/** Attempts to change an item that cycles write too. */
const ATTEMPTS = 5;

const fleetKey = (endpointName: string) => ({ pk: { S: FLEET }, sk: { S: endpointName } });

export function dynamoEnrolmentStore(
  client: DynamoDBClient,
  tableName: () => string,
): EnrolmentStore {
  const read = async (endpointName: string) => {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tableName(),
        Key: endpointKey(endpointName),
        ConsistentRead: true,
      }),
    );
    return endpointRecord(endpointName, Item ?? {});
  };

  /** UpdateItem; undefined when its condition does not hold. */
  const update = async (
    Key: Item,
    UpdateExpression: string,
    names: Record<string, string>,
    values: Item,
    condition?: string,
  ): Promise<Item | undefined> => {
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: tableName(),
          Key,
          UpdateExpression,
          ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
          ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
          ...(condition !== undefined && { ConditionExpression: condition }),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };

  const remove = async (Key: Item, condition: string, values: Item) => {
    try {
      await client.send(
        new DeleteItemCommand({
          TableName: tableName(),
          Key,
          ConditionExpression: condition,
          ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const setOnEndpoint = (target: ScalableTarget, change: string, names: string[], value: Item) =>
    update(
      endpointKey(target.endpointName),
      `SET version = if_not_exists(version, :zero) + :one, ${change}`,
      Object.fromEntries(names.map((name, i) => [`#n${i}`, name])),
      { ':zero': { N: '0' }, ':one': { N: '1' }, ...value },
    );

  const forgetState = async (target: ScalableTarget) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const record = await read(target.endpointName);
      const others = record.targets.filter((each) => each.target.resourceId !== target.resourceId);
      const refused = [...record.refusals.keys()].filter((id) => id !== target.resourceId);
      const values = { ':version': { N: String(record.version) } };
      const key = endpointKey(target.endpointName);
      if (others.length === 0 && refused.length === 0) {
        const condition = 'attribute_not_exists(version) OR version = :version';
        if (await remove(key, condition, values)) return;
        continue;
      }
      const states = new Map(others.map((each) => [each.target.resourceId, each.state]));
      const done = await update(
        key,
        'SET #state = :state, version = :next REMOVE #enrolment, #refusal',
        {
          '#state': 'state',
          '#enrolment': attributeOf('enrolment', target),
          '#refusal': attributeOf('refusal', target),
        },
        {
          ...values,
          ':state': { S: stateText(states) },
          ':next': { N: String(record.version + 1) },
        },
        'version = :version',
      );
      if (done) return;
    }
    throw new Error(`The state of ${target.resourceId} kept changing and could not be removed.`);
  };

  /** Removes an attribute of a fleet entry, and the entry with its last one. */
  const dropFromFleet = async (endpointName: string, attribute: string) => {
    const left = await update(
      fleetKey(endpointName),
      'REMOVE #attribute',
      { '#attribute': attribute },
      {},
      'attribute_exists(pk)',
    );
    if (!left) return;
    const { tag, targets } = fleetEntry(left);
    if (tag === undefined && targets.size === 0) {
      await remove(fleetKey(endpointName), 'attribute_not_exists(tag)', {});
    }
  };

  return {
    async fleet() {
      const entries: FleetEntry[] = [];
      let leaving = false;
      let ExclusiveStartKey: Item | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName(),
            KeyConditionExpression: 'pk = :fleet',
            ExpressionAttributeValues: { ':fleet': { S: FLEET } },
            ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
          }),
        );
        for (const item of page.Items ?? []) {
          if (item.sk?.S === LEAVING) leaving = true;
          else entries.push(fleetEntry(item));
        }
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return { entries, leaving };
    },

    async entry(endpointName) {
      const get = async (sk: string) => {
        const { Item } = await client.send(
          new GetItemCommand({ TableName: tableName(), Key: fleetKey(sk), ConsistentRead: true }),
        );
        return Item;
      };
      const [item, leaving] = await Promise.all([get(endpointName), get(LEAVING)]);
      const entry = fleetEntry({ sk: { S: endpointName }, ...item });
      return { entry, leaving: leaving !== undefined };
    },

    read,

    async enrol(target, enrolment) {
      const names = [attributeOf('enrolment', target), attributeOf('refusal', target)];
      const value = { ':value': { S: JSON.stringify(enrolment) } };
      await setOnEndpoint(target, '#n0 = :value REMOVE #n1', names, value);
    },

    async refuse(target, refusal) {
      const value = { ':value': { S: JSON.stringify(refusal) } };
      await setOnEndpoint(target, '#n0 = :value', [attributeOf('refusal', target)], value);
    },

    async converged(target, convergence, endpointConfigName) {
      await update(
        fleetKey(target.endpointName),
        `SET #target = :value${endpointConfigName ? ', endpointConfigName = :config' : ''} REMOVE outdated`,
        { '#target': TARGET_PREFIX + target.resourceId },
        {
          ':value': { S: JSON.stringify(convergence) },
          ...(endpointConfigName && { ':config': { S: endpointConfigName } }),
        },
      );
    },

    async forget(target) {
      await forgetState(target);
      await dropFromFleet(target.endpointName, TARGET_PREFIX + target.resourceId);
    },

    async noteTag(endpointName, tag) {
      if (tag === undefined) {
        await dropFromFleet(endpointName, 'tag');
        return;
      }
      await update(fleetKey(endpointName), 'SET tag = :tag', {}, { ':tag': { S: tag } });
    },

    async noteNews({ endpointName, isGone, endpointConfigName, tag }) {
      const key = fleetKey(endpointName);
      const outdate = (condition: string, values: Item) =>
        update(key, 'SET outdated = :true', {}, { ':true': { BOOL: true }, ...values }, condition);
      if (isGone) {
        await outdate('attribute_exists(pk)', {});
        return;
      }
      if (tag !== undefined) {
        const isNew = 'attribute_not_exists(tag) OR tag <> :tag';
        await update(key, 'SET tag = :tag', {}, { ':tag': { S: tag } }, isNew);
      }
      if (endpointConfigName !== undefined) {
        const isOther = 'attribute_not_exists(endpointConfigName) OR endpointConfigName <> :config';
        const values = { ':config': { S: endpointConfigName } };
        await outdate(`attribute_exists(pk) AND (${isOther})`, values);
      }
    },

    async setLeaving(leaving) {
      const Key = fleetKey(LEAVING);
      if (leaving) await update(Key, 'SET leaving = :true', {}, { ':true': { BOOL: true } });
      else await client.send(new DeleteItemCommand({ TableName: tableName(), Key }));
    },

    async reserve(line, gapMs, nowMs, latestMs) {
      const key = { pk: { S: 'line' }, sk: { S: line } };
      const number = (value: number) => ({ N: String(value) });
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        // The line is free: it begins anew with this slot.
        const first = await update(
          key,
          'SET nextMs = :next',
          {},
          { ':next': number(nowMs + gapMs), ':now': number(nowMs) },
          'attribute_not_exists(nextMs) OR nextMs <= :now',
        );
        if (first) return nowMs;
        const queued = await update(
          key,
          'SET nextMs = nextMs + :gap',
          {},
          { ':gap': number(gapMs), ':now': number(nowMs), ':latest': number(latestMs) },
          'nextMs > :now AND nextMs <= :latest',
        );
        if (queued) return Number(queued.nextMs?.N) - gapMs;
      }
      return undefined;
    },
  };
}

function fleetEntry(item: Item): FleetEntry {
  const targets = new Map<string, Convergence>();
  for (const [name, { S: text }] of Object.entries(item)) {
    const target = name.startsWith(TARGET_PREFIX)
      ? parseResourceId(name.slice(TARGET_PREFIX.length))
      : undefined;
    if (target && text) targets.set(target.resourceId, JSON.parse(text) as Convergence);
  }
  return {
    endpointName: item.sk?.S ?? '',
    tag: item.tag?.S,
    outdated: item.outdated?.BOOL === true,
    targets,
  };
}
