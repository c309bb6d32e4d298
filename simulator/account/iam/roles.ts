import { dirname, join } from 'node:path';
import { fileReference, readYaml } from '../../stack/yaml.ts';
import type { CallContext } from '../service.ts';
import type { AccessRequest, Statement } from './policy.ts';

/** A statement with the place where it stands. */
export interface RoleStatement extends Statement {
  readonly id: string;
  /** Name of the policy that it belongs to. */
  readonly policy: string;
}

/** The role of a function. */
export interface FunctionRole {
  readonly arn: string;
  readonly statements: readonly RoleStatement[];
  /** What the Lambda service itself does with the role. */
  readonly usedByLambda: readonly AccessRequest[];
}

interface Template {
  readonly Resources?: Readonly<Record<string, { Type: string; Properties?: unknown }>>;
}

interface Service {
  readonly service: string;
  readonly functions: Readonly<Record<string, FunctionDefinition>>;
  readonly resources: readonly unknown[];
}

interface FunctionDefinition {
  readonly role: unknown;
  readonly destinations?: { readonly onFailure?: { readonly arn: unknown } };
  readonly events?: readonly { readonly sqs?: { readonly arn: unknown } }[];
}

interface RoleProperties {
  /** Each as it is, or as a reference to the file that it stands in. */
  readonly Policies: readonly (Policy | string)[];
}

interface Policy {
  readonly PolicyName: string;
  readonly PolicyDocument: { readonly Statement: readonly WireStatement[] };
}

interface WireStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The stage that serverless.yml deploys to when none is given. */
const STAGE = 'prod';

/** What a log stream may be called. */
const LOG_STREAM = 'log-stream:2026/01/05/[$LATEST]0';

/** ARNs of a stack's resources, by type; the embedded account names them by their logical ids. */
const ARNS: Readonly<Record<string, string>> = {
  'AWS::KMS::Key': 'kms:{place}:key/{id}',
  'AWS::DynamoDB::Table': 'dynamodb:{place}:table/{id}',
  'AWS::SQS::Queue': 'sqs:{place}:{id}',
  'AWS::SNS::Topic': 'sns:{place}:{id}',
};

/**
 * The roles of a service's functions, by the functions' keys, as they would be deployed to an
 * embedded account.
 * @param path of `serverless.yml`; its resources may stand in files of their own
 */
export function readRoles(path: string, context: CallContext): Map<string, FunctionRole> {
  const service = readYaml(path).content as Service;
  const resources = resourcesOf(path, service);
  const values = new Resolver(service.service, resources, context);
  const policiesOf = policyReader(path);
  const roles = new Map<string, FunctionRole>();
  for (const [name, definition] of Object.entries(service.functions)) {
    const logicalId = /\$\{(\w+)\.Arn\}/.exec(JSON.stringify(definition.role ?? ''))?.[1] ?? '';
    const role = resources.get(logicalId);
    if (role?.Type !== 'AWS::IAM::Role') {
      throw new Error(`${path}: functions.${name}.role: "${logicalId}" is no role of this stack`);
    }
    const functionName = `${service.service}-${STAGE}-${name}`;
    roles.set(name, {
      arn: `arn:aws:sts::${context.accountId}:assumed-role/${logicalId}/${functionName}`,
      statements: statementsOf(logicalId, policiesOf(role.Properties as RoleProperties), values),
      usedByLambda: lambdaRequests(functionName, definition, values, context),
    });
  }
  return roles;
}

function resourcesOf(path: string, { resources }: Service) {
  const found = new Map<string, { Type: string; Properties?: unknown }>();
  for (const part of resources) {
    const file = fileReference(part)?.path;
    const template = (file ? readYaml(join(dirname(path), file)).content : part) as Template | null;
    for (const [id, resource] of Object.entries(template?.Resources ?? {})) found.set(id, resource);
  }
  return found;
}

/** Finds the policies of a role; each file that they stand in is read once. */
function policyReader(path: string): (role: RoleProperties) => Policy[] {
  const files = new Map<string, Readonly<Record<string, Policy>>>();
  const referenced = (text: string): Policy => {
    const { path: name = '', key = '' } = fileReference(text) ?? {};
    const file = files.get(name) ?? readYaml(join(dirname(path), name)).content;
    files.set(name, file as Readonly<Record<string, Policy>>);
    const policy = files.get(name)?.[key];
    if (!policy) throw new Error(`${path}: there is no policy "${text}"`);
    return policy;
  };
  return ({ Policies }) =>
    Policies.map((policy) => (typeof policy === 'string' ? referenced(policy) : policy));
}

function statementsOf(
  role: string,
  policies: readonly Policy[],
  values: Resolver,
): RoleStatement[] {
  return policies.flatMap(({ PolicyName, PolicyDocument }) =>
    PolicyDocument.Statement.map((statement, i) => ({
      id: `${role}/${PolicyName}/${i}`,
      policy: PolicyName,
      effect: statement.Effect,
      actions: [statement.Action].flat().map(String),
      resources: [statement.Resource].flat().map((value) => values.text(value)),
      conditions: Object.fromEntries(
        Object.entries(statement.Condition ?? {}).map(([operator, keys]) => [
          operator,
          Object.fromEntries(
            Object.entries(keys).map(([key, value]) => [
              key,
              [value].flat().map((each) => values.text(each)),
            ]),
          ),
        ]),
      ),
    })),
  );
}

/** Logs, the queue that triggers the function, and the one that takes what it could not handle. */
function lambdaRequests(
  functionName: string,
  { destinations, events = [] }: FunctionDefinition,
  values: Resolver,
  { region, accountId }: CallContext,
): AccessRequest[] {
  const log = `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${functionName}:${LOG_STREAM}`;
  const request = (action: string, resource: string) => ({ action, resource, context: {} });
  const failures = destinations?.onFailure ? [values.text(destinations.onFailure.arn)] : [];
  const queues = events.flatMap(({ sqs }) => (sqs ? [values.text(sqs.arn)] : []));
  return [
    request('logs:CreateLogStream', log),
    request('logs:PutLogEvents', log),
    ...failures.map((queue) => request('sqs:SendMessage', queue)),
    ...queues.flatMap((queue) => [
      request('sqs:ReceiveMessage', queue),
      request('sqs:DeleteMessage', queue),
      request('sqs:GetQueueAttributes', queue),
    ]),
  ];
}

/** Resolves what a deployment would: `!Sub`, `!GetAtt … .Arn`, `!Ref`, and the deploy tool's variables. */
class Resolver {
  readonly #service: string;
  readonly #resources: ReadonlyMap<string, { readonly Type: string }>;
  readonly #context: CallContext;

  constructor(
    service: string,
    resources: ReadonlyMap<string, { readonly Type: string }>,
    context: CallContext,
  ) {
    this.#service = service;
    this.#resources = resources;
    this.#context = context;
  }

  text(value: unknown): string {
    if (typeof value === 'string') return this.#substitute(value);
    const [name, argument] = Object.entries(value as object)[0] ?? [];
    if (name === 'Fn::Sub') return this.#substitute(String(argument));
    if (name === 'Ref') return this.#name(String(argument));
    if (name === 'Fn::GetAtt') return this.#name([argument].flat().join('.'));
    throw new Error(`${JSON.stringify(value)} cannot be resolved here`);
  }

  #substitute(text: string): string {
    return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => this.#name(name));
  }

  #name(name: string): string {
    const { region, accountId } = this.#context;
    const known: Readonly<Record<string, string>> = {
      'AWS::Partition': 'aws',
      'AWS::Region': region,
      'AWS::AccountId': accountId,
      'self:service': this.#service,
      'sls:stage': STAGE,
    };
    if (known[name] !== undefined) return known[name];
    const id = name.replace(/\.Arn$/, '');
    const form = ARNS[this.#resources.get(id)?.Type ?? ''];
    if (!form) throw new Error(`\${${name}} cannot be resolved here`);
    return `arn:aws:${form.replace('{place}', `${region}:${accountId}`).replace('{id}', id)}`;
  }
}
