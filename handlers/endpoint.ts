import type { EnrolmentStore } from '../lib/aws/enrolment-store.ts';
import { type CycleRuntime, runCycle } from '../lib/cycle/cycle.ts';
import { endpointStateChange } from '../lib/lambda/events.ts';
import { eventHandler } from '../lib/lambda/handler.ts';
import { endpointRuntime } from '../lib/lambda/runtimes.ts';

/**
 * An endpoint came out of an update, or is going: a nudge lost meanwhile can be sent again now. What
 * else the event tells (a tag, another configuration, its end) is noted for the next sweep.
 */
export const createHandler = (
  runtime: CycleRuntime & { readonly enrolments: Pick<EnrolmentStore, 'noteNews'> },
) =>
  eventHandler(runtime, endpointStateChange).handler(async ({ detail }) => {
    const { EndpointName: endpointName, EndpointStatus, EndpointConfigName, Tags } = detail;
    await runCycle(runtime, endpointName, { cause: 'event' });
    await runtime.enrolments.noteNews({
      endpointName,
      isGone: EndpointStatus !== 'IN_SERVICE',
      endpointConfigName: EndpointConfigName,
      tag: Tags,
    });
  });

export const handler = createHandler(endpointRuntime());
