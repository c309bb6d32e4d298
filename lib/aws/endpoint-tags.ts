import {
  DescribeEndpointCommand,
  ListEndpointsCommand,
  ListTagsCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { isEndpointMissing } from './endpoints.ts';

/** An endpoint as it is listed. */
export interface ListedEndpoint {
  readonly endpointName: string;
  readonly arn: string;
  /** Epoch milliseconds; new and changed endpoints are the likeliest to have a new tag. */
  readonly modifiedAtMs: number;
}

/** Finds endpoints by tag. */
export interface EndpointTags {
  list(): Promise<ListedEndpoint[]>;
  /** Value of the endpoint's tag `key`; undefined when it has none. */
  read(endpoint: ListedEndpoint, key: string): Promise<string | undefined>;
  /** The same of an endpoint that is known by its name alone; undefined also when there is none. */
  find(endpointName: string, key: string): Promise<string | undefined>;
}

export function sageMakerTags(client: SageMakerClient): EndpointTags {
  const read = async ({ arn }: Pick<ListedEndpoint, 'arn'>, key: string) => {
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new ListTagsCommand({ ResourceArn: arn, ...(NextToken ? { NextToken } : {}) }),
      );
      const tag = page.Tags?.find(({ Key }) => Key === key);
      if (tag) return tag.Value ?? '';
      NextToken = page.NextToken;
    } while (NextToken);
    return undefined;
  };

  return {
    read,

    async find(endpointName, key) {
      try {
        const input = { EndpointName: endpointName };
        const { EndpointArn } = await client.send(new DescribeEndpointCommand(input));
        return EndpointArn ? await read({ arn: EndpointArn }, key) : undefined;
      } catch (error) {
        if (isEndpointMissing(error)) return undefined;
        throw error;
      }
    },

    async list() {
      const endpoints: ListedEndpoint[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new ListEndpointsCommand({ MaxResults: 100, ...(NextToken ? { NextToken } : {}) }),
        );
        for (const { EndpointName, EndpointArn, LastModifiedTime } of page.Endpoints ?? []) {
          if (!EndpointName || !EndpointArn) continue;
          const modifiedAtMs = LastModifiedTime?.getTime() ?? 0;
          endpoints.push({ endpointName: EndpointName, arn: EndpointArn, modifiedAtMs });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return endpoints;
    },
  };
}
