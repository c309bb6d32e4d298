import { SURGE, type SurgeDetail, type SurgeReason } from './names.ts';

/** At most one event an endpoint and process in this time. */
const SURGE_SPACING_MS = 10_000;

/** Endpoints whose last event is remembered. */
const MOST_ENDPOINTS = 100;

interface Watch {
  sentAtMs: number;
  /** Refusals since then. */
  refused: number;
}

/** Tells the scaler of a surge as soon as it is felt, and not more often than is of use. */
export class SurgeSignal {
  readonly #send: (detail: SurgeDetail) => Promise<void>;
  readonly #concurrencyAbove: number;
  readonly #watched = new Map<string, Watch>();
  readonly #pending = new Set<Promise<void>>();

  /**
   * @param send must not reject
   * @param concurrencyAbove requests of this process under way to one variant
   */
  constructor(send: (detail: SurgeDetail) => Promise<void>, concurrencyAbove: number) {
    this.#send = send;
    this.#concurrencyAbove = concurrencyAbove;
  }

  /** A request was refused for want of capacity. */
  refused(
    endpointName: string,
    variantName: string | undefined,
    reason: SurgeReason,
    nowMs: number,
  ) {
    const watch = this.#watch(endpointName, nowMs);
    if (!watch) return;
    watch.refused += 1;
    this.#signal(watch, nowMs, { endpointName, variantName, reason, observed: watch.refused });
  }

  /** So many requests are under way. */
  underWay(endpointName: string, variantName: string | undefined, count: number, nowMs: number) {
    if (count <= this.#concurrencyAbove) return;
    const watch = this.#watch(endpointName, nowMs);
    if (!watch) return;
    const reason = 'concurrency';
    this.#signal(watch, nowMs, { endpointName, variantName, reason, observed: count });
  }

  /** Once every event so far was sent, or failed to be. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #signal(
    watch: Watch,
    nowMs: number,
    {
      variantName,
      ...detail
    }: Omit<SurgeDetail, 'schemaVersion' | 'variantName'> & {
      readonly variantName: string | undefined;
    },
  ): void {
    if (isRecent(watch, nowMs)) return;
    watch.sentAtMs = nowMs;
    watch.refused = 0;
    const sending = this.#send({
      schemaVersion: SURGE.schemaVersion,
      ...detail,
      ...(variantName !== undefined && { variantName }),
    });
    this.#pending.add(sending);
    void sending.finally(() => this.#pending.delete(sending));
  }

  #watch(endpointName: string, nowMs: number): Watch | undefined {
    const known = this.#watched.get(endpointName);
    if (known) return known;
    if (this.#watched.size >= MOST_ENDPOINTS) {
      for (const [name, watch] of this.#watched) {
        if (!isRecent(watch, nowMs)) this.#watched.delete(name);
      }
      if (this.#watched.size >= MOST_ENDPOINTS) return undefined;
    }
    const watch = { sentAtMs: Number.NEGATIVE_INFINITY, refused: 0 };
    this.#watched.set(endpointName, watch);
    return watch;
  }
}

/** An event of the future was sent before the clock was set back, nobody knows how long ago. */
function isRecent({ sentAtMs }: Watch, nowMs: number): boolean {
  return sentAtMs <= nowMs && nowMs - sentAtMs < SURGE_SPACING_MS;
}
