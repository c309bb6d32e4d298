/** What SageMaker allows as the name of an endpoint or a variant. */
const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;

const MOST_LETTERS = 63;

/**
 * Whether SageMaker may know something by this name. Another cannot have load, and CloudWatch would
 * refuse the load of all others with it.
 */
export function isResourceName(text: string): boolean {
  return text.length <= MOST_LETTERS && NAME.test(text);
}
