import type { LiveDecision, LiveEvent, LiveStep } from '../../simulator/server/feed.ts';

/** Follows what the feed of an emulator tells of one endpoint. */
export class Follower {
  readonly steps: LiveStep[] = [];
  readonly decisions: LiveDecision[] = [];
  readonly #endpointName: string;
  readonly #hangUp = new AbortController();
  readonly #waiting = new Set<() => void>();
  readonly #ended: Promise<void>;
  #failure: Error | undefined;

  constructor(url: string, endpointName: string) {
    this.#endpointName = endpointName;
    this.#ended = this.#read(url).catch((cause: Error) => {
      this.#failure = new Error(`the feed of ${url} broke off: ${cause.message}`, { cause });
      this.#wake();
    });
  }

  /** Newest step; undefined before the first. */
  get newest(): LiveStep | undefined {
    return this.steps.at(-1);
  }

  /**
   * Waits for a step after which `holds` is true.
   * @throws when the feed breaks off, or `mostSeconds` of the account pass without one
   */
  async until(what: string, holds: (step: LiveStep) => boolean, mostSeconds = 7200): Promise<void> {
    let from: number | undefined;
    for (;;) {
      await this.#next();
      const { newest } = this;
      if (!newest) continue;
      if (holds(newest)) return;
      from ??= newest.atSeconds;
      if (newest.atSeconds - from > mostSeconds) {
        throw new Error(`${what}: not within ${mostSeconds} s of the account`);
      }
    }
  }

  async stop(): Promise<void> {
    this.#hangUp.abort();
    await this.#ended;
  }

  #next(): Promise<void> {
    if (this.#failure) throw this.#failure;
    return new Promise((resolve, reject) => {
      this.#waiting.add(() => (this.#failure ? reject(this.#failure) : resolve()));
    });
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  async #read(url: string): Promise<void> {
    const { signal } = this.#hangUp;
    try {
      const { body } = await fetch(`${url}/_fast-scaler/events`, { signal });
      let text = '';
      for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (!signal.aborted) throw new Error('the server closed it');
  }

  #take(block: string): void {
    const [, type, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
    const event = { type, data: JSON.parse(data) } as LiveEvent;
    if (event.type !== 'step' && event.type !== 'decision') return;
    if (event.data.endpointName !== this.#endpointName) return;
    if (event.type === 'decision') this.decisions.push(event.data);
    else {
      this.steps.push(event.data);
      this.#wake();
    }
  }
}
