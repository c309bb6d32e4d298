import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { OutcomeUnknown, sendAtMostOnce } from '../../client/at-most-once.ts';
import { type Answer, clientConfig } from './fakes.ts';

const command = () => new PutMetricDataCommand({ Namespace: 'FastScaler/Client', MetricData: [] });

/** What the call rejected with, unless it did not. */
const rejection = (sending: Promise<void>) =>
  sending.then(
    () => undefined,
    (error: unknown) => error,
  );

const fault = (properties: object) => Object.assign(new Error('no'), properties);
const UNREACHABLE = fault({ code: 'ECONNREFUSED', syscall: 'connect' });
const LOST = fault({ code: 'ECONNRESET', syscall: 'read' });
const TIMEOUT = fault({ name: 'TimeoutError' });
const THROTTLED: Answer = { status: 400, error: 'ThrottlingException' };
const DENIED: Answer = { status: 403, error: 'AccessDenied' };

describe('a client of the SDK, which may try three times', () => {
  it.each<[string, (Answer | Error)[], number, 'done' | 'refused' | 'unknown']>([
    ['that refuses', [DENIED], 1, 'refused'],
    ['that throttles and then refuses', [THROTTLED, DENIED], 2, 'refused'],
    ['that is not reached and then refuses', [UNREACHABLE, DENIED], 2, 'refused'],
    ['that is not reached at all', [UNREACHABLE, UNREACHABLE, UNREACHABLE], 3, 'refused'],
    ['that does not answer in time', [TIMEOUT], 1, 'unknown'],
    ['whose connection is lost', [LOST], 1, 'unknown'],
    ['that throttles and is lost then', [THROTTLED, LOST], 2, 'unknown'],
    ['that fails inside', [{ status: 500, error: 'InternalFailure' }], 1, 'unknown'],
    ['that is overloaded', [{ status: 503, error: 'ServiceUnavailable' }], 1, 'unknown'],
    ['that answers nonsense', [{ body: 'nonsense' }], 1, 'unknown'],
  ])('%s', async (_, answers, attempts, expected) => {
    let asked = 0;
    // What comes after the answers given would be taken for a refusal, but for the count.
    const config = clientConfig(() => answers[asked++] ?? DENIED, 3);
    const error = await rejection(sendAtMostOnce(new CloudWatchClient(config), command()));
    const outcome = error instanceof OutcomeUnknown ? 'unknown' : error ? 'refused' : 'done';
    expect([asked, outcome]).toEqual([attempts, expected]);
  });

  it('that has no credentials has sent nothing', async () => {
    const credentials = () => Promise.reject(new Error('no credentials'));
    const config = { ...clientConfig(() => DENIED), credentials };
    const error = await rejection(sendAtMostOnce(new CloudWatchClient(config), command()));
    expect(error).not.toBeInstanceOf(OutcomeUnknown);
    expect(error).toMatchObject({ message: 'no credentials' });
  });
});

describe('a client of another make', () => {
  it.each<[string, unknown, boolean]>([
    ['is refused', fault({ $metadata: { httpStatusCode: 400 } }), false],
    [
      'is refused with the last of such statuses',
      fault({ $metadata: { httpStatusCode: 499 } }),
      false,
    ],
    ['fails inside', fault({ $metadata: { httpStatusCode: 500 } }), true],
    ['is not connected', UNREACHABLE, false],
    ['loses the connection', LOST, true],
    ['says nothing', undefined, true],
  ])('that %s', async (_, failure, isUnknown) => {
    const error = await rejection(
      sendAtMostOnce({ send: () => Promise.reject(failure) }, command()),
    );
    expect(error instanceof OutcomeUnknown).toBe(isUnknown);
    expect(isUnknown ? (error as OutcomeUnknown).failure : error).toBe(failure);
  });
});
