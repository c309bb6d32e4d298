import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ScalableTarget } from '../target.ts';
import { type EndpointEnrolments, endpointEnrolments } from './endpoint-enrolments.ts';
import type { EndpointRecord } from './endpoint-item.ts';
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
   * @param mayGo judges the endpoint's item as it is then: others may have changed it
   * @returns false, and nothing is forgotten, when it may not go
   */
  forget(target: ScalableTarget, mayGo?: (record: EndpointRecord) => boolean): Promise<boolean>;
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
    async forget(target, mayGo) {
      if (!(await remove(target, mayGo))) return false;
      await drop(target);
      return true;
    },
  };
}
