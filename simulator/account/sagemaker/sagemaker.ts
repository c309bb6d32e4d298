import type {
  CreateEndpointConfigInput,
  CreateEndpointInput,
  CreateModelInput,
  DescribeEndpointConfigInput,
  DescribeEndpointInput,
  ListEndpointsInput,
  UpdateEndpointInput,
  UpdateEndpointWeightsAndCapacitiesInput,
} from '@aws-sdk/client-sagemaker';
import type { UpdateOutcome } from '../../plant/fleet.ts';
import type { Plant } from '../../plant/plant.ts';
import type { VirtualClock } from '../clock.ts';
import { pageOf, requireMembers, requireOneOf } from '../input.ts';
import { type AwsService, type CallContext, type Operation, validationError } from '../service.ts';
import { Catalog, requireName } from './catalog.ts';
import { catalogOperations } from './catalog-operations.ts';
import { describeEndpoint, describeEndpointConfig, summarizeEndpoint } from './describe.ts';
import { Endpoint } from './endpoint.ts';
import {
  deploymentEvent,
  type EventEmitter,
  type ServiceEvent,
  stateChangeEvent,
} from './events.ts';
import { type Tag, TagStore, tagOperations } from './tags.ts';

export interface SageMakerOptions {
  readonly clock: VirtualClock;
  readonly context: CallContext;
  readonly plant: Plant;
  readonly events: EventEmitter;
  /** Seconds that a new endpoint is Creating. Default 0: it is InService at once. */
  readonly creationSeconds?: number;
  /** Sends every event twice, as AWS says may happen. Default false. */
  readonly duplicateEvents?: boolean;
}

/** What a scalable target's capacity is, as Application Auto Scaling reads it. */
export interface VariantCapacity {
  readonly desired: number;
  /** False while the endpoint takes no changes. */
  readonly isScalable: boolean;
}

const VARIANT_DIMENSION = 'sagemaker:variant:DesiredInstanceCount';

/** Page sizes of ListEndpoints (SageMaker API reference). */
const PAGES = { byDefault: 10, most: 100 };

/** Amazon SageMaker: realtime endpoints with production variants, on the simulated plant. */
export class SageMaker implements AwsService {
  readonly name = 'sagemaker';
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #options: SageMakerOptions;
  readonly #catalog: Catalog;
  readonly #tags = new TagStore();
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #deletionListeners: ((resourceIds: readonly string[]) => void)[] = [];
  #isScalableTarget: (resourceId: string) => boolean = () => false;

  constructor(options: SageMakerOptions) {
    this.#options = options;
    this.#catalog = new Catalog(options.clock, options.context);
    this.operations = {
      ...catalogOperations(this.#catalog, this.#tags),
      ...tagOperations(this.#tags),
      CreateModel: (input) => this.createModel(input),
      CreateEndpointConfig: (input) => this.createEndpointConfig(input),
      DescribeEndpointConfig: (input) => this.describeEndpointConfig(input),
      CreateEndpoint: (input) => this.createEndpoint(input),
      DescribeEndpoint: (input) => this.describeEndpoint(input),
      ListEndpoints: (input) => this.listEndpoints(input),
      UpdateEndpoint: (input) => this.updateEndpoint(input),
      UpdateEndpointWeightsAndCapacities: (input) => this.updateEndpointWeightsAndCapacities(input),
      DeleteEndpoint: (input) => this.deleteEndpoint(input),
    };
  }

  createModel(input: CreateModelInput) {
    const ModelArn = this.#catalog.addModel(input);
    this.#tags.add(ModelArn, input.Tags as Tag[] | undefined);
    return { ModelArn };
  }

  createEndpointConfig(input: CreateEndpointConfigInput) {
    const { arn } = this.#catalog.addConfig(input);
    this.#tags.add(arn, input.Tags as Tag[] | undefined);
    return { EndpointConfigArn: arn };
  }

  describeEndpointConfig(input: DescribeEndpointConfigInput) {
    requireMembers(input, ['EndpointConfigName']);
    return describeEndpointConfig(this.#catalog.config(input.EndpointConfigName));
  }

  createEndpoint(input: CreateEndpointInput) {
    requireMembers(input, ['EndpointName', 'EndpointConfigName']);
    const name = requireName('endpointName', input.EndpointName);
    const arn = this.#catalog.arn('endpoint', name);
    if (this.#endpoints.has(name)) {
      throw validationError(`Cannot create already existing endpoint "${arn}".`);
    }
    const config = this.#catalog.config(input.EndpointConfigName);
    const { clock, plant, creationSeconds = 0 } = this.#options;
    const onStatus = (changed: Endpoint) => this.#announce(changed);
    const endpoint = new Endpoint({ clock, plant, onStatus }, name, arn, config);
    endpoint.requireQuota();
    this.#tags.add(arn, input.Tags as Tag[] | undefined);
    this.#endpoints.set(name, endpoint);
    endpoint.create(creationSeconds);
    return { EndpointArn: arn };
  }

  describeEndpoint(input: DescribeEndpointInput) {
    return describeEndpoint(this.#endpoint(input.EndpointName));
  }

  listEndpoints(input: ListEndpointsInput) {
    const { NameContains, StatusEquals, SortBy = 'CreationTime', SortOrder = 'Descending' } = input;
    requireOneOf('sortBy', SortBy, ['Name', 'CreationTime', 'Status']);
    requireOneOf('sortOrder', SortOrder, ['Ascending', 'Descending']);
    const order = { CreationTime: byCreation, Name: byName, Status: byStatus }[SortBy];
    const chosen = [...this.#endpoints.values()]
      .filter(({ name }) => name.toLowerCase().includes((NameContains ?? '').toLowerCase()))
      .filter(({ status }) => StatusEquals === undefined || status === StatusEquals)
      .filter((endpoint) => isWithin(endpoint, input as unknown as WireTimes))
      .sort(order);
    if (SortOrder === 'Descending') chosen.reverse();
    const { items, ...next } = pageOf(chosen, input, PAGES, invalidToken);
    return { Endpoints: items.map(summarizeEndpoint), ...next };
  }

  updateEndpoint(input: UpdateEndpointInput) {
    requireMembers(input, ['EndpointName', 'EndpointConfigName']);
    const endpoint = this.#endpoint(input.EndpointName);
    const config = this.#catalog.config(input.EndpointConfigName);
    endpoint.requireUnlocked();
    this.#requireDeregistered(endpoint, config.variants);
    endpoint.update(config, input);
    return { EndpointArn: endpoint.arn };
  }

  updateEndpointWeightsAndCapacities(input: UpdateEndpointWeightsAndCapacitiesInput) {
    requireMembers(input, ['EndpointName', 'DesiredWeightsAndCapacities']);
    const endpoint = this.#endpoint(input.EndpointName);
    endpoint.scale(input.DesiredWeightsAndCapacities ?? []);
    return { EndpointArn: endpoint.arn };
  }

  deleteEndpoint(input: DescribeEndpointInput) {
    const endpoint = this.#endpoint(input.EndpointName);
    const resourceIds = endpoint.variants.map(({ plant }) =>
      resourceIdOf(endpoint.name, plant.identity.variantName),
    );
    endpoint.delete();
    this.#endpoints.delete(endpoint.name);
    this.#tags.drop(endpoint.arn);
    for (const listener of this.#deletionListeners) listener(resourceIds);
    return {};
  }

  /** The endpoint of a name; undefined: there is none. */
  find(endpointName: string): Endpoint | undefined {
    return this.#endpoints.get(endpointName);
  }

  /** All endpoints, in the order of their creation. */
  get endpoints(): readonly Endpoint[] {
    return [...this.#endpoints.values()];
  }

  /** AWS's own maintenance of an endpoint: SystemUpdating for so many seconds. */
  maintainEndpoint(endpointName: string, seconds: number): void {
    this.#endpoint(endpointName).maintain(seconds);
  }

  /** The capacity of a scalable target of this service; undefined: there is no such resource. */
  read(resourceId: string, dimension: string): VariantCapacity | undefined {
    if (dimension !== VARIANT_DIMENSION) return undefined;
    const { endpointName, variantName } = parseResourceId(resourceId);
    const endpoint = this.#endpoints.get(endpointName);
    const instances = endpoint?.variant(variantName)?.plant.instances;
    if (!endpoint || !instances) return undefined;
    return {
      desired: instances.desired,
      isScalable: endpoint.status === 'InService',
    };
  }

  /**
   * Asks for a capacity as Application Auto Scaling does; `onEnd` hears how it went.
   * Throws `ValidationException` and `ResourceLimitExceeded`.
   */
  setDesired(
    resourceId: string,
    dimension: string,
    capacity: number,
    onEnd: (outcome: UpdateOutcome) => void,
  ): void {
    if (dimension !== VARIANT_DIMENSION) {
      throw validationError(`Resource ${resourceId} has no dimension ${dimension}.`);
    }
    const { endpointName, variantName } = parseResourceId(resourceId);
    const change = { VariantName: variantName, DesiredInstanceCount: capacity };
    this.#endpoint(endpointName).scale([change], onEnd);
  }

  /** Hears the resource ids of the variants of every deleted endpoint. */
  onDeleted(listener: (resourceIds: readonly string[]) => void): void {
    this.#deletionListeners.push(listener);
  }

  /** Tells which variants are scalable targets; an update may not remove those or change their type. */
  knowScalableTargets(isScalableTarget: (resourceId: string) => boolean): void {
    this.#isScalableTarget = isScalableTarget;
  }

  #endpoint(name: string | undefined): Endpoint {
    requireMembers({ EndpointName: name }, ['EndpointName']);
    const endpoint = this.#endpoints.get(name as string);
    if (endpoint) return endpoint;
    const arn = this.#catalog.arn('endpoint', name as string);
    throw validationError(`Could not find endpoint "${arn}".`);
  }

  #requireDeregistered(
    endpoint: Endpoint,
    variants: readonly { readonly VariantName: string; readonly InstanceType: string }[],
  ): void {
    const blocking = endpoint.variants.filter(({ plant: { identity }, config }) => {
      const next = variants.find(({ VariantName }) => VariantName === identity.variantName);
      const isTouched = next?.InstanceType !== config.InstanceType;
      return isTouched && this.#isScalableTarget(resourceIdOf(endpoint.name, identity.variantName));
    });
    if (blocking.length === 0) return;
    const names = blocking.map(({ plant }) => `"${plant.identity.variantName}"`).join(',');
    throw validationError(
      `The variant(s) ${names} must be deregistered as scalable targets with AutoScaling before ` +
        'they can be removed or have their instance type updated.',
    );
  }

  #announce(endpoint: Endpoint): void {
    const tags = this.#tags.map(endpoint.arn);
    this.#emit(stateChangeEvent(endpoint, tags));
    this.#emit(deploymentEvent(endpoint, tags));
  }

  #emit(event: ServiceEvent): void {
    const { events, duplicateEvents } = this.#options;
    events.emit(event);
    if (duplicateEvents) events.emit(event);
  }
}

function resourceIdOf(endpointName: string, variantName: string): string {
  return `endpoint/${endpointName}/variant/${variantName}`;
}

function parseResourceId(resourceId: string): { endpointName: string; variantName: string } {
  const [, endpointName = '', variantName = ''] =
    /^endpoint\/([^/]+)\/variant\/([^/]+)$/.exec(resourceId) ?? [];
  return { endpointName, variantName };
}

/** When a listed endpoint may have been made and changed: epoch seconds, as on the wire. */
interface WireTimes {
  readonly CreationTimeAfter?: number;
  readonly CreationTimeBefore?: number;
  readonly LastModifiedTimeAfter?: number;
  readonly LastModifiedTimeBefore?: number;
}

/** The first moment of a creation counts, that of a change does not (ListEndpoints API reference). */
function isWithin({ createdAtMs, modifiedAtMs }: Endpoint, times: WireTimes): boolean {
  const { CreationTimeAfter, CreationTimeBefore } = times;
  const { LastModifiedTimeAfter, LastModifiedTimeBefore } = times;
  const [created, modified] = [createdAtMs / 1000, modifiedAtMs / 1000];
  return (
    (CreationTimeAfter === undefined || created >= CreationTimeAfter) &&
    (CreationTimeBefore === undefined || created < CreationTimeBefore) &&
    (LastModifiedTimeAfter === undefined || modified > LastModifiedTimeAfter) &&
    (LastModifiedTimeBefore === undefined || modified < LastModifiedTimeBefore)
  );
}

function byCreation(a: Endpoint, b: Endpoint): number {
  return a.createdAtMs - b.createdAtMs || byName(a, b);
}

function byName(a: Endpoint, b: Endpoint): number {
  return a.name < b.name ? -1 : 1;
}

function byStatus(a: Endpoint, b: Endpoint): number {
  return a.status === b.status ? byName(a, b) : a.status < b.status ? -1 : 1;
}

function invalidToken() {
  return validationError('Invalid pagination token.');
}
