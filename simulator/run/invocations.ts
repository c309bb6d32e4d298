import type { AccountParts } from '../account/create-account.ts';
import type { Handler } from '../stack.ts';

/** As the stack names its functions when it is deployed without a stage. */
const STACK = 'sagemaker-fast-scaler-prod';

const MINUTE_MS = 60_000;

/** The same handler, whose invocations are counted in AWS/Lambda as Lambda counts them. */
export function counted(
  { clock, cloudWatch }: AccountParts,
  functionName: string,
  handler: Handler,
): Handler {
  const metric = {
    namespace: 'AWS/Lambda',
    metricName: 'Invocations',
    dimensions: { FunctionName: `${STACK}-${functionName}` },
  };
  return (event, context) => {
    const startMs = Math.floor(clock.nowMs / MINUTE_MS) * MINUTE_MS;
    const bin = { sampleCount: 1, sum: 1, minimum: 1, maximum: 1 };
    cloudWatch.recordBin(metric, startMs, MINUTE_MS / 1000, bin, 'Count');
    return handler(event, context);
  };
}
