import type { Bounds } from './control/bounds.ts';
import type { ScalableTarget } from './target.ts';

/**
 * The command that registers a target or sets its bounds.
 * @param bounds one that is absent stays as it is; null: the reader must know both
 * @param region absent: that of the reader's environment
 */
export function registerCommand(
  target: ScalableTarget,
  bounds: Partial<Bounds> | null,
  region?: string,
): string {
  const { min, max } = bounds ?? { min: '<min>', max: '<max>' };
  return [
    commandOf('register-scalable-target', target, region),
    ...(min === undefined ? [] : [`--min-capacity ${min}`]),
    ...(max === undefined ? [] : [`--max-capacity ${max}`]),
  ].join(' ');
}

/** The command that resumes all scaling of a target. */
export function resumeScalingCommand(target: ScalableTarget, region?: string): string {
  const kinds = ['DynamicScalingIn', 'DynamicScalingOut', 'ScheduledScaling'];
  const resumed = kinds.map((kind) => `${kind}Suspended=false`).join(',');
  return `${commandOf('register-scalable-target', target, region)} --suspended-state ${resumed}`;
}

/** The command that shows what became of the last requests. */
export function activitiesCommand(target: ScalableTarget, region: string): string {
  return `${commandOf('describe-scaling-activities', target, region)} --max-items 5`;
}

function commandOf(
  operation: string,
  { resourceId, scalableDimension }: ScalableTarget,
  region: string | undefined,
): string {
  const at = region === undefined ? '' : ` --region ${region}`;
  return `aws application-autoscaling ${operation}${at} --service-namespace sagemaker --resource-id ${resourceId} --scalable-dimension ${scalableDimension}`;
}
