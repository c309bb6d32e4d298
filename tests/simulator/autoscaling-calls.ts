import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
} from '@aws-sdk/client-application-auto-scaling';
import { TARGET, type World } from './sagemaker-world.ts';

export const register = (
  { autoScalingClient }: World,
  input: Partial<RegisterScalableTargetCommandInput> = {},
) => autoScalingClient.send(new RegisterScalableTargetCommand({ ...TARGET, ...input }));

export const bounds = (MinCapacity: number, MaxCapacity: number) => ({ MinCapacity, MaxCapacity });

export const target = async ({ autoScalingClient }: World) => {
  const output = await autoScalingClient.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }),
  );
  return output.ScalableTargets?.[0];
};
