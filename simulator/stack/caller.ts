import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * How often each function, by its key in `serverless.yml`, was invoked on the way to a message: AWS
 * hands the like on in the trace header, to find functions that invoke themselves through a queue.
 */
export type Lineage = Readonly<Record<string, number>>;

interface Caller {
  readonly functionName: string;
  readonly lineage: Lineage;
}

const calling = new AsyncLocalStorage<Caller>();

/** Runs something as a function of the stack: what it calls in the account, that function calls. */
export function callAs<T>(functionName: string, run: () => T, lineage: Lineage = {}): T {
  return calling.run({ functionName, lineage }, run);
}

/** The function, by its key in `serverless.yml`, that a call comes from; undefined: from outside. */
export function callingFunction(): string | undefined {
  return calling.getStore()?.functionName;
}

/** The invocations that led to a call; none of a call from outside. */
export function callingLineage(): Lineage {
  return calling.getStore()?.lineage ?? {};
}
