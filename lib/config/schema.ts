import '../complaints.ts';
import * as z from 'zod/mini';

const customSignal = z.strictObject({
  namespace: z.string().check(z.minLength(1), z.maxLength(255)),
  metricName: z.string().check(z.minLength(1), z.maxLength(255)),
  dimensions: z._default(z.record(z.string(), z.string()), {}),
  statistic: z.enum(['Sum', 'Average', 'Maximum']),
  loadScope: z._default(z.enum(['variant', 'instance']), 'variant'),
});

/**
 * A target's parameter. Unknown keys are errors, so that a misspelt setting is never silently
 * ignored. Defaults stand here and nowhere else.
 */
export const targetConfigSchema = z.strictObject({
  mode: z._default(z.enum(['act', 'observe', 'paused']), 'act'),
  signal: z._default(
    z.union([z.enum(['invocations', 'concurrency']), customSignal]),
    'invocations',
  ),
  targetPerInstance: z.number().check(z.positive()),
  riskPrice: z._default(z.number().check(z.minimum(1), z.maximum(1000)), 10),
  leadTimeSeconds: z._default(z.number().check(z.minimum(10), z.maximum(3600)), 300),
  scaleInStableSeconds: z._default(
    z.nullable(z.number().check(z.minimum(30), z.maximum(600))),
    null,
  ),
  scaleOutSpacingSeconds: z._default(z.number().check(z.minimum(0), z.maximum(600)), 20),
  scaleInSpacingSeconds: z._default(z.number().check(z.minimum(0), z.maximum(3600)), 60),
  wakeFraction: z._default(z.number().check(z.minimum(0.1), z.maximum(1)), 0.8),
});

/** A target's configuration with every default filled in. */
export type TargetConfig = z.infer<typeof targetConfigSchema>;

/** A target's own metric, where the metrics of SageMaker are not the ones to scale on. */
export type CustomSignal = z.infer<typeof customSignal>;
