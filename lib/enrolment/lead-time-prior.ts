import { DEFAULTS } from '../config/defaults.ts';
import type { ResolvedConfig } from '../config/resolve.ts';

/** A lead time to expect of instances whose type matches. */
interface Prior {
  readonly types: RegExp;
  readonly leadTimeSeconds: number;
}

/**
 * How long instances take to serve, until the scaler has seen it itself. What AWS published of it
 * ("Introducing container caching in Amazon SageMaker AI", June 2026) is of single accelerators: medians
 * of 134 to 216 s with a cached image and 346 to 381 s without, 258 and 525 s with a model of eight
 * billion parameters; 300 s, the default, lies between. Of 525 s, 333 went into an image of 18 GB and,
 * beside it, 168 into 16 GB of weights, and the kinds that larger models need have several times as much
 * to load. Of others nothing is published: images for CPUs have a tenth of that.
 */
const PRIORS: readonly Prior[] = [
  { types: /^ml\.(p|trn)\d/, leadTimeSeconds: 600 },
  { types: /^ml\.(g\d\w*|inf\d)\.(12|24|48)xlarge$/, leadTimeSeconds: 420 },
  { types: /^ml\.(g\d|inf\d)/, leadTimeSeconds: 300 },
  { types: /^ml\.[cmrt]\d/, leadTimeSeconds: 240 },
];

/** Seconds to expect of an instance type; the default for one of a kind that is not known. */
export function leadTimePrior(instanceType: string | null | undefined): number {
  const known = PRIORS.find(({ types }) => instanceType && types.test(instanceType));
  return known?.leadTimeSeconds ?? DEFAULTS.leadTimeSeconds;
}

/** A configuration in which the lead time that nobody set is that of the instance's kind. */
export function withLeadTimePrior(
  { config, sources }: ResolvedConfig,
  instanceType: string | null | undefined,
): ResolvedConfig {
  if (sources.leadTimeSeconds !== 'built-in') return { config, sources };
  return { config: { ...config, leadTimeSeconds: leadTimePrior(instanceType) }, sources };
}
