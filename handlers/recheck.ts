import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { type CycleRuntime, runCycle } from '../lib/cycle/cycle.ts';
import { readRecheck, recheckMessages } from '../lib/lambda/events.ts';
import { eventHandler } from '../lib/lambda/handler.ts';
import { cycleRuntime } from '../lib/lambda/runtimes.ts';

/** "Look again": the next turn of a hot loop, or the minute's sweep arriving at one endpoint. */
export const createHandler = (runtime: CycleRuntime) =>
  eventHandler(runtime, recheckMessages).handler(async ({ Records }) => {
    const failed = await Promise.all(
      Records.map(async ({ messageId, body }) => {
        const recheck = readRecheck(body, runtime);
        if (!recheck) return [];
        try {
          await runCycle(runtime, recheck.endpointName, recheck);
          return [];
        } catch (error) {
          // For Lambda the batch is a success, so that its own count of errors does not tell.
          runtime.logger.error('re-check goes back to the queue', { messageId, error });
          runtime.metrics.addMetric('CycleFailed', MetricUnit.Count, 1);
          return [{ itemIdentifier: messageId }];
        }
      }),
    );
    return { batchItemFailures: failed.flat() };
  });

export const handler = createHandler(cycleRuntime());
