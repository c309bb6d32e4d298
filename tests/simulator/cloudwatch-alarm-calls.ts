import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { World } from './cloudwatch-world.ts';

export const ARN = 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:high';

export async function describeAll(world: World, filter: object = {}) {
  return (await world.client.send(new DescribeAlarmsCommand(filter))).MetricAlarms ?? [];
}
