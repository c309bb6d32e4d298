import type {
  CreateEndpointConfigInput,
  CreateModelInput,
  MetricsConfig,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import type { VirtualClock } from '../clock.ts';
import { requireMembers, requireNotNegative, requireRange } from '../input.ts';
import { type CallContext, validationError } from '../service.ts';

/** Seconds that `MetricPublishFrequencyInSeconds` may be (CreateEndpointConfig API reference). */
const METRIC_FREQUENCIES = [10, 30, 60, 120, 180, 240, 300];
const DEFAULT_METRIC_FREQUENCY_SECONDS = 60;

/** Members of a configuration that are kept as given and change nothing in how an endpoint serves. */
const KEPT = [
  'KmsKeyId',
  'DataCaptureConfig',
  'ExecutionRoleArn',
  'VpcConfig',
  'EnableNetworkIsolation',
] as const;

/** Members that ask for another kind of endpoint than the account has. */
const NOT_SERVED = ['AsyncInferenceConfig', 'ShadowProductionVariants', 'ExplainerConfig'] as const;

/** A production variant whose required members are there. */
export type VariantConfig = ProductionVariant & {
  readonly VariantName: string;
  readonly ModelName: string;
  readonly InstanceType: string;
  readonly InitialInstanceCount: number;
};

/** An endpoint configuration as it is stored. */
export interface EndpointConfig {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly variants: readonly VariantConfig[];
  readonly metrics?: Required<MetricsConfig>;
  readonly kept: Pick<CreateEndpointConfigInput, (typeof KEPT)[number]>;
}

/** A model as it is stored. */
export interface Model {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly input: CreateModelInput;
}

/** Models and endpoint configurations: what endpoints are made from. */
export class Catalog {
  readonly #clock: VirtualClock;
  readonly #context: CallContext;
  readonly #models = new Map<string, Model>();
  readonly #configs = new Map<string, EndpointConfig>();

  constructor(clock: VirtualClock, context: CallContext) {
    this.#clock = clock;
    this.#context = context;
  }

  /** ARN of a resource; SageMaker writes the name in lower case. */
  arn(kind: 'model' | 'endpoint-config' | 'endpoint', name: string): string {
    const { region, accountId } = this.#context;
    return `arn:aws:sagemaker:${region}:${accountId}:${kind}/${name.toLowerCase()}`;
  }

  /** Returns the ARN. */
  addModel(input: CreateModelInput): string {
    requireMembers(input, ['ModelName']);
    const name = requireName('modelName', input.ModelName);
    const arn = this.arn('model', name);
    if (this.#models.has(name)) {
      throw validationError(`Cannot create already existing model "${arn}".`);
    }
    this.#models.set(name, { name, arn, createdAtMs: this.#clock.nowMs, input });
    return arn;
  }

  get models(): readonly Model[] {
    return [...this.#models.values()];
  }

  get configs(): readonly EndpointConfig[] {
    return [...this.#configs.values()];
  }

  model(name: string | undefined): Model {
    const model = this.#models.get(name ?? '');
    if (model) return model;
    throw validationError(`Could not find model "${this.arn('model', name ?? '')}".`);
  }

  /** Endpoints that serve the model keep it, as they do in AWS. */
  removeModel(name: string | undefined): Model {
    const model = this.model(name);
    this.#models.delete(model.name);
    return model;
  }

  /** Endpoints made from it keep their settings, as they do in AWS. */
  removeConfig(name: string | undefined): EndpointConfig {
    const config = this.config(name);
    this.#configs.delete(config.name);
    return config;
  }

  addConfig(input: CreateEndpointConfigInput): EndpointConfig {
    requireMembers(input, ['EndpointConfigName', 'ProductionVariants']);
    const name = requireName('endpointConfigName', input.EndpointConfigName);
    const arn = this.arn('endpoint-config', name);
    if (this.#configs.has(name)) {
      throw validationError(`Cannot create already existing endpoint configuration "${arn}".`);
    }
    requireServed(input);
    const variants = this.#variants(input.ProductionVariants ?? []);
    const config = {
      name,
      arn,
      createdAtMs: this.#clock.nowMs,
      variants,
      ...(input.MetricsConfig ? { metrics: metricsConfig(input.MetricsConfig) } : {}),
      kept: Object.fromEntries(
        KEPT.flatMap((member) => (input[member] === undefined ? [] : [[member, input[member]]])),
      ),
    };
    this.#configs.set(name, config);
    return config;
  }

  config(name: string | undefined): EndpointConfig {
    const config = this.#configs.get(name ?? '');
    if (config) return config;
    const arn = this.arn('endpoint-config', name ?? '');
    throw validationError(`Could not find endpoint configuration "${arn}".`);
  }

  #variants(variants: readonly ProductionVariant[]): VariantConfig[] {
    if (variants.length === 0) {
      throw validationError('At least one production variant must be specified.');
    }
    const names = new Set<string>();
    return variants.map((variant) => {
      requireMembers(variant, ['VariantName', 'ModelName', 'InstanceType', 'InitialInstanceCount']);
      requireRange('initialInstanceCount', variant.InitialInstanceCount, 1, 10_000);
      requireNotNegative('initialVariantWeight', variant.InitialVariantWeight);
      requireRange(
        'variantInstanceProvisionTimeoutInSeconds',
        variant.VariantInstanceProvisionTimeoutInSeconds,
        300,
        3600,
      );
      const config = variant as VariantConfig;
      requireName('variantName', config.VariantName);
      if (names.has(config.VariantName)) {
        throw validationError(`Duplicate production variant name "${config.VariantName}".`);
      }
      names.add(config.VariantName);
      if (!this.#models.has(config.ModelName)) {
        throw validationError(`Could not find model "${this.arn('model', config.ModelName)}".`);
      }
      if (config.ManagedInstanceScaling) {
        throw validationError(
          'ManagedInstanceScaling is only supported for inference component endpoints.',
        );
      }
      return config;
    });
  }
}

/** Seconds between datapoints of the invocation metrics: the frequency counts only when they are enhanced. */
export function metricPublishFrequencySeconds({ metrics }: EndpointConfig): number {
  return metrics?.EnableEnhancedMetrics
    ? (metrics.MetricPublishFrequencyInSeconds as number)
    : DEFAULT_METRIC_FREQUENCY_SECONDS;
}

/** A name of the form that SageMaker takes. Throws `ValidationException`. */
export function requireName(member: string, name: string | undefined): string {
  if (name !== undefined && /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name)) return name;
  throw validationError(
    `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: ` +
      'Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}',
  );
}

/** Endpoints without what was asked for would pass for endpoints that have it. */
function requireServed(input: CreateEndpointConfigInput): void {
  const asked = NOT_SERVED.find((member) => input[member] !== undefined);
  if (asked) {
    throw validationError(
      `The embedded account does not serve ${asked} in CreateEndpointConfig: ` +
        'its endpoints answer in real time, by their production variants alone.',
    );
  }
  const { DataCaptureConfig } = input;
  if (!DataCaptureConfig) return;
  requireMembers(DataCaptureConfig, [
    'InitialSamplingPercentage',
    'DestinationS3Uri',
    'CaptureOptions',
  ]);
  const percentage = DataCaptureConfig.InitialSamplingPercentage;
  requireRange('dataCaptureConfig.initialSamplingPercentage', percentage, 0, 100);
}

function metricsConfig(input: MetricsConfig): Required<MetricsConfig> {
  const frequency = input.MetricPublishFrequencyInSeconds ?? DEFAULT_METRIC_FREQUENCY_SECONDS;
  if (!METRIC_FREQUENCIES.includes(frequency)) {
    throw validationError(
      `1 validation error detected: Value '${frequency}' at ` +
        "'metricsConfig.metricPublishFrequencyInSeconds' failed to satisfy constraint: " +
        `Member must satisfy enum value set: [${METRIC_FREQUENCIES.join(', ')}]`,
    );
  }
  return {
    EnableEnhancedMetrics: input.EnableEnhancedMetrics ?? false,
    EnableDetailedObservability: input.EnableDetailedObservability ?? true,
    MetricPublishFrequencyInSeconds: frequency,
  };
}
