import type { VirtualClock } from './clock.ts';
import { AwsError, type AwsService, type CallContext, type Operation } from './service.ts';
import { unpacked } from './wire/body.ts';
import { inProcessRequestHandler } from './wire/in-process.ts';
import type { Call, WireRequest, WireResponse } from './wire/protocol.ts';
import { protocolOf } from './wire/protocol-of.ts';
import { requireRegion } from './wire/scope.ts';

/** One answered call, as the call log and counters see it. */
export interface CallRecord {
  readonly atMs: number;
  readonly service: string;
  readonly operation: string;
  readonly errorCode?: string;
}

/** Runs before an operation; may throw {@link AwsError} to refuse it (throttles, faults, permissions). */
export type CallInterceptor = (call: {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}) => void | Promise<void>;

/**
 * An AWS account that lives in this process on a virtual clock. Services are plugged in by name;
 * SDK clients reach them through {@link EmbeddedAccount.requestHandler}.
 */
export class EmbeddedAccount {
  readonly clock: VirtualClock;
  readonly context: CallContext;
  readonly #services = new Map<string, AwsService>();
  readonly #observers: ((call: CallRecord) => void)[] = [];
  readonly #interceptors: CallInterceptor[] = [];

  constructor(clock: VirtualClock, context: CallContext) {
    this.clock = clock;
    this.context = context;
  }

  add(...services: AwsService[]): this {
    for (const service of services) this.#services.set(service.name, service);
    return this;
  }

  onCall(observer: (call: CallRecord) => void): void {
    this.#observers.push(observer);
  }

  intercept(interceptor: CallInterceptor): void {
    this.#interceptors.push(interceptor);
  }

  /**
   * Carries out an operation straight, without a client or the wire; observers do not hear of it.
   * @throws {AwsError} as the operation does
   */
  async perform(service: AwsService, operation: string, input: object): Promise<unknown> {
    const run = service.operations[operation];
    if (!run) throw new RangeError(`${service.name} has no operation ${operation}`);
    return await run(input, this.context);
  }

  requestHandler() {
    return inProcessRequestHandler((request) => this.answer(request));
  }

  /** Settings of the SDK clients of what runs in this process all the time. */
  clientConfig() {
    return {
      region: this.context.region,
      credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
      requestHandler: this.requestHandler(),
      // The account checks no signature: making one would only take time.
      signer: { sign: async <Request>(request: Request) => request },
      // What a client would otherwise look up anew, or put together anew, for every call.
      cacheMiddleware: true,
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      userAgentAppId: 'embedded',
      defaultUserAgentProvider: async () => [],
    };
  }

  /** Answers one request in its own protocol. An unexpected fault of the account itself is rethrown: it is a defect. */
  async answer(request: WireRequest): Promise<WireResponse> {
    const protocol = protocolOf(request);
    let call: Call | undefined;
    try {
      requireRegion(request.headers, this.context.region);
      call = await protocol.read(unpacked(request));
      const operation = this.#operation(call);
      if (!operation) throw protocol.unknownOperation(call);
      for (const intercept of this.#interceptors) await intercept(call);
      const output = await operation(call.input, this.context);
      this.#record(call);
      return await protocol.write(request, call, output);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (call) this.#record(call, error.code);
      return await protocol.writeError(request, call, error);
    }
  }

  /** Writes down a refusal of a request, in its own protocol, that was not even looked at. */
  async refuse(request: WireRequest, error: AwsError): Promise<WireResponse> {
    return await protocolOf(request).writeError(request, undefined, error);
  }

  #operation({ service, operation }: Call): Operation | undefined {
    const operations = this.#services.get(service)?.operations;
    return operations && Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  }

  #record({ service, operation }: Call, errorCode?: string): void {
    const entry = { atMs: this.clock.nowMs, service, operation };
    for (const observe of this.#observers) observe(errorCode ? { ...entry, errorCode } : entry);
  }
}
