import { TAG_KEY } from '../lib/enrolment/parameter-name.ts';
import { type ScalableTarget, variantTarget } from '../lib/target.ts';
import type { AccountParts } from '../simulator/account/create-account.ts';

/** The endpoint that the worlds of the tests have, if nothing else is said. */
export const CHECKOUT = variantTarget('checkout', 'AllTraffic');

/** Requests a second that one instance is meant to carry: 1500 a minute. */
export const PER_INSTANCE = 25;

export const LEAD_TIME_SECONDS = 180;

/** What its instances carry and how long they take. */
export const USUAL_MODEL = {
  instanceThroughputPerSecond: PER_INSTANCE / 0.7,
  serviceSeconds: 0.2,
  leadTimeSeconds: LEAD_TIME_SECONDS,
} as const;

/** The endpoint with its owner's autoscaling. */
export const USUAL_ENDPOINT = {
  ...CHECKOUT,
  initialInstanceCount: 1,
  minCapacity: 1,
  maxCapacity: 20,
  targetPerInstance: PER_INSTANCE * 60,
  scaleOutCooldownSeconds: 300,
  scaleInCooldownSeconds: 300,
} as const;

/** What names a target in each call of Application Auto Scaling. */
export function namesOf({ resourceId, scalableDimension }: ScalableTarget) {
  return {
    ServiceNamespace: 'sagemaker',
    ResourceId: resourceId,
    ScalableDimension: scalableDimension,
  } as const;
}

/** An endpoint as its owner makes one. */
export interface OwnersEndpoint {
  readonly endpointName: string;
  readonly variantNames: readonly string[];
  readonly instanceType?: string | undefined;
  readonly initialCount: number;
  /** False: metrics as an endpoint configuration has them that says nothing of them. */
  readonly isEnhanced: boolean;
  readonly tag: string | undefined;
}

/** Makes an endpoint without any autoscaling. */
export function ownersEndpoint({ sageMaker }: AccountParts, endpoint: OwnersEndpoint): void {
  const { endpointName, variantNames, initialCount, isEnhanced, tag } = endpoint;
  const { instanceType = 'ml.g5.xlarge' } = endpoint;
  const [ModelName, EndpointConfigName] = [`${endpointName}-model`, `${endpointName}-config`];
  sageMaker.createModel({ ModelName, ExecutionRoleArn: 'arn:aws:iam::123456789012:role/m' });
  sageMaker.createEndpointConfig({
    EndpointConfigName,
    ProductionVariants: variantNames.map((VariantName) => ({
      VariantName,
      ModelName,
      InstanceType: instanceType as 'ml.g5.xlarge',
      InitialInstanceCount: initialCount,
    })),
    ...(isEnhanced && {
      MetricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
    }),
  });
  sageMaker.createEndpoint({
    EndpointName: endpointName,
    EndpointConfigName,
    ...(tag !== undefined && { Tags: [{ Key: TAG_KEY, Value: tag }] }),
  });
}
