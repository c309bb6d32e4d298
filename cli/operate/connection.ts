import { type Command, Option } from 'commander';
import { isDenied, isTableMissing } from '../../lib/operate/attempts.ts';
import { type OperatorRuntime, operatorRuntime } from '../../lib/operate/runtime.ts';
import { DEFAULT_STAGE, stackNames } from '../../lib/operate/stack-names.ts';
import { TargetNameError } from '../../lib/operate/target-name.ts';
import { EXIT, Exit } from '../exit.ts';
import { given } from '../options.ts';
import { credentialSettings } from './credentials.ts';
import type { Surroundings } from './surroundings.ts';

/** Options that every command has which talks to AWS. */
export interface ConnectionFlags {
  readonly region?: string;
  readonly profile?: string;
  readonly stage: string;
  readonly table?: string;
  readonly json?: boolean;
}

export function withConnection(command: Command): Command {
  return command
    .option('--json', 'print JSON, and nothing else, to standard output')
    .option('--region <name>', 'AWS region (else as the AWS CLI finds it)', given)
    .option('--profile <name>', 'profile of your AWS configuration', given)
    .addOption(
      new Option('--stage <name>', 'stage that the stack was deployed as')
        .env('FAST_SCALER_STAGE')
        .default(DEFAULT_STAGE),
    )
    .addOption(
      new Option('--table <name>', 'the stack’s table, where it has a name of its own').env(
        'FAST_SCALER_TABLE',
      ),
    );
}

/** Runs a command against AWS; what AWS refuses ends it with a message. */
export async function connected(
  surroundings: Surroundings,
  flags: ConnectionFlags,
  work: (runtime: OperatorRuntime) => Promise<void>,
): Promise<void> {
  const region = checkedRegion(flags, surroundings.environment);
  checkEndpointUrls(surroundings.environment);
  const credentials = await credentialSettings(flags.profile, surroundings.environment);
  // A variable that is empty counts as none.
  const names = stackNames(flags.stage || DEFAULT_STAGE, flags.table || undefined);
  const runtime = operatorRuntime({
    now: surroundings.now,
    sleep: surroundings.sleep,
    names,
    clientConfig: {
      ...(region !== undefined && { region }),
      ...credentials,
      ...surroundings.clientConfig,
    },
  });
  try {
    await work(runtime);
  } catch (error) {
    throw asExit(error, names.table, surroundings.environment, region);
  }
}

type Environment = Surroundings['environment'];

/**
 * The region that was given, as the AWS CLI looks for it; the SDK for JavaScript does not know AWS_DEFAULT_REGION. Undefined:
 * perhaps the profile has one. The SDK makes a host name of it, and tells of one that cannot be by a defect of its own.
 */
function checkedRegion(
  { region }: ConnectionFlags,
  { AWS_REGION, AWS_DEFAULT_REGION }: Environment,
): string | undefined {
  const places = [
    ['--region', region],
    ['AWS_REGION', AWS_REGION],
    ['AWS_DEFAULT_REGION', AWS_DEFAULT_REGION],
  ] as const;
  const [from, name] = places.find(([, value]) => value !== undefined) ?? [];
  if (name === '') throw new Exit(EXIT.usage, `${from} is empty: set it, or give --region.`);
  if (name === undefined || /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return name;
  throw new Exit(EXIT.usage, `${from} ${name} names no region: expected one such as eu-west-1.`);
}

function checkEndpointUrls(environment: Environment): void {
  for (const [name, url] of endpointUrls(environment)) {
    if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) continue;
    const guess = `http://${url}`;
    const instead = !url.includes('//') && URL.canParse(guess) ? guess : 'http://127.0.0.1:4580';
    throw new Exit(EXIT.usage, `${name} is ${url}: expected a URL such as ${instead}.`);
  }
}

/** Where the SDK is told to find AWS: for all services, or for one of them. */
function endpointUrls(environment: Environment): [name: string, url: string][] {
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return [];
  return Object.entries(environment).flatMap(([name, url]): [string, string][] =>
    /^AWS_ENDPOINT_URL(_|$)/.test(name) && url ? [[name, url]] : [],
  );
}

/** A fault of AWS, or of a name that was given, as the end of a command; anything else is a defect. */
export function asExit(
  error: unknown,
  table: string,
  environment: Environment = {},
  region = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION,
): unknown {
  if (error instanceof TargetNameError) return new Exit(EXIT.usage, error.message);
  if (!(error instanceof Error)) return error;
  const profile = faultOfProfile(error);
  if (profile !== undefined) return new Exit(EXIT.usage, profile, { cause: error });
  const message = explanation(error, table, environment, region);
  return message === undefined ? error : new Exit(EXIT.aws, message, { cause: error });
}

/** What the options and the environment say was looked at before; this stands in the user's profile. */
function faultOfProfile(error: Error & { code?: unknown; input?: unknown }): string | undefined {
  const { message, code, input } = error;
  if (/^Region not accepted/.test(message)) {
    return `the region of your AWS profile cannot be used: ${message}`;
  }
  if (code !== 'ERR_INVALID_URL') return undefined;
  return `the endpoint_url of your AWS profile is ${input}: expected a URL such as http://127.0.0.1:4580.`;
}

function explanation(
  error: Error,
  table: string,
  environment: Environment,
  region: string | undefined,
): string | undefined {
  const { name, message } = error;
  if (isTableMissing(error)) {
    const deploy = `npx serverless deploy${region ? ` --region ${region}` : ''}`;
    return `there is no table ${table} in this account and region. Deploy the stack (${deploy}), or name another with --stage, --table or --region.`;
  }
  if (isDenied(error)) return `AWS denies it: ${message}`;
  if (/Credential should be scoped to a valid region/.test(message)) {
    return `AWS takes no request for this region: ${message.replace(/\.$/, '')}. Name another with AWS_REGION or --region.`;
  }
  const isNone = name === 'CredentialsProviderError';
  if (
    isNone ||
    /^(UnrecognizedClient|ExpiredToken|InvalidClientTokenId|InvalidSignature)/.test(name)
  ) {
    const what = isNone ? 'no AWS credentials' : 'AWS refuses your credentials';
    return `${what}: ${message.replace(/\.$/, '')}. "aws sts get-caller-identity" must work first.`;
  }
  if (/region is missing/i.test(message)) {
    return 'no AWS region: set AWS_REGION, or give --region.';
  }
  const isFromAws = '$metadata' in error;
  const code = String((error as NodeJS.ErrnoException).code);
  const urls = endpointUrls(environment);
  if (code === 'ECONNREFUSED' && urls.length > 0) {
    const where = urls.map(([key, url]) => `${url} (${key})`).join(' or ');
    return `nothing listens at ${where}. Is "fast-scaler emulate" running there?`;
  }
  const isNetwork = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)/.test(code);
  if (!isFromAws && !isNetwork && name !== 'TimeoutError') return undefined;
  // An attempt at several addresses fails with an error without a message.
  const what = message === '' ? code : message;
  return `AWS does not answer as it should: ${name === 'Error' ? '' : `${name}: `}${what}`;
}
