import {
  DescribeEndpointCommand,
  type EndpointStatus,
  type MetricsConfig,
  type ProductionVariantSummary,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';

/** Instance counts of one production variant. */
export interface VariantCounts {
  readonly inService: number;
  readonly desired: number;
}

/** What SageMaker says about an endpoint. */
export interface EndpointReading {
  readonly status: EndpointStatus;
  readonly endpointConfigName: string;
  /** How often invocations are published, seconds. */
  readonly invocationsEverySeconds: number;
  readonly variants: ReadonlyMap<string, VariantCounts>;
  /** Its requests wait in a queue, and are not invoked by their callers. */
  readonly isAsynchronous?: boolean;
  /** What sets the capacity of a variant in place of Application Auto Scaling, by variant name. */
  readonly managed?: ReadonlyMap<string, Management>;
}

/** `serverless`: a variant without instances. `instances`: SageMaker counts them by their inference components. */
export type Management = 'serverless' | 'instances';

/** Reads endpoints. */
export interface Endpoints {
  /** Undefined when there is no such endpoint. */
  describe(endpointName: string): Promise<EndpointReading | undefined>;
}

/** States in which SageMaker changes an endpoint, and takes no other change of it. */
const LOCKED: readonly string[] = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack'];

/** True while SageMaker changes the endpoint: what is asked for meanwhile is not taken. */
export function isLocked(status: string): boolean {
  return LOCKED.includes(status);
}

/** True of an endpoint that serves, or may once its change is through; any other cannot be scaled. */
export function isScalable(status: string): boolean {
  return status === 'InService' || isLocked(status);
}

/** SageMaker has no code of its own for a missing endpoint, only this text. */
const NOT_FOUND = /could not find endpoint/i;

export function isEndpointMissing(error: unknown): boolean {
  return error instanceof Error && NOT_FOUND.test(error.message);
}

export function sageMakerEndpoints(client: SageMakerClient): Endpoints {
  return {
    async describe(endpointName) {
      try {
        const output = await client.send(
          new DescribeEndpointCommand({ EndpointName: endpointName }),
        );
        const summaries = output.ProductionVariants ?? [];
        const variants = new Map(
          summaries.map((variant) => {
            const inService = variant.CurrentInstanceCount ?? 0;
            const desired = variant.DesiredInstanceCount ?? inService;
            return [variant.VariantName ?? '', { inService, desired }] as const;
          }),
        );
        return {
          status: output.EndpointStatus as EndpointStatus,
          endpointConfigName: output.EndpointConfigName ?? '',
          invocationsEverySeconds: invocationsEverySeconds(output.MetricsConfig),
          variants,
          isAsynchronous: output.AsyncInferenceConfig !== undefined,
          managed: managementOf(summaries),
        };
      } catch (error) {
        if (isEndpointMissing(error)) return undefined;
        throw error;
      }
    },
  };
}

/** The publish frequency concerns invocations only with enhanced metrics; a minute is the default. */
function invocationsEverySeconds(config: MetricsConfig | undefined): number {
  return config?.EnableEnhancedMetrics ? (config.MetricPublishFrequencyInSeconds ?? 60) : 60;
}

function managementOf(variants: readonly ProductionVariantSummary[]): Map<string, Management> {
  const managed = new Map<string, Management>();
  for (const { VariantName = '', CurrentServerlessConfig, ManagedInstanceScaling } of variants) {
    if (CurrentServerlessConfig) managed.set(VariantName, 'serverless');
    else if (ManagedInstanceScaling?.Status === 'ENABLED') managed.set(VariantName, 'instances');
  }
  return managed;
}
