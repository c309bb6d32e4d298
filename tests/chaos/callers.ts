import type { AccountParts } from '../../simulator/account/create-account.ts';
import { TARGET } from './world.ts';

/** What others than AWS tell the scaler, by events of their own. */
export class Callers {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /** As the client library tells of it. */
  tellSurge(): Promise<void> {
    return this.#put('Load Surge', { reason: 'throttled', observed: 1 });
  }

  /** As the command line asks for it. */
  askPrewarm(minInstances: number, durationMinutes: number): Promise<void> {
    return this.#put('Prewarm Request', { minInstances, durationMinutes });
  }

  cancelPrewarms(): Promise<void> {
    return this.#put('Prewarm Cancellation', {});
  }

  async #put(DetailType: string, detail: object): Promise<void> {
    const { bus, account } = this.#parts;
    const { endpointName, variantName } = TARGET;
    const Detail = JSON.stringify({ schemaVersion: 1, endpointName, variantName, ...detail });
    const entry = { Source: 'fast-scaler', DetailType, Detail };
    await account.perform(bus, 'PutEvents', { Entries: [entry] });
  }
}
