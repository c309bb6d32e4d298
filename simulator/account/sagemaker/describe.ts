import type { DataCaptureConfig } from '@aws-sdk/client-sagemaker';
import type { EndpointConfig } from './catalog.ts';
import type { Endpoint, EndpointVariant } from './endpoint.ts';

// Shapes of the SageMaker API reference as they are on the wire: times are epoch seconds.

export function describeEndpointConfig(config: EndpointConfig) {
  return {
    EndpointConfigName: config.name,
    EndpointConfigArn: config.arn,
    ProductionVariants: config.variants,
    ...config.kept,
    ...(config.metrics && { MetricsConfig: config.metrics }),
    CreationTime: config.createdAtMs / 1000,
  };
}

export function describeEndpoint(endpoint: Endpoint) {
  const { config } = endpoint;
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: config.name,
    // A new endpoint shows its variants once they serve.
    ...(endpoint.status !== 'Creating' && {
      ProductionVariants: endpoint.variants.map(describeVariant),
    }),
    ...(config.kept.DataCaptureConfig && {
      DataCaptureConfig: dataCapture(config.kept.DataCaptureConfig),
    }),
    EndpointStatus: endpoint.status,
    CreationTime: endpoint.createdAtMs / 1000,
    LastModifiedTime: endpoint.modifiedAtMs / 1000,
    ...(config.metrics && { MetricsConfig: config.metrics }),
  };
}

/** Of the capture of requests only the settings are there: the account keeps no requests. */
function dataCapture({
  EnableCapture = true,
  InitialSamplingPercentage,
  DestinationS3Uri,
  KmsKeyId,
}: DataCaptureConfig) {
  return {
    EnableCapture,
    CaptureStatus: EnableCapture ? 'Started' : 'Stopped',
    CurrentSamplingPercentage: InitialSamplingPercentage,
    DestinationS3Uri,
    KmsKeyId,
  };
}

export function summarizeEndpoint(endpoint: Endpoint) {
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointStatus: endpoint.status,
    CreationTime: endpoint.createdAtMs / 1000,
    LastModifiedTime: endpoint.modifiedAtMs / 1000,
  };
}

function describeVariant({ plant, progress, currentWeight, desiredWeight }: EndpointVariant) {
  const { inService, draining, desired } = plant.instances;
  return {
    VariantName: plant.identity.variantName,
    CurrentWeight: currentWeight,
    DesiredWeight: desiredWeight,
    // Until a scale-in is done its instances are still there, though they take no traffic.
    CurrentInstanceCount: inService + draining,
    DesiredInstanceCount: desired,
    ...(progress && {
      VariantStatus: [
        {
          Status: progress.status,
          StatusMessage: progress.message,
          StartTime: progress.sinceMs / 1000,
        },
      ],
    }),
  };
}
