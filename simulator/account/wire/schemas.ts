import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import type { AwsError } from '../service.ts';
import { SERVICES } from './services.ts';

/** What a client package exports besides its client: the schema of each shape, named `Shape$`. */
type Schemas = Readonly<Record<string, unknown>>;

/**
 * The API models of the services, from their SDK clients. Loaded when first needed: calls in AWS
 * JSON that succeed do without, unless the types of their input are checked.
 */
const LOADERS: Readonly<Record<string, () => Promise<Schemas>>> = {
  'application-auto-scaling': () => import('@aws-sdk/client-application-auto-scaling'),
  cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
  dynamodb: () => import('@aws-sdk/client-dynamodb'),
  eventbridge: () => import('@aws-sdk/client-eventbridge'),
  sagemaker: () => import('@aws-sdk/client-sagemaker'),
  'service-quotas': () => import('@aws-sdk/client-service-quotas'),
  sns: () => import('@aws-sdk/client-sns'),
  sqs: () => import('@aws-sdk/client-sqs'),
  ssm: () => import('@aws-sdk/client-ssm'),
};

const STATIC_OPERATION = 9;
const STATIC_ERROR = -3;

/** Input and output of an operation; undefined: the service's model does not have it. */
export async function operationSchemas(
  service: string,
  operation: string,
): Promise<{ readonly input: NormalizedSchema; readonly output: NormalizedSchema } | undefined> {
  const schemas = await load(service);
  const name = `${operation}$`;
  const schema = schemas && Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (!isStatic(schema, STATIC_OPERATION)) return undefined;
  const [, , , , input, output] = schema as StaticOperationSchema;
  return { input: NormalizedSchema.of(input), output: NormalizedSchema.of(output) };
}

/** The shape of an error that the account names by its shape or by its code in the query protocol. */
export async function shapeName(service: string | undefined, code: string): Promise<string> {
  return (await findError(service, code))?.name ?? code;
}

/** The code of an error in the query protocol. */
export async function queryErrorCode(service: string | undefined, code: string): Promise<string> {
  return (await findError(service, code))?.queryCode ?? code;
}

/**
 * The header by which services that once had the query protocol only tell its error code; clients
 * show that code still.
 */
export async function queryErrorHeader(
  service: string | undefined,
  error: AwsError,
): Promise<Record<string, string>> {
  if (service === undefined || !hasQueryCodes(service)) return {};
  const code = await queryErrorCode(service, error.code);
  const side = error.statusCode < 500 ? 'Sender' : 'Receiver';
  return { 'x-amzn-query-error': `${code};${side}` };
}

interface ErrorNames {
  readonly name: string;
  readonly queryCode: string;
}

async function findError(service: string | undefined, code: string) {
  const errors = service === undefined ? [] : await errorNames(service);
  return (
    errors.find(({ name }) => name === code) ?? errors.find(({ queryCode }) => queryCode === code)
  );
}

const errorsByService = new Map<string, readonly ErrorNames[]>();

async function errorNames(service: string): Promise<readonly ErrorNames[]> {
  const known = errorsByService.get(service);
  if (known) return known;
  const schemas = await (hasQueryCodes(service) ? load(service) : undefined);
  const errors = Object.values(schemas ?? {})
    .filter((schema) => isStatic(schema, STATIC_ERROR))
    .map((schema) => {
      const [, , name] = schema as StaticErrorSchema;
      const traits = NormalizedSchema.of(schema as StaticErrorSchema).getMergedTraits();
      const [queryCode = name] = (traits.awsQueryError ?? []) as [code?: string, status?: number];
      return { name, queryCode };
    });
  errorsByService.set(service, errors);
  return errors;
}

/** Errors of the other services have one name, which is the account's. */
function hasQueryCodes(service: string): boolean {
  return SERVICES.some(({ name, query }) => name === service && query !== undefined);
}

async function load(service: string): Promise<Schemas | undefined> {
  return LOADERS[service]?.();
}

function isStatic(schema: unknown, kind: number): boolean {
  return Array.isArray(schema) && schema[0] === kind;
}
