import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ScalableTarget } from '../target.ts';
import { type EndpointEnrolments, endpointEnrolments } from './endpoint-enrolments.ts';
import { type FleetItems, fleetItems } from './fleet.ts';
import { dynamoItemTable } from './item-table.ts';
import { type QuotaLine, quotaLine } from './quota-line.ts';

export type { AccountSpending, EndpointNews, Fleet, FleetEntry } from './fleet.ts';

/** Who is enrolled and with what, in the table of the states. */
export interface EnrolmentStore
  extends Omit<EndpointEnrolments, 'remove'>,
    Omit<FleetItems, 'drop'>,
    QuotaLine {
  /** Forgets a target, its state and, after the last one, the endpoint. */
  forget(target: ScalableTarget): Promise<void>;
}

export function dynamoEnrolmentStore(
  client: DynamoDBClient,
  tableName: () => string,
): EnrolmentStore {
  const table = dynamoItemTable(client, tableName);
  const { remove, ...enrolments } = endpointEnrolments(table);
  const { drop, ...fleet } = fleetItems(table);
  return {
    ...enrolments,
    ...fleet,
    ...quotaLine(table),
    async forget(target) {
      await remove(target);
      await drop(target);
    },
  };
}
