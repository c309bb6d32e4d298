declare module 'autocannon' {
  interface Options {
    readonly url: string;
    readonly method?: 'GET' | 'POST';
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly connections?: number;
    /** Ends after so many answers. */
    readonly amount?: number;
    /** Requests a second over all connections. */
    readonly overallRate?: number;
    /** Seconds after which an unanswered request counts as timed out. */
    readonly timeout?: number;
    readonly ignoreCoordinatedOmission?: boolean;
  }

  interface Result {
    readonly '2xx': number;
    readonly non2xx: number;
    readonly errors: number;
    readonly timeouts: number;
    /** Seconds. */
    readonly duration: number;
    /** Milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  }

  export default function autocannon(options: Options): Promise<Result>;
}
