import type { Command } from 'commander';
import { isResourceName } from '../lib/target.ts';
import { UsageError } from '../simulator/load/usage-error.ts';
import { USUAL_SERVICE_SECONDS } from '../simulator/plant/usual-service.ts';
import type { Emulator } from '../simulator/server/emulator.ts';
import { helpText } from './operate/help.ts';
import {
  instances,
  leadTime,
  number,
  positive,
  regionName,
  serviceTime,
  wholeFromZero,
} from './options.ts';

const LARGEST_PORT = 65_535;
const MOST_SPEED = 1000;

/** Real time that what is under way has to end by itself. */
const GRACE_MS = 5000;

const VARIANT = 'AllTraffic';

interface Flags {
  readonly port: number;
  readonly host: string;
  readonly region: string;
  readonly speed: number;
  readonly scaler: boolean;
  readonly endpoint?: string;
  readonly enrol?: boolean;
  readonly min: number;
  readonly max: number;
  readonly targetPerInstance: number;
  readonly serviceTime: number;
  readonly leadTime: number;
  readonly queueLimit?: number;
  readonly seed: number;
}

/** Adds the command `emulate`. */
export function registerEmulate(program: Command): void {
  program
    .command('emulate')
    .description('an AWS account on this machine, over HTTP, with the scaler deployed in it')
    .option(
      '--port <n>',
      'port to listen on; 0 takes any free one',
      number(
        `a whole number from 0 to ${LARGEST_PORT}`,
        (n) => Number.isInteger(n) && n >= 0 && n <= LARGEST_PORT,
      ),
      4580,
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--region <name>', 'region of the account', regionName, 'eu-west-1')
    .option(
      '--speed <x>',
      'seconds of the account in a second of yours',
      number(`a number above 0 and up to ${MOST_SPEED}`, (n) => n > 0 && n <= MOST_SPEED),
      1,
    )
    .option('--no-scaler', 'leave the scaler out: the account as it is without it')
    .option('--endpoint <name>', 'have an endpoint ready, under target tracking')
    .option('--enrol', 'have the scaler look after that endpoint')
    .option('--min <n>', 'its MinCapacity', instances, 1)
    .option('--max <n>', 'its MaxCapacity', instances, 20)
    .option(
      '--target-per-instance <n>',
      'invocations a minute that one instance is meant to carry, of every endpoint',
      positive,
      1500,
    )
    .option(
      '--service-time <seconds>',
      'that a request takes on an idle instance',
      serviceTime,
      USUAL_SERVICE_SECONDS,
    )
    .option('--lead-time <seconds>', 'from request to instance in service', leadTime, 180)
    .option('--queue-limit <n>', 'requests that may wait for each instance', wholeFromZero)
    .option('--seed <n>', 'seed of everything left to chance', wholeFromZero, 1)
    .addHelpText(
      'after',
      helpText(
        [
          ['emulate --endpoint checkout --enrol', 'an endpoint that the scaler looks after'],
          ['emulate --endpoint checkout --no-scaler', 'the same under target tracking alone'],
          ['emulate --speed 20', 'an hour of the account in three minutes of yours'],
        ],
        'It prints what to set, for SDKs, boto3, the AWS CLI and the other commands. Ctrl-C stops it.',
      ),
    )
    .action(async (flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  check(flags);
  const emulator = await start(flags);
  process.stdout.write(`${greeting(flags, emulator.url)}\n`);
  const signalled = Promise.withResolvers<void>();
  // They stay: a terminal and a parent process may both pass on the same Ctrl-C.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signalled.resolve());
  try {
    await Promise.race([signalled.promise, emulator.ended]);
  } finally {
    endSoon();
    await emulator.stop();
  }
  process.stdout.write('Stopped.\n');
}

/** Whatever a handler left behind, such as a timer, must not keep a stopped emulator alive. */
function endSoon(): void {
  setTimeout(() => process.exit(), GRACE_MS).unref();
}

function check({ enrol, endpoint, scaler, min, max }: Flags): void {
  if (enrol && endpoint === undefined) {
    throw new UsageError('--enrol needs an endpoint: give its name with --endpoint');
  }
  if (enrol && !scaler) {
    throw new UsageError('--enrol and --no-scaler exclude each other: leave one out');
  }
  if (endpoint !== undefined && !isResourceName(endpoint)) {
    throw new UsageError(
      `--endpoint ${endpoint}: expected 1 to 63 letters, digits and inner hyphens`,
    );
  }
  if (min > max) throw new UsageError(`--min ${min} is above --max ${max}: expected min ≤ max`);
}

async function start(flags: Flags): Promise<Emulator> {
  const { host, port, region, speed, seed, endpoint, enrol, min, max } = flags;
  // A whole account is loaded only once it is known that it will run.
  const { startEmulator } = await import('../simulator/server/emulator.ts');
  try {
    return await startEmulator({
      host,
      port,
      region,
      speed,
      seed,
      startMs: Math.floor(Date.now() / 1000) * 1000,
      withScaler: flags.scaler,
      shape: {
        targetPerInstance: flags.targetPerInstance,
        serviceSeconds: flags.serviceTime,
        leadTimeSeconds: flags.leadTime,
        ...(flags.queueLimit !== undefined && { queueLimitPerInstance: flags.queueLimit }),
      },
      ...(endpoint !== undefined && {
        endpoint: {
          endpointName: endpoint,
          variantName: VARIANT,
          minCapacity: min,
          maxCapacity: max,
          enrolled: enrol ?? false,
        },
      }),
      onTrouble: (message, error) => {
        const reason =
          error === undefined ? '' : `: ${error instanceof Error ? error.stack : error}`;
        process.stderr.write(`fast-scaler: ${message}${reason}\n`);
      },
    });
  } catch (cause) {
    const reason = UNLISTENABLE[(cause as NodeJS.ErrnoException).code ?? ''];
    if (!reason) throw cause;
    throw new UsageError(`cannot listen on ${host}, port ${port}: ${reason}`, { cause });
  }
}

/** Why one cannot listen, by error code. */
const UNLISTENABLE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there; choose another --port, or 0 for any free one',
  EACCES: 'not allowed; choose a --port above 1023',
  EADDRNOTAVAIL: 'this machine has no such address; see --host',
  ENOTFOUND: 'no such address; see --host',
};

function greeting(flags: Flags, url: string): string {
  const { region, speed, endpoint, enrol, scaler, min, max, targetPerInstance } = flags;
  const lines = [
    `The emulated account listens on ${url} (account 123456789012, ${region}, speed ${speed}).`,
    '',
    `  export AWS_ENDPOINT_URL=${url}`,
    `  export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    '  export AWS_ACCESS_KEY_ID=emulated AWS_SECRET_ACCESS_KEY=emulated',
    '',
    'boto3 before 1.28 does not read AWS_ENDPOINT_URL: pass endpoint_url to boto3.client.',
    scaler
      ? 'The scaler is deployed in it: try "npx fast-scaler status".'
      : 'The scaler is not deployed in it.',
  ];
  if (endpoint !== undefined) {
    const enrolment = enrol ? ', enrolled' : '';
    lines.push(
      `Endpoint ${endpoint}, variant ${VARIANT}: Min ${min}, Max ${max}, ` +
        `target tracking at ${targetPerInstance} invocations a minute${enrolment}.`,
    );
  }
  lines.push(`Its state: ${url}/   Stop with Ctrl-C.`);
  return lines.join('\n');
}
