import { describe, expect, it } from 'vitest';
import { evaluate, isLike, type Statement } from '../../simulator/account/iam/policy.ts';
import { accessRequests } from '../../simulator/account/iam/requests.ts';

const CONTEXT = { region: 'eu-west-1', accountId: '123456789012' };
const ALARM = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:fast-scaler/a';

const allow = (changes: Partial<Statement> = {}): Statement => ({
  effect: 'Allow',
  actions: ['cloudwatch:PutMetricAlarm'],
  resources: ['*'],
  conditions: {},
  ...changes,
});
const request = { action: 'cloudwatch:PutMetricAlarm', resource: ALARM, context: { key: 'value' } };

describe('a policy', () => {
  it.each<[string, Statement[], boolean]>([
    ['allows nothing without a statement', [], false],
    ['allows what a statement names', [allow()], true],
    ['whatever the case of the action', [allow({ actions: ['CloudWatch:putmetricalarm'] })], true],
    ['not another action', [allow({ actions: ['cloudwatch:DeleteAlarms'] })], false],
    ['an action by wildcard', [allow({ actions: ['cloudwatch:Put*'] })], true],
    ['not what only begins alike', [allow({ actions: ['cloudwatch:Put'] })], false],
    ['a resource by prefix', [allow({ resources: [`${ALARM.slice(0, -1)}*`] })], true],
    ['not a resource of another case', [allow({ resources: [ALARM.toUpperCase()] })], false],
    ['not another resource', [allow({ resources: [`${ALARM}b`] })], false],
    ['one of several resources', [allow({ resources: ['arn:other', ALARM] })], true],
    ['not what another statement denies', [allow(), allow({ effect: 'Deny' })], false],
    [
      'what another statement denies elsewhere',
      [allow(), allow({ effect: 'Deny', resources: ['arn:other'] })],
      true,
    ],
    [
      'under a condition that holds',
      [allow({ conditions: { StringEquals: { key: ['value'] } } })],
      true,
    ],
    [
      'not under one that does not',
      [allow({ conditions: { StringEquals: { key: ['other'] } } })],
      false,
    ],
    [
      'not under one on a key that is missing',
      [allow({ conditions: { StringLike: { no: ['*'] } } })],
      false,
    ],
    [
      'under a negated one on a missing key',
      [allow({ conditions: { StringNotEquals: { no: ['x'] } } })],
      true,
    ],
    [
      'not when one of two conditions fails',
      [allow({ conditions: { StringEquals: { key: ['value'] }, StringLike: { key: ['x*'] } } })],
      false,
    ],
  ])('%s', (_, statements, isAllowed) => {
    expect(evaluate(statements, request).isAllowed).toBe(isAllowed);
  });

  it('with an operator that is not served is an error, not a guess', () => {
    const statement = allow({ conditions: { IpAddress: { key: ['10.0.0.0/8'] } } });
    expect(() => evaluate([statement], request)).toThrow(/IpAddress/);
  });
});

it.each([
  ['abc', 'a*', true],
  ['abc', 'a?c', true],
  ['abbc', 'a?c', false],
  ['a.c', 'a.c', true],
  ['abc', 'a.c', false],
  ['a/b/c', 'a/*', true],
  ['', '*', true],
])('%s like %s: %s', (text, pattern, expected) => {
  expect(isLike(text, pattern)).toBe(expected);
});

describe('a call is judged', () => {
  it.each([
    ['cloudwatch', 'DescribeAlarms', { AlarmNamePrefix: 'fast-scaler/' }, 'alarm:fast-scaler/*'],
    ['cloudwatch', 'DescribeAlarms', {}, 'alarm:*'],
    ['sagemaker', 'DescribeEndpoint', { EndpointName: 'Checkout' }, 'endpoint/checkout'],
    ['ssm', 'GetParameter', { Name: '/fast-scaler/defaults' }, 'parameter/fast-scaler/defaults'],
    ['ssm', 'GetParametersByPath', { Path: '/fast-scaler/' }, 'parameter/fast-scaler'],
    ['sqs', 'SendMessageBatch', { QueueUrl: 'https://sqs/123456789012/Q' }, 'Q'],
    ['dynamodb', 'UpdateItem', { TableName: 'T' }, 'table/T'],
  ])('%s %s by its resource', (service, operation, input, resource) => {
    const [judged] = accessRequests({ service, operation, input }, CONTEXT);
    expect(judged?.resource).toBe(`arn:aws:${service}:eu-west-1:123456789012:${resource}`);
  });

  it('once for each of several resources', () => {
    const call = {
      service: 'cloudwatch',
      operation: 'DeleteAlarms',
      input: { AlarmNames: ['a', 'b'] },
    };
    expect(accessRequests(call, CONTEXT).map(({ resource }) => resource)).toEqual([
      'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a',
      'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:b',
    ]);
  });

  it('never by a guess: a call that nobody said how to judge is an error', () => {
    const call = { service: 's3', operation: 'GetObject', input: {} };
    expect(() => accessRequests(call, CONTEXT)).toThrow(/s3:GetObject/);
  });
});
