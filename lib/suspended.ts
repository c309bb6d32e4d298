import type { SuspendedScaling } from './control/types.ts';
import type { ScalableTarget } from './target.ts';

const WORDS: Readonly<Partial<Record<string, string>>> = {
  'scale-in': 'scale-in by policies',
  'scale-out': 'scale-out by policies',
  scheduled: 'scheduled scaling',
} satisfies Record<SuspendedScaling, string>;

/** What is suspended, as a sentence without its stop. A kind that only a newer version knows is told by its name. */
export function suspendedWords(kinds: readonly string[]): string {
  const listed = new Intl.ListFormat('en-GB').format(kinds.map((kind) => WORDS[kind] ?? kind));
  return `On the scalable target ${listed} ${kinds.length === 1 ? 'is' : 'are'} suspended`;
}

/** The command that resumes all scaling of a target. */
export function resumeScalingCommand(
  { resourceId, scalableDimension }: ScalableTarget,
  region?: string,
): string {
  const where = region === undefined ? '' : ` --region ${region}`;
  return `aws application-autoscaling register-scalable-target${where} --service-namespace sagemaker --resource-id ${resourceId} --scalable-dimension ${scalableDimension} --suspended-state DynamicScalingInSuspended=false,DynamicScalingOutSuspended=false,ScheduledScalingSuspended=false`;
}
