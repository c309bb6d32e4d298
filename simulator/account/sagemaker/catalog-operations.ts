import type {
  DeleteEndpointConfigInput,
  DeleteModelInput,
  DescribeModelInput,
  ListEndpointConfigsInput,
  ListModelsInput,
} from '@aws-sdk/client-sagemaker';
import { pageOf, requireMembers, requireOneOf } from '../input.ts';
import { type Operation, validationError } from '../service.ts';
import type { Catalog, Model } from './catalog.ts';
import type { TagStore } from './tags.ts';

/** Page sizes of ListModels and ListEndpointConfigs (SageMaker API reference). */
const PAGES = { byDefault: 10, most: 100 };

/** The operations on models and endpoint configurations that read, list and delete. */
export function catalogOperations(
  catalog: Catalog,
  tags: TagStore,
): Readonly<Record<string, Operation>> {
  return {
    DescribeModel: (input: DescribeModelInput) => {
      requireMembers(input, ['ModelName']);
      return describeModel(catalog.model(input.ModelName));
    },
    ListModels: (input: ListModelsInput) => {
      const { items, ...next } = list(catalog.models, input);
      const Models = items.map(({ name, arn, createdAtMs }) => ({
        ModelName: name,
        ModelArn: arn,
        CreationTime: createdAtMs / 1000,
      }));
      return { Models, ...next };
    },
    DeleteModel: (input: DeleteModelInput) => {
      requireMembers(input, ['ModelName']);
      tags.drop(catalog.removeModel(input.ModelName).arn);
      return {};
    },
    ListEndpointConfigs: (input: ListEndpointConfigsInput) => {
      const { items, ...next } = list(catalog.configs, input);
      const EndpointConfigs = items.map(({ name, arn, createdAtMs }) => ({
        EndpointConfigName: name,
        EndpointConfigArn: arn,
        CreationTime: createdAtMs / 1000,
      }));
      return { EndpointConfigs, ...next };
    },
    DeleteEndpointConfig: (input: DeleteEndpointConfigInput) => {
      requireMembers(input, ['EndpointConfigName']);
      tags.drop(catalog.removeConfig(input.EndpointConfigName).arn);
      return {};
    },
  };
}

/** What the listings filter and sort by. */
interface Entry {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
}

/** Epoch seconds, as on the wire. */
type WireTime = number | undefined;

function list<Listed extends Entry>(
  entries: readonly Listed[],
  input: Omit<ListModelsInput, 'SortBy'> & { readonly SortBy?: string | undefined },
) {
  const { NameContains = '', SortBy = 'CreationTime', SortOrder = 'Descending' } = input;
  requireOneOf('sortBy', SortBy, ['Name', 'CreationTime']);
  requireOneOf('sortOrder', SortOrder, ['Ascending', 'Descending']);
  const before = (input.CreationTimeBefore as unknown as WireTime) ?? Number.POSITIVE_INFINITY;
  const after = (input.CreationTimeAfter as unknown as WireTime) ?? Number.NEGATIVE_INFINITY;
  const chosen = entries
    .filter(({ name }) => name.toLowerCase().includes(NameContains.toLowerCase()))
    .filter(({ createdAtMs }) => createdAtMs / 1000 < before && createdAtMs / 1000 > after)
    .sort(SortBy === 'Name' ? byName : byCreation);
  if (SortOrder === 'Descending') chosen.reverse();
  return pageOf(chosen, input, PAGES, () => validationError('Invalid pagination token.'));
}

function byCreation(a: Entry, b: Entry): number {
  return a.createdAtMs - b.createdAtMs || byName(a, b);
}

function byName(a: Entry, b: Entry): number {
  return a.name < b.name ? -1 : 1;
}

function describeModel({ name, arn, createdAtMs, input }: Model) {
  const { Tags: _, ...members } = input;
  return {
    ...members,
    ModelName: name,
    ModelArn: arn,
    CreationTime: createdAtMs / 1000,
    EnableNetworkIsolation: input.EnableNetworkIsolation ?? false,
  };
}
