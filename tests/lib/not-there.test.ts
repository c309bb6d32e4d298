import { ObjectNotFoundException } from '@aws-sdk/client-application-auto-scaling';
import {
  ConditionalCheckFailedException,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { ParameterNotFound } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { sageMakerEndpoints } from '../../lib/aws/endpoints.ts';
import { fleetItems } from '../../lib/aws/fleet.ts';
import { dynamoItemTable } from '../../lib/aws/item-table.ts';
import { cloudWatchHistory } from '../../lib/aws/metric-history.ts';
import { parameterStore } from '../../lib/aws/parameters.ts';
import { applicationAutoScaling } from '../../lib/aws/scalable-targets.ts';
import { scalingPolicies } from '../../lib/aws/scaling-policies.ts';
import { dynamoStateStore } from '../../lib/aws/state-store.ts';
import { variantTarget } from '../../lib/target.ts';

const TARGET = variantTarget('checkout', 'AllTraffic');
const KEY = { pk: { S: 'a' }, sk: { S: 'b' } };
const RECORD = {
  endpointName: 'checkout',
  version: 1,
  loop: 1,
  targets: [],
  refusals: new Map(),
};

const of = <Fault>(kind: new (input: { message: string; $metadata: object }) => Fault) =>
  new kind({ message: 'no', $metadata: {} });
const noEndpoint = Object.assign(new Error('Could not find endpoint "arn:aws:sagemaker:x".'), {
  name: 'ValidationException',
});
const refused = of(ConditionalCheckFailedException as never);
const missing = of(ObjectNotFoundException as never);

/** What is done, the fault that says that it is not there, and what comes of that. */
type Case = readonly [
  what: string,
  run: (client: never) => Promise<unknown>,
  fault: unknown,
  outcome: unknown,
];

const CASES: readonly Case[] = [
  [
    'an endpoint',
    (client) => sageMakerEndpoints(client).describe('checkout'),
    noEndpoint,
    undefined,
  ],
  [
    'the id of an endpoint',
    (client) => cloudWatchHistory(client, client).endpointId('checkout'),
    noEndpoint,
    undefined,
  ],
  [
    'a parameter',
    (client) => parameterStore(client).read('/p'),
    of(ParameterNotFound as never),
    undefined,
  ],
  [
    'a lease to delete',
    (client) => applicationAutoScaling(client).deleteLease(TARGET),
    missing,
    undefined,
  ],
  [
    'a policy to delete',
    (client) => scalingPolicies(client, async () => {}).delete(TARGET, 'owners'),
    missing,
    undefined,
  ],
  [
    'the table that a leaving stack is noted in',
    (client) => fleetItems(dynamoItemTable(client, () => 'table')).setLeaving(true),
    of(ResourceNotFoundException as never),
    false,
  ],
  [
    'an item under a condition, to change',
    (client) =>
      dynamoItemTable(client, () => 'table').update({ key: KEY, expression: 'SET a = :b' }),
    refused,
    undefined,
  ],
  [
    'an item under a condition, to remove',
    (client) => dynamoItemTable(client, () => 'table').remove(KEY),
    refused,
    false,
  ],
  [
    'what a cycle may claim',
    (client) => dynamoStateStore(client, () => 'table').claim('checkout', { cause: 'event' }, 0, 0),
    refused,
    undefined,
  ],
  [
    'the version that a cycle saves',
    (client) => dynamoStateStore(client, () => 'table').save(RECORD, new Map()),
    refused,
    false,
  ],
];

const failing = (fault: unknown) =>
  ({
    send: async () => {
      throw fault;
    },
  }) as never;

describe('what is not there is no fault', () => {
  it.each(CASES)('%s', async (_, run, fault, outcome) => {
    await expect(run(failing(fault))).resolves.toEqual(outcome);
  });
});

describe('any other fault is one', () => {
  it.each(CASES)('%s', async (_, run) => {
    const fault = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    await expect(run(failing(fault))).rejects.toBe(fault);
  });
});
