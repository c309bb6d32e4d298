import { OutcomeUnknown } from './at-most-once.ts';
import type { Surroundings } from './surroundings.ts';

/** A little more than the clients that are made here take at most; others may have no limit. */
const CALL_DEADLINE_MS = 10_000;

/** What the call gives, but not for ever: whoever flushes or closes must come to an end. */
export async function withDeadline<T>(call: Promise<T>, surroundings: Surroundings): Promise<T> {
  let cancel = () => {};
  const overdue = new Promise<never>((_, reject) => {
    cancel = surroundings.after(CALL_DEADLINE_MS, () => {
      const failure = new Error(`no answer within ${CALL_DEADLINE_MS / 1000} s`);
      failure.name = 'TimeoutError';
      reject(new OutcomeUnknown(failure));
    });
  });
  try {
    return await Promise.race([call, overdue]);
  } finally {
    cancel();
  }
}
