import type { VirtualClock } from './clock.ts';
import { AwsError, type AwsService, type CallContext } from './service.ts';
import { inProcessRequestHandler } from './wire/in-process.ts';
import { decode, type WireRequest, type WireResponse } from './wire/protocol.ts';

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

  /** Answers one request in its own protocol. An unexpected fault of the account itself is rethrown: it is a defect. */
  async answer(request: WireRequest): Promise<WireResponse> {
    const call = decode(request);
    const record = (errorCode?: string) => {
      const { service, operation } = call;
      const entry = { atMs: this.clock.nowMs, service, operation };
      for (const observe of this.#observers) observe(errorCode ? { ...entry, errorCode } : entry);
    };
    try {
      const operation = this.#services.get(call.service)?.operations[call.operation];
      if (!operation) {
        throw new AwsError(
          'UnknownOperationException',
          `The embedded account does not serve ${call.service}:${call.operation}.`,
        );
      }
      for (const intercept of this.#interceptors) await intercept(call);
      const output = await operation(call.input, this.context);
      record();
      return call.encode(output);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      record(error.code);
      return call.encodeError(error);
    }
  }
}
