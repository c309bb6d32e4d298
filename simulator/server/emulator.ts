import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { DEFAULT_STAGE, stackNames } from '../../lib/operate/stack-names.ts';
import { variantTarget } from '../../lib/target.ts';
import { type AccountParts, createAccount } from '../account/create-account.ts';
import { requireInputTypes } from '../account/wire/input-types.ts';
import { usualService } from '../plant/usual-service.ts';
import { type Deployment, deployService } from '../run/deploy.ts';
import { createEndpoint, QUESTION_COOLDOWNS } from '../run/endpoint.ts';
import { AccountFeed } from './account-feed.ts';
import { AccountServer } from './account-server.ts';
import { ClockDriver } from './clock-driver.ts';
import { livePages } from './live-page.ts';
import { eventsPage, statePage } from './pages.ts';

/** How the endpoints of an emulated account behave, which no AWS call can say. */
export interface EndpointShape {
  /** Invocations a minute that one instance is meant to carry; it is then 70 % busy. */
  readonly targetPerInstance: number;
  /** Seconds that a request takes on an idle instance. */
  readonly serviceSeconds: number;
  /** Seconds from a request for instances until they serve. */
  readonly leadTimeSeconds: number;
  /** Requests that may wait for each instance; more fail at once. Default: no bound. */
  readonly queueLimitPerInstance?: number;
}

/** An endpoint that is there from the start, under target tracking. */
export interface ReadyEndpoint {
  readonly endpointName: string;
  readonly variantName: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Writes the target's parameter, as its owner would to have it scaled. */
  readonly enrolled: boolean;
}

export interface EmulatorOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly region: string;
  /** Virtual seconds in a second outside. */
  readonly speed: number;
  /** Epoch milliseconds of the account when it opens. */
  readonly startMs: number;
  readonly seed: number;
  readonly shape: EndpointShape;
  readonly endpoint?: ReadyEndpoint;
  /** Deploys the service into the account. */
  readonly withScaler: boolean;
  /** Hears of what goes wrong without ending anything. */
  readonly onTrouble: (message: string, error?: unknown) => void;
}

/** Requests are handled in steps of so many seconds, so that callers are answered in time. */
const STEP_SECONDS = 0.05;

/** Virtual seconds before the opening in which a ready endpoint comes up and has its first metrics. */
const WARM_UP_SECONDS = 120;

/** A running emulated account. */
export interface Emulator {
  /** Where it listens. */
  readonly url: string;
  readonly parts: AccountParts;
  /** Ends when the emulator is stopped; fails with a defect that ended it. */
  readonly ended: Promise<void>;
  /** Refuses what waits, closes the port, and stops the clock. */
  stop(): Promise<void>;
}

/** Starts an account that lives in this process, over HTTP, with the deployed service in it. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { host, port, speed, shape, onTrouble } = options;
  const warmUpMs = (WARM_UP_SECONDS + shape.leadTimeSeconds) * 1000;
  const parts = createAccount({
    startMs: options.startMs - warmUpMs,
    seed: options.seed,
    region: options.region,
    creationSeconds: shape.leadTimeSeconds,
    model: {
      ...usualService(shape.targetPerInstance, shape.serviceSeconds),
      leadTimeSeconds: shape.leadTimeSeconds,
      stepSeconds: STEP_SECONDS,
      ...(shape.queueLimitPerInstance !== undefined && {
        queueLimitPerInstance: shape.queueLimitPerInstance,
      }),
    },
  });
  parts.account.intercept(requireInputTypes);
  const deployment = options.withScaler
    ? await deployService(parts, { tableName: stackNames(DEFAULT_STAGE).table })
    : undefined;
  if (deployment) tellFailures(parts, deployment, onTrouble);
  if (options.endpoint) await openEndpoint(parts, options.endpoint, shape.targetPerInstance);
  const feed = new AccountFeed({
    parts,
    speed,
    targetPerInstance: shape.targetPerInstance,
    decisionsSince: async (endpointName, since) =>
      (await deployment?.decisions(endpointName, since)) ?? [],
  });
  await parts.clock.runUntil(options.startMs);
  const server = new AccountServer({
    account: parts.account,
    host,
    port,
    pages: {
      ...livePages(),
      '/_fast-scaler/state': statePage(feed),
      '/_fast-scaler/events': eventsPage(feed),
    },
    onFault: (error) => onTrouble('A request found a defect of the emulator', error),
  });
  const url = await server.listen();
  parts.sqs.serveAt(url);
  const driver = new ClockDriver({
    clock: parts.clock,
    speed,
    onLag: (seconds) =>
      onTrouble(
        `The machine is too slow for speed ${speed}, or was asleep: ` +
          `${seconds.toFixed(1)} s of the account's time were left out`,
      ),
  });
  const ended = driver.run();
  return {
    url,
    parts,
    ended,
    stop: async () => {
      await server.stop();
      await driver.stop();
    },
  };
}

async function openEndpoint(
  parts: AccountParts,
  { enrolled, ...endpoint }: ReadyEndpoint,
  targetPerInstance: number,
): Promise<void> {
  createEndpoint(parts, {
    ...endpoint,
    initialInstanceCount: Math.max(1, endpoint.minCapacity),
    targetPerInstance,
    ...QUESTION_COOLDOWNS,
  });
  if (!enrolled) return;
  const { account, ssm } = parts;
  const { endpointName, variantName } = endpoint;
  await account.perform(ssm, 'PutParameter', {
    Name: targetParameterName(variantTarget(endpointName, variantName)),
    Type: 'String',
    Value: '{}',
  });
}

/** Tells of every event that the deployed functions gave up on, soon after it. */
function tellFailures(
  { clock }: AccountParts,
  { failures }: Deployment,
  onTrouble: EmulatorOptions['onTrouble'],
): void {
  const tell = () => {
    for (const { functionName, error } of failures.splice(0)) {
      onTrouble(`The function ${functionName} failed for good`, error);
    }
  };
  clock.every(clock.nowMs + 10_000, 10_000, tell);
}
