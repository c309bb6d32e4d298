/** What went wrong; the requests of the caller are never touched by it. */
export interface Trouble {
  readonly kind: /** A publication failed; what CloudWatch did not take is tried again for two minutes. */
    | 'publish-failed'
    /** Load was dropped: too old, more than is kept, or such as CloudWatch may have taken already. */
    | 'load-dropped'
    /** A name that SageMaker cannot know; requests by such names are not counted. Told once. */
    | 'not-counted'
    /** A surge event could not be sent; it is not tried again. */
    | 'surge-failed'
    /** A fault of this library. */
    | 'fault';
  readonly message: string;
  readonly error?: unknown;
}

export type TroubleListener = (trouble: Trouble) => void;

/** The listener with its own faults kept from the caller: there is nobody left to tell of them. */
export function guarded(listener: TroubleListener | undefined): TroubleListener {
  return (trouble) => {
    try {
      // A listener may be asynchronous: a rejection that nobody handles ends the process.
      const told: unknown = listener?.(trouble);
      Promise.resolve(told).catch(() => undefined);
    } catch {
      // Thrown from here it would fail a request or end the process.
    }
  };
}
