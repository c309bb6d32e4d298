import { isValidTag } from '../config/parse.ts';
import { TAG_KEY } from '../enrolment/parameter-name.ts';
import type { ScalableTarget } from '../target.ts';
import { isDenied } from './attempts.ts';
import type { OperatorRuntime } from './runtime.ts';

/**
 * The tag as the service takes it for a change of the parameter: one that was not valid when a sweep read it may
 * have been mended since, which no event tells. Who may not read it goes by what the service remembers.
 */
export async function presentTag(
  { tags }: Pick<OperatorRuntime, 'tags'>,
  { endpointName }: ScalableTarget,
  remembered: string | undefined,
): Promise<string | undefined> {
  if (remembered === undefined || isValidTag(remembered)) return remembered;
  try {
    return await tags.find(endpointName, TAG_KEY);
  } catch (error) {
    if (isDenied(error)) return remembered;
    throw error;
  }
}
