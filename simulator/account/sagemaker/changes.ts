import type { DesiredWeightAndCapacity, UpdateEndpointInput } from '@aws-sdk/client-sagemaker';
import type { QuotaRefusal } from '../../plant/plant.ts';
import { requireMembers, requireNotNegative, requireRange } from '../input.ts';
import { AwsError, validationError } from '../service.ts';

/** Checks the changes of UpdateEndpointWeightsAndCapacities. Throws `ValidationException`. */
export function checkChanges(changes: readonly DesiredWeightAndCapacity[]): void {
  if (changes.length === 0) {
    throw validationError(
      "1 validation error detected: Value '[]' at 'desiredWeightsAndCapacities' failed to satisfy " +
        'constraint: Member must have length greater than or equal to 1',
    );
  }
  const names = new Set<string | undefined>();
  for (const change of changes) {
    requireMembers(change, ['VariantName']);
    requireRange('desiredInstanceCount', change.DesiredInstanceCount, 0, Number.MAX_SAFE_INTEGER);
    requireNotNegative('desiredWeight', change.DesiredWeight);
    if (names.has(change.VariantName)) {
      throw validationError(`Duplicate variant name "${change.VariantName}".`);
    }
    names.add(change.VariantName);
  }
}

/** Which properties of running variants an update keeps (UpdateEndpoint API reference). */
export function retainedProperties(input: UpdateEndpointInput): {
  count: boolean;
  weight: boolean;
} {
  const excluded = (input.ExcludeRetainedVariantProperties ?? []).map(
    ({ VariantPropertyType }) => VariantPropertyType,
  );
  const retain = input.RetainAllVariantProperties ?? false;
  return {
    count: retain && !excluded.includes('DesiredInstanceCount'),
    weight: retain && !excluded.includes('DesiredWeight'),
  };
}

/** The refusal of more instances than the account may have. */
export function limitExceeded({ instanceType, limit, utilization, added }: QuotaRefusal): AwsError {
  return new AwsError(
    'ResourceLimitExceeded',
    `The account-level service limit '${instanceType} for endpoint usage' is ${limit} Instances, ` +
      `with current utilization of ${utilization} Instances and a request delta of ${added} ` +
      'Instances. Please use AWS Service Quotas to request an increase for this quota.',
  );
}
