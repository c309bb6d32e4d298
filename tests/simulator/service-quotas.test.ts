import {
  GetServiceQuotaCommand,
  ListServiceQuotasCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { describe, expect, it } from 'vitest';
import { serviceQuotas } from '../../lib/aws/quotas.ts';
import { createAccount } from '../../simulator/account/create-account.ts';

function client(instanceQuota?: Readonly<Record<string, number>>): ServiceQuotasClient {
  const { account } = createAccount({
    startMs: 0,
    seed: 1,
    model: { instanceThroughputPerSecond: 1, serviceSeconds: 0.2, leadTimeSeconds: 60 },
    ...(instanceQuota && { instanceQuota }),
  });
  return new ServiceQuotasClient(account.clientConfig());
}

const SAGEMAKER = { ServiceCode: 'sagemaker' };

describe('Service Quotas', () => {
  it('lists the quotas that the plant enforces, in pages', async () => {
    const quotas = client({ 'ml.g5.xlarge': 4, 'ml.m5.large': 8, 'ml.p4d.24xlarge': 0 });
    const first = await quotas.send(new ListServiceQuotasCommand({ ...SAGEMAKER, MaxResults: 2 }));
    const { NextToken } = first;
    const second = await quotas.send(
      new ListServiceQuotasCommand({
        ...SAGEMAKER,
        MaxResults: 2,
        ...(NextToken && { NextToken }),
      }),
    );
    const all = [...(first.Quotas ?? []), ...(second.Quotas ?? [])];
    expect(all.map(({ QuotaName, Value }) => [QuotaName, Value])).toEqual([
      ['ml.g5.xlarge for endpoint usage', 4],
      ['ml.m5.large for endpoint usage', 8],
      ['ml.p4d.24xlarge for endpoint usage', 0],
    ]);
    expect(second.NextToken).toBeUndefined();
    expect(new Set(all.map(({ QuotaCode }) => QuotaCode)).size).toBe(3);
  });

  it('gives one by its code', async () => {
    const quotas = client({ 'ml.g5.xlarge': 4 });
    const { Quotas } = await quotas.send(new ListServiceQuotasCommand(SAGEMAKER));
    const QuotaCode = Quotas?.[0]?.QuotaCode;
    const { Quota } = await quotas.send(new GetServiceQuotaCommand({ ...SAGEMAKER, QuotaCode }));
    expect(Quota).toEqual(Quotas?.[0]);
  });

  it.each([
    ['an unknown quota', { ...SAGEMAKER, QuotaCode: 'L-0' }, 'NoSuchResourceException'],
    ['another service', { ServiceCode: 'ec2', QuotaCode: 'L-0' }, 'NoSuchResourceException'],
    ['no quota', { ...SAGEMAKER, QuotaCode: undefined }, 'ValidationException'],
  ])('refuses %s', async (_, input, name) => {
    await expect(client().send(new GetServiceQuotaCommand(input))).rejects.toMatchObject({ name });
  });

  it('refuses a token of its own making only', async () => {
    const input = { ...SAGEMAKER, NextToken: 'mine' };
    await expect(client().send(new ListServiceQuotasCommand(input))).rejects.toMatchObject({
      name: 'InvalidPaginationTokenException',
    });
  });
});

it('quotas are read by instance type; one that is not there stays unknown', async () => {
  const quotas = await serviceQuotas(client({ 'ml.g5.xlarge': 4 })).read(['ml.g5.xlarge', 'ml.x']);
  expect([...quotas.keys()]).toEqual(['ml.g5.xlarge']);
  expect(quotas.get('ml.g5.xlarge')).toMatchObject({ instances: 4 });
});
