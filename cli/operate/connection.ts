import { type Command, Option } from 'commander';
import { isTableMissing } from '../../lib/operate/attempts.ts';
import { type OperatorRuntime, operatorRuntime } from '../../lib/operate/runtime.ts';
import { DEFAULT_STAGE, stackNames } from '../../lib/operate/stack-names.ts';
import { TargetNameError } from '../../lib/operate/target-name.ts';
import { EXIT, Exit } from '../exit.ts';
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
    .option('--region <name>', 'AWS region (else as the AWS CLI finds it)')
    .option('--profile <name>', 'profile of your AWS configuration')
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
  const names = stackNames(flags.stage, flags.table);
  const runtime = operatorRuntime({
    now: surroundings.now,
    sleep: surroundings.sleep,
    names,
    clientConfig: {
      ...(flags.region !== undefined && { region: flags.region }),
      ...(flags.profile !== undefined && { profile: flags.profile }),
      ...surroundings.clientConfig,
    },
  });
  try {
    await work(runtime);
  } catch (error) {
    throw asExit(error, names.table);
  }
}

/** A fault of AWS, or of a name that was given, as the end of a command; anything else is a defect. */
export function asExit(error: unknown, table: string): unknown {
  if (error instanceof TargetNameError) return new Exit(EXIT.usage, error.message);
  if (!(error instanceof Error)) return error;
  const message = explanation(error, table);
  return message === undefined ? error : new Exit(EXIT.aws, message, { cause: error });
}

function explanation(error: Error, table: string): string | undefined {
  const { name, message } = error;
  if (isTableMissing(error)) {
    return `there is no table ${table} in this account and region. Deploy the stack (npx serverless deploy), or name another with --stage, --table or --region.`;
  }
  if (/^AccessDenied|^UnauthorizedOperation|^NotAuthorized/.test(name)) {
    return `AWS denies it: ${message}`;
  }
  if (
    name === 'CredentialsProviderError' ||
    /^(UnrecognizedClient|ExpiredToken|InvalidClientTokenId|InvalidSignature)/.test(name)
  ) {
    return `AWS takes no credentials of yours: ${message.replace(/\.$/, '')}. "aws sts get-caller-identity" must work first.`;
  }
  if (/region is missing/i.test(message)) {
    return 'no AWS region: set AWS_REGION, or give --region.';
  }
  const isFromAws = '$metadata' in error;
  const isNetwork = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)/.test(
    String((error as NodeJS.ErrnoException).code),
  );
  if (!isFromAws && !isNetwork && name !== 'TimeoutError') return undefined;
  return `AWS does not answer as it should: ${name === 'Error' ? '' : `${name}: `}${message}`;
}
