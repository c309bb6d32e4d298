import { fastScaler } from './fast-scaler.ts';
import { hpa } from './hpa.ts';
import { knative } from './knative.ts';
import type { Policy } from './policy.ts';
import { rayServe } from './ray-serve.ts';
import { stepScaling } from './step-scaling.ts';
import { highResolutionTargetTracking, targetTracking } from './target-tracking.ts';

/** Every policy that can be run, this project's first. */
export const POLICIES: readonly Policy[] = [
  fastScaler(),
  targetTracking,
  highResolutionTargetTracking,
  stepScaling(),
  hpa,
  knative,
  rayServe,
];

/** The clairvoyant optimum's name; it is no policy, since it needs the load to come. */
export const OPTIMUM = 'optimum';
