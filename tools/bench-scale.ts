// What the service carries: many targets in one account, enrolled within seconds and surging in the
// same second, against every quota that AWS publishes. Ends with 1 when a quota is broken, a target
// is not answered within a minute, or more targets cost more than their share of calls.
import { parseArgs } from 'node:util';
import { runScale, type Schedule } from '../simulator/scale/run.ts';
import { scaleTable } from '../simulator/scale/table.ts';
import { disproportion, faultsOf } from '../simulator/scale/verdict.ts';

const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: '500' },
    variants: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const endpoints = Math.floor(whole('targets', values.targets) / whole('variants', values.variants));
const few = Math.floor(endpoints / 4);
if (few < 1) throw new Error('A quarter of the endpoints is measured too: ask for at least four.');
const options = {
  variantsPerEndpoint: whole('variants', values.variants),
  seed: whole('seed', values.seed),
};
// The quota on alarms alone allows 2.5 enrolments a second.
const schedule: Schedule = { writing: 10, enrolment: 300 + 0.6 * endpoints, rest: 600, surge: 120 };

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

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`--${name} is "${text}"; expected a whole number above 0.`);
  }
  return value;
}
