import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { SETTINGS } from './settings.ts';

/**
 * Tests that replay scenarios, and many hours, days and weeks. Counting what they cover would about double their time, and the
 * others cover nearly all.
 */
export const REPLAYS = [
  'tests/backtest/**/*.test.ts',
  'tests/bench/**/*.test.ts',
  'tests/chaos/**/*.test.ts',
  'tests/cli/backtest{,-file,-history}.test.ts',
  'tests/cli/{doctor,operate,simulate,status}.test.ts',
  'tests/client/scenario.test.ts',
  'tests/contracts/stored-items.test.ts',
  'tests/dashboard/estimate.test.ts',
  'tests/lifecycle/{blind,half-done,leases,properties,quotas,suspended,unheard}.test.ts',
  'tests/scale/**/*.test.ts',
  'tests/scenarios/**/*.test.ts',
];

/** What takes longest, whatever the size of the files says. */
const LONG = [
  ...['tests/backtest/next-week', 'tests/bench/daily-pattern', 'tests/bench/figures'],
  ...['tests/cli/backtest', 'tests/cli/simulate', 'tests/scenarios/budget'],
];

/** Begins with what takes longest, or the last file would keep one processor busy, and the others none. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      LONG.some((each) => moduleId.includes(each));
    return (await super.sort(files)).toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)));
  }
}

export default defineConfig({
  test: { ...SETTINGS, include: REPLAYS, sequence: { sequencer: LongFirst } },
});
