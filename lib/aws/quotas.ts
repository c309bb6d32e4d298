import {
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  type ServiceQuota,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';

/** How many instances of a type an account may have behind endpoints. */
export interface InstanceQuota {
  readonly quotaCode: string;
  readonly instances: number;
}

/** Reads the account's quotas of instances "for endpoint usage". */
export interface InstanceQuotas {
  /** By instance type; a type that Service Quotas does not know is absent. */
  read(instanceTypes: readonly string[]): Promise<ReadonlyMap<string, InstanceQuota>>;
}

const SERVICE = { ServiceCode: 'sagemaker', MaxResults: 100 };
const NAME = /^(ml\.\S+) for endpoint usage$/;

export function serviceQuotas(client: ServiceQuotasClient): InstanceQuotas {
  return {
    async read(instanceTypes) {
      const applied = await pages((NextToken) =>
        client.send(new ListServiceQuotasCommand({ ...SERVICE, ...(NextToken && { NextToken }) })),
      );
      if (instanceTypes.every((type) => applied.has(type))) return applied;
      // A quota that was never applied to this account is only listed among the defaults.
      const defaults = await pages((NextToken) =>
        client.send(
          new ListAWSDefaultServiceQuotasCommand({ ...SERVICE, ...(NextToken && { NextToken }) }),
        ),
      );
      return new Map([...defaults, ...applied]);
    },
  };
}

async function pages(
  read: (token: string | undefined) => Promise<{
    readonly Quotas?: ServiceQuota[] | undefined;
    readonly NextToken?: string | undefined;
  }>,
): Promise<Map<string, InstanceQuota>> {
  const found = new Map<string, InstanceQuota>();
  let token: string | undefined;
  do {
    const { Quotas = [], NextToken } = await read(token);
    for (const { QuotaName = '', QuotaCode = '', Value } of Quotas) {
      const instanceType = NAME.exec(QuotaName)?.[1];
      if (!instanceType || Value === undefined) continue;
      found.set(instanceType, { quotaCode: QuotaCode, instances: Value });
    }
    token = NextToken;
  } while (token);
  return found;
}
