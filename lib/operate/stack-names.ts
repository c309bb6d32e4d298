/** The stack's service name, as in serverless.yml. */
const SERVICE = 'sagemaker-fast-scaler';

/** Stage that is deployed when none is named. */
export const DEFAULT_STAGE = 'prod';

/** Names of what a stage's stack has made. */
export interface StackNames {
  readonly stage: string;
  readonly table: string;
  readonly sweepFunction: string;
}

/** The fixed names of a stage; `table` where the stack's table is called otherwise. */
export function stackNames(stage: string, table?: string): StackNames {
  const stack = `${SERVICE}-${stage}`;
  return { stage, table: table ?? stack, sweepFunction: `${stack}-sweep` };
}
