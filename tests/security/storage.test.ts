import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readYaml } from '../../simulator/stack/yaml.ts';

interface PolicyStatement {
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Properties {
  readonly SSESpecification?: { readonly SSEEnabled?: boolean };
  readonly SqsManagedSseEnabled?: boolean;
  readonly KmsMasterKeyId?: unknown;
  readonly EnableKeyRotation?: boolean;
  readonly KeyPolicy?: { readonly Statement: readonly PolicyStatement[] };
  readonly Queues?: readonly { readonly Ref?: string }[];
  readonly Topics?: readonly { readonly Ref?: string }[];
  readonly PolicyDocument?: { readonly Statement: readonly PolicyStatement[] };
}

const FOLDER = fileURLToPath(new URL('../../resources/', import.meta.url));

const resources = readdirSync(FOLDER).flatMap((file) => {
  const template = readYaml(FOLDER + file).content as {
    readonly Resources?: Readonly<Record<string, { Type: string; Properties?: Properties }>>;
  };
  return Object.entries(template.Resources ?? {});
});

const ofType = (...types: readonly string[]) =>
  resources
    .filter(([, { Type }]) => types.includes(Type))
    .map(([id, { Properties = {} }]) => [id, Properties] as const);

const tables = ofType('AWS::DynamoDB::Table');
const queues = ofType('AWS::SQS::Queue');
const topics = ofType('AWS::SNS::Topic');
const policies = ofType('AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy');

it('there is something to look at', () => {
  expect([tables, queues, topics, policies].map(({ length }) => length > 0)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([queues.length > 1, policies.length > 1]).toEqual([true, true]);
});

describe('encryption at rest', () => {
  it.each(tables)('of the table %s', (_, { SSESpecification }) => {
    expect(SSESpecification?.SSEEnabled).toBe(true);
  });

  it.each(queues)('of the queue %s', (_, { SqsManagedSseEnabled, KmsMasterKeyId }) => {
    expect(SqsManagedSseEnabled === true || KmsMasterKeyId !== undefined).toBe(true);
  });
});

describe('encryption of messages', () => {
  it.each(topics)('of the topic %s', (_, { KmsMasterKeyId }) => {
    expect(KmsMasterKeyId).toEqual({ Ref: 'NotificationsKey' });
  });
});

describe('nothing without TLS', () => {
  it.each([...queues, ...topics])('reaches %s', (id) => {
    const guarding = policies.flatMap(([, { Queues = [], Topics = [], PolicyDocument }]) =>
      [...Queues, ...Topics].some(({ Ref }) => Ref === id) ? (PolicyDocument?.Statement ?? []) : [],
    );
    expect(guarding).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: expect.stringMatching(/^(sqs:\*|sns:Publish)$/),
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });
});

describe('the key of the topic', () => {
  const [[, key]] = ofType('AWS::KMS::Key') as [(typeof resources)[number]];
  const [ofAccount, ...others] = (key as Properties).KeyPolicy?.Statement ?? [];

  it('is turned every year', () => {
    expect((key as Properties).EnableKeyRotation).toBe(true);
  });

  it('is up to this account, and beside it CloudWatch alone may use it, for this account', () => {
    expect(JSON.stringify(ofAccount?.Principal)).toMatch(/::\$\{AWS::AccountId\}:root/);
    expect(others).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });
});

describe('the policy of a queue or topic', () => {
  it.each(policies)(
    '%s lets in services only, for this account and this stack',
    (_, properties) => {
      const { Statement = [] } = properties.PolicyDocument ?? {};
      expect(Statement.length).toBeGreaterThan(0);
      for (const { Effect, Principal, Action, Condition = {} } of Statement) {
        if (Effect === 'Deny') continue;
        expect(Principal).toEqual({ Service: expect.stringMatching(/^[a-z]+\.amazonaws\.com$/) });
        for (const action of [Action].flat())
          expect(action).toMatch(/^(sqs:SendMessage|sns:Publish)$/);
        expect(Condition.StringEquals?.['aws:SourceAccount']).toEqual({ Ref: 'AWS::AccountId' });
        const source = JSON.stringify(Condition.ArnLike?.['aws:SourceArn']);
        // A rule or an alarm of this stage of this service, in this region of this account.
        expect(source).toMatch(/\$\{AWS::Region\}:\$\{AWS::AccountId\}:[a-z]+[:/]/);
        expect(source).toMatch(/\$\{self:service\}-\$\{sls:stage\}-/);
      }
    },
  );
});
