import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoEnrolmentStore } from '../../lib/aws/enrolment-store.ts';
import type { ScalableTarget } from '../../lib/target.ts';
import type { LifecycleWorld } from './world.ts';

/** What `status` would show of a target. */
export async function shownIn(world: LifecycleWorld, { endpointName, resourceId }: ScalableTarget) {
  const { account } = world.parts;
  const client = new DynamoDBClient(account.clientConfig());
  const record = await dynamoEnrolmentStore(client, () => 'Table').read(endpointName);
  const stored = record.targets.find(({ target }) => target.resourceId === resourceId);
  return { enrolment: stored?.enrolment, refusal: record.refusals.get(resourceId) };
}
