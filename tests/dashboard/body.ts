import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readYaml } from '../../simulator/stack/yaml.ts';
import { FUNCTIONS } from '../../tools/serverless.ts';

const root = resolve(import.meta.dirname, '../..');

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** All resources of the stack by logical id: those of the files, and the functions. */
export function stackResources(): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource>();
  for (const file of readdirSync(join(root, 'resources'))) {
    const { Resources = {} } = readYaml(join(root, 'resources', file)).content as {
      Resources?: Record<string, Resource>;
    };
    for (const [id, resource] of Object.entries(Resources)) found.set(id, resource);
  }
  for (const name of FUNCTIONS) {
    const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction`;
    found.set(id, { Type: 'AWS::Lambda::Function' });
  }
  return found;
}

const KNOWN: Readonly<Record<string, string>> = {
  'self:service': 'sagemaker-fast-scaler',
  'sls:stage': 'prod',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '123456789012',
};

const filledIn = (text: string) =>
  text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => KNOWN[name] ?? whole);

/** ARNs of the stack's own alarms. */
export function alarmArns(resources: ReadonlyMap<string, Resource>): ReadonlySet<string> {
  const names = [...resources.values()].flatMap(({ Type, Properties }) =>
    Type === 'AWS::CloudWatch::Alarm' ? [filledIn(String(Properties?.AlarmName))] : [],
  );
  return new Set(names.map((name) => `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`));
}

/**
 * The dashboard's body with every variable filled in: a function's name is its logical id, a queue's
 * likewise.
 * @throws {Error} for a variable that names nothing in the stack
 */
export function dashboardBody(resources: ReadonlyMap<string, Resource>): unknown {
  const { DashboardBody } = (resources.get('Dashboard')?.Properties ?? {}) as {
    DashboardBody?: { 'Fn::Sub': string };
  };
  if (!DashboardBody) throw new Error('the stack has no dashboard');
  const text = filledIn(DashboardBody['Fn::Sub']).replace(
    /\$\{([^}]+)\}/g,
    (_, variable: string) => {
      const [id = '', attribute] = variable.split('.');
      const type = resources.get(id)?.Type;
      if (type === 'AWS::SQS::Queue' && attribute === 'QueueName') return id;
      if (type === 'AWS::Lambda::Function' && attribute === undefined) return id;
      throw new Error(`\${${variable}} names nothing that the stack has`);
    },
  );
  return JSON.parse(text);
}
