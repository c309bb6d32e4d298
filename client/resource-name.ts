/** SageMaker's own pattern for endpoint and variant names (CreateEndpoint, ProductionVariant), but for its length. */
const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;

/** 62 groups of hyphens could be as long as anything: the services hold names to this. */
const MOST_LETTERS = 63;

/**
 * True for a string that SageMaker would accept as the name of an endpoint or a variant. Nothing else can have load, and
 * CloudWatch would refuse the load of all others with it.
 */
export function isResourceName(name: string): boolean {
  return name.length <= MOST_LETTERS && NAME.test(name);
}
