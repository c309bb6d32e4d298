/**
 * Stands in for `@smithy/core/event-streams` in the deployed bundles (see serverless.yml): the SDK brings
 * it along for operations that stream events, and the service calls none.
 * @throws {Error} always: such an operation was called
 */
export function eventStreamSerdeProvider(): never {
  throw new Error(
    'The deployed bundles leave event streams out: for an operation that streams, take @smithy/core/event-streams out of the aliases in serverless.yml.',
  );
}

/** Made from what the provider returns, so never. */
export class EventStreamSerde {}
