import type { EmbeddedAccount } from '../account/account.ts';
import type { VirtualClock } from '../account/clock.ts';
import { AwsError, type AwsService } from '../account/service.ts';
import type { Random } from '../plant/random.ts';
import { AnswerLost, INJECTED } from './faults.ts';
import type { Invocations } from './invocations.ts';
import type { StormKind } from './kinds.ts';
import type { Storms } from './storms.ts';

/** How long a call takes to reach its service, milliseconds; what is left of it is not worth a wait. */
const LATENCY_MS = { least: 5, most: 40 };
const SLOWEST_MS = 3000;

const WRITES = [
  'DynamoDB_20120810.UpdateItem',
  'DynamoDB_20120810.PutItem',
  'DynamoDB_20120810.DeleteItem',
];

type RequestHandler = ReturnType<EmbeddedAccount['requestHandler']>;

export interface CallFaultOptions {
  readonly account: EmbeddedAccount;
  readonly sqs: AwsService;
  readonly clock: VirtualClock;
  readonly storms: Storms;
  readonly invocations: Invocations;
  /** For the ordinary latency. */
  readonly random: Random;
}

/**
 * The way from the functions to the account: calls take time, so that functions meet each other and
 * the owner between any two of them, and what can go wrong on the way goes wrong as the storms say.
 */
export function faultyRequestHandler(options: CallFaultOptions): RequestHandler {
  const { account, clock, storms, invocations, random } = options;
  const strike = (kind: StormKind): Random | undefined => {
    const chance = storms.strike(kind);
    if (chance) invocations.hit();
    return chance;
  };
  account.intercept(async ({ service, operation, input }) => {
    invocations.requireAlive();
    const slow = strike('call-slow');
    const { least, most } = LATENCY_MS;
    await clock.sleep(Math.ceil(slow ? slow() * SLOWEST_MS : least + random() * (most - least)));
    const what = `${service}:${operation} ${INJECTED}`;
    if (strike('call-throttled'))
      throw new AwsError('ThrottlingException', `Rate exceeded: ${what}`);
    if (strike('call-failed'))
      throw new AwsError('InternalFailure', `Internal error: ${what}`, 500);
    if (operation === 'SendMessage' && strike('message-duplicated')) {
      await account.perform(options.sqs, operation, input);
    }
  });
  const inner = account.requestHandler();
  return {
    ...inner,
    async handle(request) {
      const answer = await inner.handle(request);
      const target = request.headers['x-amz-target'] ?? '';
      const isWrite = WRITES.includes(target);
      if ((isWrite && strike('write-ack-lost')) || strike('call-timed-out')) {
        throw new AnswerLost(`No answer from ${target} ${INJECTED}.`);
      }
      return answer;
    },
  };
}
