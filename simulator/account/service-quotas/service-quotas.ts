import { createHash } from 'node:crypto';
import { type PageRequest, pageOf, requireMembers } from '../input.ts';
import { AwsError, type AwsService, type CallContext, type Operation } from '../service.ts';

interface QuotaInput extends PageRequest {
  readonly ServiceCode?: string;
  readonly QuotaCode?: string;
}

/** Page size of the listings (Service Quotas API reference). */
const PAGES = { byDefault: 100, most: 100 };

/** Service Quotas: the instances of each type that an account may have behind endpoints. */
export class ServiceQuotas implements AwsService {
  readonly name = 'service-quotas';
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #instanceQuota: Readonly<Record<string, number>>;

  /** @param instanceQuota by instance type, as the plant enforces it */
  constructor(instanceQuota: Readonly<Record<string, number>>) {
    this.#instanceQuota = instanceQuota;
    this.operations = {
      ListServiceQuotas: (input, context) => this.#list(input, context),
      // Every quota of this account is an applied one; those are not repeated among the defaults.
      ListAWSDefaultServiceQuotas: (input) => {
        requireSageMaker(input);
        return { Quotas: [] };
      },
      GetServiceQuota: (input, context) => this.#get(input, context),
    };
  }

  #list(input: QuotaInput, context: CallContext) {
    requireSageMaker(input);
    const { items, ...page } = pageOf(this.#quotas(context), input, PAGES, invalidToken);
    return { Quotas: items, ...page };
  }

  #get(input: QuotaInput, context: CallContext) {
    requireSageMaker(input);
    requireMembers(input, ['QuotaCode']);
    const Quota = this.#quotas(context).find(({ QuotaCode }) => QuotaCode === input.QuotaCode);
    if (Quota) return { Quota };
    throw noSuchResource(`The request failed because the quota ${input.QuotaCode} is unknown.`);
  }

  #quotas({ region, accountId }: CallContext) {
    return Object.entries(this.#instanceQuota).map(([instanceType, Value]) => {
      const QuotaCode = quotaCode(instanceType);
      return {
        ServiceCode: 'sagemaker',
        ServiceName: 'Amazon SageMaker',
        QuotaArn: `arn:aws:servicequotas:${region}:${accountId}:sagemaker/${QuotaCode}`,
        QuotaCode,
        QuotaName: `${instanceType} for endpoint usage`,
        Value,
        Unit: 'None',
        Adjustable: true,
        GlobalQuota: false,
        QuotaAppliedAtLevel: 'ACCOUNT',
      };
    });
  }
}

/** Codes have this form; which one a quota has is AWS's own choice. */
function quotaCode(instanceType: string): string {
  const hash = createHash('sha256').update(instanceType).digest('hex');
  return `L-${hash.slice(0, 8).toUpperCase()}`;
}

function requireSageMaker(input: QuotaInput): void {
  requireMembers(input, ['ServiceCode']);
  if (input.ServiceCode === 'sagemaker') return;
  throw noSuchResource(`The service ${input.ServiceCode} has no quotas in the embedded account.`);
}

function noSuchResource(message: string): AwsError {
  return new AwsError('NoSuchResourceException', message);
}

function invalidToken(): AwsError {
  return new AwsError('InvalidPaginationTokenException', 'The token is not valid.');
}
