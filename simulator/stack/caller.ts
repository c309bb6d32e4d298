import { AsyncLocalStorage } from 'node:async_hooks';

const calling = new AsyncLocalStorage<string>();

/** Runs something as a function of the stack: what it calls in the account, that function calls. */
export function callAs<T>(functionName: string, run: () => T): T {
  return calling.run(functionName, run);
}

/** The function, by its key in `serverless.yml`, that a call comes from; undefined: from outside. */
export function callingFunction(): string | undefined {
  return calling.getStore();
}
