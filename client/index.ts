import type { MetricClient } from './at-most-once.ts';
import {
  cloudWatchDestination,
  type EventClient,
  logDestination,
  surgeSender,
} from './destinations.ts';
import type { Dropped } from './ledger.ts';
import { LoadCounter, type Request } from './load-counter.ts';
import { failureOf } from './outcomes.ts';
import { type LoadPlugin, loadPlugin, type RequestListener } from './plugin.ts';
import { Publisher } from './publisher.ts';
import { isResourceName } from './resource-name.ts';
import { SurgeSignal } from './surge.ts';
import { processSurroundings, type Surroundings } from './surroundings.ts';
import { guarded, type TroubleListener } from './trouble.ts';

export type { MetricClient } from './at-most-once.ts';
export type { EventClient } from './destinations.ts';
export type { Dropped } from './ledger.ts';
export * from './names.ts';
export type { Surroundings } from './surroundings.ts';
export type { Trouble, TroubleListener } from './trouble.ts';

/** All of it may be left out. */
export interface LoadReporterOptions {
  /**
   * The variant of requests that name none. Without it the first answer tells; what comes before
   * that waits for it.
   */
  readonly variantName?: string;
  /** Default: `log` (embedded metric format on standard output) in Lambda, `cloudwatch` elsewhere. */
  readonly destination?: 'log' | 'cloudwatch';
  /** For PutMetricData; default: a client of its own, with the region and credentials of the process. */
  readonly cloudWatch?: MetricClient;
  /**
   * Sends an event that wakes the scaler when requests are refused, and when more than
   * `concurrencyAbove` of this process's are under way to one variant. Default: no events.
   */
  readonly surge?: { readonly concurrencyAbove?: number };
  /** For the events; default: a client of its own. */
  readonly eventBridge?: EventClient;
  /** Hears of what went wrong. Requests never do. */
  readonly onTrouble?: TroubleListener;
  /** Seconds × variants kept at most while they cannot be published; default 6000 (about 1 MB). */
  readonly mostTallies?: number;
  /** Variants counted at the same time; default 100. */
  readonly mostVariants?: number;
  /** Clock, timer and output; default: those of the process. */
  readonly surroundings?: Surroundings;
}

/** Counts the requests of the clients that its plugin is used with, and publishes the load. */
export interface LoadReporter {
  /** For `client.middlewareStack.use(…)` of any number of clients. */
  readonly plugin: LoadPlugin;
  /**
   * Publishes what was counted so far, and waits for events under way. Never rejects, and waits for
   * no call longer than ten seconds.
   */
  flush(): Promise<void>;
  /** Publishes the rest and stops the timer. A further request starts it again. */
  close(): Promise<void>;
  /** Seconds × variants that wait to be published, and what was given up since the start. */
  readonly backlog: { readonly held: number; readonly dropped: Dropped };
}

/** Begins to report the load of SageMaker endpoints that this process calls. */
export function reportLoad(options: LoadReporterOptions = {}): LoadReporter {
  const { surge, surroundings = processSurroundings() } = options;
  const { now } = surroundings;
  const tell = guarded(options.onTrouble);
  let isNameTold = false;
  /** False of a name that cannot be counted, the first of which is told. */
  const isCountable = (name: string) => {
    if (isResourceName(name)) return true;
    if (isNameTold) return false;
    isNameTold = true;
    const shown = JSON.stringify(String(name).slice(0, 100));
    const message = `Requests that go by the name ${shown} are not counted: endpoints and variants are named by 1 to 63 letters, digits and inner hyphens. Other such names are not told.`;
    tell({ kind: 'not-counted', message });
    return false;
  };
  const { variantName: given } = options;
  const counter = new LoadCounter(
    { mostTallies: options.mostTallies ?? 6000, mostLanes: options.mostVariants ?? 100 },
    given !== undefined && isCountable(given) ? given : undefined,
  );
  const inLambda = process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined;
  const isLogged = (options.destination ?? (inLambda ? 'log' : 'cloudwatch')) === 'log';
  const destination = isLogged
    ? logDestination((line) => surroundings.writeLine(line))
    : cloudWatchDestination(options.cloudWatch);
  const publisher = new Publisher(counter, destination, surroundings, tell);
  const signal =
    surge &&
    new SurgeSignal(
      surgeSender(tell, surroundings, options.eventBridge),
      surge.concurrencyAbove ?? Number.POSITIVE_INFINITY,
    );
  let cancelExit: (() => void) | undefined;

  const flush = async () => {
    await publisher.flush();
    await signal?.settled();
  };
  const wake = () => {
    publisher.arm();
    cancelExit ??= surroundings.beforeExit(() => {
      cancelExit = undefined;
      return flush();
    });
  };
  /** Nothing that goes wrong in counting may reach the request. */
  const safely = <T>(count: () => T): T | undefined => {
    try {
      return count();
    } catch (error) {
      const message = `Load is not counted right: ${(error as Error).message}`;
      tell({ kind: 'fault', message, error });
      return undefined;
    }
  };
  let loggedSecond = 0;
  /**
   * Lambda freezes the process when its work is done, so the log cannot wait for the timer. Beside
   * requests that go on, perhaps for ever, one answer a second is enough to write all there is.
   */
  const settle = (nowMs: number) => {
    const second = Math.floor(nowMs / 1000);
    if (!isLogged || (counter.inFlight > 0 && second === loggedSecond)) return;
    loggedSecond = second;
    publisher.publish(second + 1);
  };

  const listener: RequestListener<Request | undefined> = {
    began: (endpointName, targetVariant) =>
      safely(() => {
        if (!isCountable(endpointName)) return undefined;
        if (targetVariant !== undefined && !isCountable(targetVariant)) return undefined;
        const nowMs = now();
        const request = counter.begin(endpointName, targetVariant, nowMs);
        const { lane } = request;
        signal?.underWay(endpointName, lane?.variantName, lane?.inFlight ?? 0, nowMs);
        wake();
        return request;
      }),
    answered: (request, variantName) =>
      safely(() => {
        if (!request) return;
        const isKnown = variantName !== undefined && isCountable(variantName);
        counter.answered(request, isKnown ? variantName : undefined, now());
      }),
    ended: (request) =>
      safely(() => {
        if (!request) return;
        const nowMs = now();
        counter.end(request, 'served', nowMs);
        settle(nowMs);
      }),
    failed: (request, error) =>
      safely(() => {
        if (!request) return;
        const nowMs = now();
        const { outcome, reason } = failureOf(error);
        counter.end(request, outcome, nowMs);
        const { lane } = request;
        if (reason && lane) signal?.refused(lane.endpointName, lane.variantName, reason, nowMs);
        settle(nowMs);
      }),
  };

  return {
    plugin: loadPlugin(listener),
    flush,
    async close() {
      publisher.disarm();
      cancelExit?.();
      cancelExit = undefined;
      await flush();
    },
    get backlog() {
      return { held: counter.held, dropped: counter.dropped };
    },
  };
}
