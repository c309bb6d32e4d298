import type {
  InvokeEndpointWithResponseStreamOutput,
  ResponseStream,
  SageMakerRuntimeClient,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-sagemaker-runtime';

/** What `client.middlewareStack.use(…)` takes. */
export type LoadPlugin = Parameters<SageMakerRuntimeClient['middlewareStack']['use']>[0];

/** Hears of every attempt of every request, at once and in order. None of its methods throws. */
export interface RequestListener<Handle> {
  began(endpointName: string, targetVariant: string | undefined): Handle;
  /** The answer begins; `variantName` as SageMaker names it. */
  answered(handle: Handle, variantName: string | undefined): void;
  /** The answer is there in full, or its reader has had enough of it. */
  ended(handle: Handle): void;
  failed(handle: Handle, error: unknown): void;
}

/** The operations that keep an instance busy while they are under way. */
const COMMANDS = ['InvokeEndpointCommand', 'InvokeEndpointWithResponseStreamCommand'];

/** What sends an attempt, as far as it is used. */
type Send<Args, Result> = (args: Args) => Promise<Result>;

/**
 * The plugin for `client.middlewareStack.use(…)`. It stands around the sending of each attempt:
 * what the SDK does before (serialising, signing, waiting to try again) is no load on the endpoint.
 */
export function loadPlugin<Handle>(listener: RequestListener<Handle>): LoadPlugin {
  return {
    applyToStack: (stack) =>
      stack.add(
        (next, { commandName = '' }) =>
          COMMANDS.includes(commandName) ? counted(listener, next) : next,
        { step: 'deserialize', priority: 'high', name: 'fastScalerLoad', override: true },
      ),
  };
}

function counted<
  Handle,
  Args extends { readonly input: ServiceInputTypes },
  Result extends { readonly output?: ServiceOutputTypes | undefined },
>(listener: RequestListener<Handle>, next: Send<Args, Result>): Send<Args, Result> {
  return async (args) => {
    const { EndpointName, TargetVariant } = args.input as {
      readonly EndpointName?: string;
      readonly TargetVariant?: string;
    };
    const handle = listener.began(EndpointName ?? '', TargetVariant);
    let result: Result;
    try {
      result = await next(args);
    } catch (error) {
      listener.failed(handle, error);
      throw error;
    }
    const output = (result.output ?? {}) as Partial<InvokeEndpointWithResponseStreamOutput>;
    listener.answered(handle, output.InvokedProductionVariant);
    if (isStream(output.Body)) output.Body = new WatchedStream(output.Body, listener, handle);
    else listener.ended(handle);
    return result;
  };
}

/** The whole body of InvokeEndpoint is a byte array: no async iterable. */
function isStream(body: unknown): body is AsyncIterable<ResponseStream> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** A stream whose end is told: read to the end, broken, left by its reader, or never read at all. */
class WatchedStream<Handle> implements AsyncIterable<ResponseStream> {
  readonly #stream: AsyncIterable<ResponseStream>;
  readonly #end: End<Handle>;

  constructor(
    stream: AsyncIterable<ResponseStream>,
    listener: RequestListener<Handle>,
    handle: Handle,
  ) {
    this.#stream = stream;
    this.#end = new End(listener, handle);
    ABANDONED.register(this, this.#end, this.#end);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ResponseStream> {
    try {
      yield* this.#stream;
    } catch (error) {
      this.#end.failed(error);
      throw error;
    } finally {
      this.#end.reached();
    }
  }
}

/** The end of a request, told once. It must not hold its stream, or that would never be collected. */
class End<Handle> {
  readonly #listener: RequestListener<Handle>;
  readonly #handle: Handle;
  #isTold = false;

  constructor(listener: RequestListener<Handle>, handle: Handle) {
    this.#listener = listener;
    this.#handle = handle;
  }

  reached(): void {
    this.#tell(() => this.#listener.ended(this.#handle));
  }

  failed(error: unknown): void {
    this.#tell(() => this.#listener.failed(this.#handle, error));
  }

  #tell(tell: () => void): void {
    if (this.#isTold) return;
    this.#isTold = true;
    ABANDONED.unregister(this);
    tell();
  }
}

/** Without its end a request would seem busy for ever. */
const ABANDONED = new FinalizationRegistry<{ reached(): void }>((end) => end.reached());
