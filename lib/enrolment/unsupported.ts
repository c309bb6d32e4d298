import type { EndpointReading } from '../aws/endpoints.ts';
import type { TargetConfig } from '../config/schema.ts';
import type { ScalableTarget } from '../target.ts';
import { targetParameterName } from './parameter-name.ts';
import type { Problem } from './types.ts';

/**
 * That an endpoint is of a kind whose instances do not follow from what it is called: scaled by that, one that works
 * through a queue would lose instances in the middle of it. Null for a realtime endpoint.
 */
export function whatIsUnsupported(
  target: ScalableTarget,
  { signal }: TargetConfig,
  { isAsynchronous = false, managed }: EndpointReading,
): Problem | null {
  const parameter = targetParameterName(target);
  const leave = `Remove the tag of the endpoint, or ${parameter} (where it was discovered, set "mode": "paused" there)`;
  const problem = (what: string, fix: string): Problem => ({ what, fix, code: 'unsupported' });
  switch (managed?.get(target.variantName)) {
    case 'serverless':
      return problem(
        `The variant ${target.variantName} is serverless: it has no instances that could be scaled.`,
        `${leave}.`,
      );
    case 'instances':
      return problem(
        `SageMaker itself sets the instances of the variant ${target.variantName}, by its inference components (ManagedInstanceScaling).`,
        `${leave}; scale the copies of the inference components.`,
      );
  }
  if (!isAsynchronous || typeof signal === 'object') return null;
  return problem(
    'The endpoint is asynchronous: its load waits in a queue, of which invocations and concurrency say nothing.',
    `${leave}, and let a policy on ApproximateBacklogSizePerInstance scale it; or set a metric of your own as "signal" in ${parameter}.`,
  );
}
