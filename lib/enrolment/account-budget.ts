import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { UnreadableItem } from '../aws/endpoint-item.ts';
import type { Fleet } from '../aws/enrolment-store.ts';
import type { EndpointRecord } from '../aws/state-store.ts';
import { ConfigError } from '../config/parse.ts';
import { readDefaults } from '../config/resolve.ts';
import { nextDayOf, spentBy } from '../control/budget.ts';
import { accountBudgetNotices } from '../notify/budget.ts';
import { bringUpToDate } from '../notify/configuration.ts';
import { DEFAULTS_PARAMETER } from './parameter-name.ts';
import type { EnrolmentRuntime } from './runtime.ts';

/** Endpoints' items that are read at a time. */
const READ_AT_ONCE = 10;

/** Under which name it is noted what the owner was told of the account's budget. */
const NOTICES = 'account-budget';

/**
 * Adds up what all enrolled targets have spent today and, where the account's budget is used up,
 * notes that on each endpoint's item, for its control cycles to read. A fault is logged and counted:
 * what was noted stays until midnight.
 */
export async function guardAccountBudget(runtime: EnrolmentRuntime, fleet: Fleet): Promise<void> {
  const { logger, metrics } = runtime;
  try {
    const maxInstanceHours = await readBudget(runtime);
    if (maxInstanceHours === undefined) return;
    if (maxInstanceHours === null && !fleet.account) return;
    await guard(runtime, fleet, maxInstanceHours);
  } catch (error) {
    logger.error('the account’s budget could not be checked; the next sweep tries again', {
      error,
    });
    metrics.addMetric('BudgetUnchecked', MetricUnit.Count, 1);
  }
}

/** Undefined while the defaults are not valid: nobody knows, so that everything stays as it is. */
async function readBudget({ parameters }: EnrolmentRuntime): Promise<number | null | undefined> {
  const text = await parameters.read(DEFAULTS_PARAMETER);
  try {
    return readDefaults(text, DEFAULTS_PARAMETER).maxInstanceHoursPerDay;
  } catch (error) {
    // The enrolments that follow from the same text tell its owner.
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

async function guard(
  runtime: EnrolmentRuntime,
  fleet: Fleet,
  maxInstanceHours: number | null,
): Promise<void> {
  const { enrolments, metrics, now } = runtime;
  const nowSeconds = now() / 1000;
  const records = await readAll(runtime, fleet);
  const spentSeconds = records
    .flatMap(({ targets }) => targets)
    .reduce((sum, { state }) => sum + spentBy(state.spent, nowSeconds), 0);
  const spentInstanceHours = spentSeconds / 3600;
  const isSpent = maxInstanceHours !== null && spentInstanceHours >= maxInstanceHours;
  const until = isSpent ? nextDayOf(nowSeconds) : null;
  for (const record of records) {
    if (noted(record, nowSeconds) === until) continue;
    await enrolments.noteAccountSpent(record.endpointName, until);
  }
  const spending = maxInstanceHours === null ? null : { spentInstanceHours, maxInstanceHours };
  await enrolments.noteAccount(spending && { ...spending, atSeconds: Math.floor(nowSeconds) });
  if (spending) metrics.addMetric('AccountInstanceHours', MetricUnit.Count, spentInstanceHours);
  const notices = spending ? accountBudgetNotices(spending, nowSeconds) : [];
  await bringUpToDate(runtime, NOTICES, {}, notices);
}

/** Until when the budget counts as spent on an endpoint; null: it does not. */
function noted({ targets }: EndpointRecord, nowSeconds: number): number | null {
  const until = targets[0]?.accountSpentUntilSeconds;
  return until !== undefined && until > nowSeconds ? until : null;
}

/** Without those that cannot be read, which are counted: they must not keep the budget from all others. */
async function readAll(runtime: EnrolmentRuntime, fleet: Fleet): Promise<EndpointRecord[]> {
  const { enrolments, logger, metrics } = runtime;
  const read = async (name: string): Promise<EndpointRecord[]> => {
    try {
      return [await enrolments.read(name)];
    } catch (error) {
      if (!(error instanceof UnreadableItem)) throw error;
      logger.error('the account’s budget is checked without an endpoint', { name, error });
      metrics.addMetric('BudgetUnchecked', MetricUnit.Count, 1);
      return [];
    }
  };
  const names = fleet.entries
    .filter(({ targets }) => targets.size > 0)
    .map(({ endpointName }) => endpointName);
  const records: EndpointRecord[] = [];
  for (let from = 0; from < names.length; from += READ_AT_ONCE) {
    const page = names.slice(from, from + READ_AT_ONCE);
    records.push(...(await Promise.all(page.map(read))).flat());
  }
  return records.filter(({ targets }) => targets.length > 0);
}
