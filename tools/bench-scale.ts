// What the service carries: many targets in one account, enrolled within seconds and surging in the
// same second, against every quota that AWS publishes. Ends with 1 when a quota is broken, a target
// is not answered within a minute, or more targets cost more than their share of calls.
import { wholeFromOne } from '../cli/options.ts';
import { runTool, tool } from '../cli/tool.ts';
import { UsageError } from '../simulator/load/usage-error.ts';
import { runScale, type Schedule } from '../simulator/scale/run.ts';
import { scaleTable } from '../simulator/scale/table.ts';
import { disproportion, faultsOf } from '../simulator/scale/verdict.ts';

interface Flags {
  readonly targets: number;
  readonly variants: number;
  readonly seed: number;
}

const program = tool('bench:scale', 'What the service carries, against every quota of AWS.')
  .option('--targets <n>', 'targets in all', wholeFromOne, 500)
  .option('--variants <n>', 'targets on each endpoint', wholeFromOne, 1)
  .option('--seed <n>', 'seed of chance', wholeFromOne, 1);

await runTool(program, main);

async function main({ targets, variants, seed }: Flags): Promise<void> {
  const endpoints = Math.floor(targets / variants);
  const few = Math.floor(endpoints / 4);
  if (few < 1) {
    throw new UsageError(
      `--targets ${targets}: a quarter of the endpoints is measured too, so give at least ${4 * variants}`,
    );
  }
  const options = { variantsPerEndpoint: variants, seed };
  // The quota on alarms alone allows 2.5 enrolments a second.
  const enrolment = 300 + 0.6 * endpoints;
  const schedule: Schedule = { writing: 10, enrolment, rest: 600, surge: 120 };
  const all = await runScale({ ...options, endpoints: 4 * few }, schedule);
  const quarter = await runScale({ ...options, endpoints: few }, schedule);
  console.log(scaleTable(all));
  console.log(
    `calls of ${all.targets} targets for each of ${quarter.targets}: ${(
      ['enrolment', 'rest', 'surge'] as const
    )
      .map((phase) => `${phase} ${(all.calls[phase] / quarter.calls[phase]).toFixed(3)}`)
      .join(', ')}`,
  );
  const faults = [...faultsOf(all), ...disproportion(quarter, all)];
  for (const fault of faults) console.error(`FAILED: ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
