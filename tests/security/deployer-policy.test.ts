import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { rightsFor } from '../deploy/deployer-rights.ts';
import { packagedTemplate, type Template, type TemplateResource } from '../deploy/template.ts';

interface Policy {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Action: readonly string[];
    readonly Resource: string | readonly string[];
  }[];
}

const text = readFileSync(new URL('../../docs/deployer-policy.json', import.meta.url), 'utf8');
const { Statement } = JSON.parse(text) as Policy;

/** Characters without white space that IAM takes in a managed policy. */
const MOST_CHARACTERS = 6144;

let template: Template;

beforeAll(async () => {
  template = await packagedTemplate();
});

it('the policy of whoever deploys has what the template takes, and no more', () => {
  const allowed = Statement.flatMap(({ Action }) => Action);
  expect([...allowed].sort()).toEqual([...rightsFor(Object.values(template.Resources))].sort());
});

it('fits into a managed policy', () => {
  expect(text.replace(/\s/g, '').length).toBeLessThanOrEqual(MOST_CHARACTERS);
});

it.each<[what: string, resource: TemplateResource]>([
  ['a type', { Type: 'AWS::EC2::VPC' }],
  ['a property', { Type: 'AWS::SQS::Queue', Properties: { RedriveAllowPolicy: {} } }],
])('%s that nobody looked up is refused', (_, resource) => {
  expect(() => rightsFor([resource])).toThrow(/What does .* take/);
});

const filledIn = (name: unknown) =>
  typeof name === 'string'
    ? name
    : (name as { 'Fn::Sub': string })['Fn::Sub'].replace(/\$\{AWS::Region\}/, 'eu-west-1');

describe('names of the template are within the resources of the policy', () => {
  const ARNS: Readonly<Record<string, [property: string, prefix: string]>> = {
    'AWS::CloudWatch::Alarm': ['AlarmName', 'cloudwatch:eu-west-1:123456789012:alarm:'],
    'AWS::CloudWatch::Dashboard': ['DashboardName', 'cloudwatch::123456789012:dashboard/'],
    'AWS::DynamoDB::Table': ['TableName', 'dynamodb:eu-west-1:123456789012:table/'],
    'AWS::Events::Rule': ['Name', 'events:eu-west-1:123456789012:rule/'],
    'AWS::Lambda::Function': ['FunctionName', 'lambda:eu-west-1:123456789012:function:'],
    'AWS::Logs::LogGroup': ['LogGroupName', 'logs:eu-west-1:123456789012:log-group:'],
  };
  const patterns = Statement.flatMap(({ Resource }) => Resource)
    .filter((pattern) => pattern !== '*')
    .map((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`));

  it.each(Object.entries(ARNS))('%s', (type, [property, prefix]) => {
    const names = Object.values(template.Resources)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => filledIn(Properties?.[property]));
    const outside = names.filter(
      (name) => !patterns.some((pattern) => pattern.test(`arn:aws:${prefix}${name}`)),
    );
    expect(names.length).toBeGreaterThan(0);
    expect(outside).toEqual([]);
  });
});
