import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** Binary payloads as events of one type, in the event stream encoding of AWS. */
export async function* eventStream(
  type: string,
  payloads: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const body of payloads) {
    yield codec.encode({
      headers: {
        ':message-type': { type: 'string', value: 'event' },
        ':event-type': { type: 'string', value: type },
        ':content-type': { type: 'string', value: 'application/octet-stream' },
      },
      body,
    });
  }
}
