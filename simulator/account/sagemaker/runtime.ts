import type { InvocationFailure } from '../../plant/live-requests.ts';
import { type Random, seededRandom } from '../../plant/random.ts';
import type { VirtualClock } from '../clock.ts';
import { AwsError, type AwsService, type CallContext, type Operation } from '../service.ts';
import type { InvocationInput, InvocationOutput } from '../wire/runtime-rest.ts';
import type { Endpoint, EndpointVariant } from './endpoint.ts';

export interface SageMakerRuntimeOptions {
  readonly clock: VirtualClock;
  readonly context: CallContext;
  /** Where endpoints are looked up. */
  readonly endpoints: { find(endpointName: string): Endpoint | undefined };
  /** Decides which variant a request goes to where there are several. Default 1. */
  readonly seed?: number;
}

/** Parts in which a response stream comes, spread evenly over the service time. */
const STREAM_PARTS = 4;

const DEFAULT_CONTENT_TYPE = 'application/octet-stream';

/**
 * SageMaker Runtime: requests join the queue of a variant and are answered when an instance has
 * served them. The model answers with what it was sent.
 */
export class SageMakerRuntime implements AwsService {
  readonly name = 'sagemaker-runtime';
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #options: SageMakerRuntimeOptions;
  readonly #random: Random;

  constructor(options: SageMakerRuntimeOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
    this.operations = {
      InvokeEndpoint: (input) => this.invokeEndpoint(input),
      InvokeEndpointWithResponseStream: (input) => this.invokeEndpointWithResponseStream(input),
    };
  }

  /** Throws `ValidationError`, `ModelError`, `ServiceUnavailable`. */
  async invokeEndpoint(input: InvocationInput): Promise<InvocationOutput> {
    const variant = this.#variant(input);
    await this.#invoke<void>(input, variant, (answer, _beganAtMs, endsAtMs) => {
      this.#options.clock.at(endsAtMs, answer);
    });
    return { Body: input.Body, ...this.#headers(input, variant) };
  }

  /** The same; answered when service begins, and the body comes while it lasts. */
  async invokeEndpointWithResponseStream(input: InvocationInput): Promise<InvocationOutput> {
    const variant = this.#variant(input);
    const Body = await this.#invoke<AsyncIterable<Uint8Array>>(
      input,
      variant,
      (answer, beganAtMs, endsAtMs) => answer(this.#parts(input.Body, beganAtMs, endsAtMs)),
    );
    return {
      Body,
      ...this.#headers(input, variant),
    };
  }

  #headers({ ContentType, CustomAttributes }: InvocationInput, { plant }: EndpointVariant) {
    return {
      ContentType: ContentType ?? DEFAULT_CONTENT_TYPE,
      InvokedProductionVariant: plant.identity.variantName,
      ...(CustomAttributes !== undefined && { CustomAttributes }),
    };
  }

  /** Puts a request into the queue; `onBegun` answers once an instance takes it up. */
  #invoke<Answer>(
    { EndpointName }: InvocationInput,
    { plant }: EndpointVariant,
    onBegun: (answer: (value: Answer) => void, beganAtMs: number, endsAtMs: number) => void,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      plant.invoke({
        begun: (beganAtMs, endsAtMs) => onBegun(resolve, beganAtMs, endsAtMs),
        failed: (reason) => reject(refusal(reason, EndpointName, this.#options.context)),
      });
    });
  }

  async *#parts(body: Uint8Array, beganAtMs: number, endsAtMs: number) {
    const size = Math.max(1, Math.ceil(body.length / STREAM_PARTS));
    for (let part = 1; (part - 1) * size < Math.max(1, body.length); part += 1) {
      await this.#until(beganAtMs + ((endsAtMs - beganAtMs) * part) / STREAM_PARTS);
      yield body.subarray((part - 1) * size, part * size);
    }
  }

  #until(atMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.at(atMs, resolve);
    });
  }

  #variant({ EndpointName, TargetVariant }: InvocationInput): EndpointVariant {
    const { endpoints, context } = this.#options;
    const endpoint = endpoints.find(EndpointName);
    if (!endpoint || endpoint.status === 'Creating') {
      throw validationError(`Endpoint ${EndpointName} of account ${context.accountId} not found.`);
    }
    if (TargetVariant !== undefined) {
      const variant = endpoint.variant(TargetVariant);
      if (variant) return variant;
      throw validationError(
        `Variant ${TargetVariant} of endpoint ${EndpointName} of account ${context.accountId} not found.`,
      );
    }
    return this.#byWeight(endpoint.variants);
  }

  #byWeight(variants: readonly EndpointVariant[]): EndpointVariant {
    const [first, ...others] = variants as [EndpointVariant, ...EndpointVariant[]];
    if (others.length === 0) return first;
    const total = variants.reduce((sum, { currentWeight }) => sum + currentWeight, 0);
    let left = this.#random() * total;
    for (const variant of variants) {
      left -= variant.currentWeight;
      if (left < 0) return variant;
    }
    return first;
  }
}

/** SageMaker Runtime's own name for what most services call `ValidationException`. */
function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/**
 * Why a request was not served. A container that does not answer in time counts as status 0; one
 * whose queue is full is taken to answer 503, as model servers do.
 */
function refusal(
  reason: InvocationFailure,
  endpointName: string,
  { region, accountId }: CallContext,
): AwsError {
  if (reason === 'closed') {
    return new AwsError('ServiceUnavailable', 'The endpoint was deleted.', 503);
  }
  const [status, message] =
    reason === 'timed-out'
      ? [
          0,
          'Your invocation timed out while waiting for a response from container primary. Review the ' +
            'latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.',
        ]
      : [503, 'The queue is full.'];
  const logGroup = `/aws/sagemaker/Endpoints/${endpointName}`;
  return new AwsError(
    'ModelError',
    `Received server error (${status}) from primary with message "${message}". ` +
      `See ${logGroup} in account ${accountId} for more information.`,
    424,
    {
      OriginalStatusCode: status,
      OriginalMessage: message,
      LogStreamArn: `arn:aws:logs:${region}:${accountId}:log-group:${logGroup}`,
    },
  );
}
