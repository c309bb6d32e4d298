import type { EndpointStatus } from '@aws-sdk/client-sagemaker';
import type { Endpoint, EndpointVariant } from './endpoint.ts';

/** An event as a service hands it to the event bus, which adds the envelope. */
export interface ServiceEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

/** The way of a service to the event bus. */
export interface EventEmitter {
  emit(event: ServiceEvent): unknown;
}

/**
 * "SageMaker Endpoint State Change", in the shape of the sample in "Events that Amazon SageMaker AI
 * sends to Amazon EventBridge": status in upper snake case, times in epoch milliseconds, and
 * variants without their names.
 */
export function stateChangeEvent(endpoint: Endpoint, tags: Record<string, string>): ServiceEvent {
  return endpointEvent(
    'SageMaker Endpoint State Change',
    endpoint,
    tags,
    ({ desiredWeight, plant }) => ({
      DesiredWeight: desiredWeight,
      DesiredInstanceCount: plant.instances.desired,
    }),
  );
}

/** "SageMaker Endpoint Deployment State Change": the same with names, counts and variant status. */
export function deploymentEvent(endpoint: Endpoint, tags: Record<string, string>): ServiceEvent {
  return endpointEvent('SageMaker Endpoint Deployment State Change', endpoint, tags, (variant) => {
    const { plant, progress, currentWeight, desiredWeight } = variant;
    return {
      VariantName: plant.identity.variantName,
      CurrentWeight: currentWeight,
      DesiredWeight: desiredWeight,
      CurrentInstanceCount: plant.instances.inService + plant.instances.draining,
      DesiredInstanceCount: plant.instances.desired,
      ...(progress && {
        VariantStatus: [
          { Status: progress.status, StatusMessage: progress.message, StartTime: progress.sinceMs },
        ],
      }),
    };
  });
}

function endpointEvent(
  detailType: string,
  endpoint: Endpoint,
  tags: Record<string, string>,
  describeVariant: (variant: EndpointVariant) => object,
): ServiceEvent {
  return {
    source: 'aws.sagemaker',
    detailType,
    resources: [endpoint.arn],
    detail: {
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      EndpointConfigName: endpoint.config.name,
      ProductionVariants: endpoint.variants.map(describeVariant),
      EndpointStatus: upperSnake(endpoint.status),
      CreationTime: endpoint.createdAtMs,
      LastModifiedTime: endpoint.modifiedAtMs,
      Tags: tags,
    },
  };
}

function upperSnake(status: EndpointStatus): string {
  return status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
