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
  /**
   * Forgets a target, its state and, after the last one, the endpoint.
   * @param asOfVersion of the endpoint's item when it was judged; without it, whatever it has become
   * @returns false, and nothing is forgotten, when it has become another
   */
  forget(target: ScalableTarget, asOfVersion?: number): Promise<boolean>;
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
    async forget(target, asOfVersion) {
      if (!(await remove(target, asOfVersion))) return false;
      await drop(target);
      return true;
    },
  };
}
