// Plays Lambda for one deployed bundle: loads it and runs its handler for each message of the
// parent process, at the time that the message says.
import { createRequire } from 'node:module';

export interface HostRequest {
  readonly event: unknown;
  readonly nowMs: number;
}

export interface HostReply {
  /** What the handler printed. */
  readonly log: string;
  /** What it threw, if it did. */
  readonly error?: string;
  readonly result?: unknown;
}

const RealDate = Date;
let shiftMs = 0;
const now = () => RealDate.now() + shiftMs;

/** The same Date on a clock that the test moves. */
class MovedDate extends RealDate {
  constructor(...args: unknown[]) {
    if (args.length === 0) super(now());
    else super(...(args as [number]));
  }

  static override now(): number {
    return now();
  }
}
globalThis.Date = MovedDate as DateConstructor;

let log = '';
const keep = (text: string | Uint8Array) => {
  log += text;
  return true;
};
process.stdout.write = keep;
process.stderr.write = keep;

const bundle = process.argv[2] ?? '';
const { handler } = createRequire(bundle)(bundle) as {
  handler: (event: unknown, context: object) => Promise<unknown>;
};

const functionName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? '';
let requests = 0;

process.on('message', async ({ event, nowMs }: HostRequest) => {
  shiftMs = nowMs - RealDate.now();
  log = '';
  requests += 1;
  const context = {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}`,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: `request-${requests}`,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => 10_000,
  };
  let outcome: Pick<HostReply, 'result' | 'error'>;
  try {
    outcome = { result: await handler(event, context) };
  } catch (error) {
    outcome = { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
  process.send?.({ ...outcome, log } satisfies HostReply);
});
