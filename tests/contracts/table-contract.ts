import { describe } from 'vitest';
import { describeConditions } from './table/conditions.ts';
import { contractTable } from './table/contract-table.ts';
import { describeItems } from './table/items.ts';
import { describeQueries } from './table/queries.ts';
import { describeRefusals } from './table/refusals.ts';
import { describeUpdates } from './table/updates.ts';
import type { TableUnderTest } from './tables.ts';

/**
 * What a DynamoDB table must do for this project, whoever plays it.
 *
 * Left out, because dynalite, which runs this suite too, differs from DynamoDB there; the embedded
 * table's own tests cover them: ReturnValuesOnConditionCheckFailure (ignored by dynalite),
 * UpdateTimeToLive (unknown to it), `=` between maps or lists (never true), an order operator with
 * a boolean (fails the condition instead of being refused), REMOVE of two elements of one list (it
 * counts the second index after removing the first), the token in a syntax error's message.
 */
export function describeTableContract(name: string, start: () => Promise<TableUnderTest>): void {
  describe(`Table contract: ${name}`, () => {
    const table = contractTable(start);
    describeItems(table);
    describeConditions(table);
    describeUpdates(table);
    describeQueries(table);
    describeRefusals(table);
  });
}
