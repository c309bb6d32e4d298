import { Presets, SingleBar } from 'cli-progress';
import { wholeFromOne, wholeFromZero } from '../../cli/options.ts';
import { table } from '../../cli/table.ts';
import { runTool, tool } from '../../cli/tool.ts';
import { Counts, STORM_KINDS } from '../../simulator/faults/kinds.ts';
import { shrink, type Variation } from './check.ts';
import { runSeeds } from './pool.ts';

/** Failing stories that are made small; each takes a while. */
const MOST_SHRUNK = 3;

/** In so many stories everything happens: what never did is no longer tested. */
const ENOUGH_FOR_ALL = 500;

/** Where there is no terminal for a bar: a line every so many stories. */
const LINE_EVERY = 250;

/** What happens in stories beside the storms. */
const EVENTS: Readonly<Record<string, string>> = {
  load: 'the load changes',
  'owner-edit': 'the owner sets Min, Max or both',
  config: 'another valid configuration',
  'config-invalid': 'an invalid configuration',
  'surge-told': 'callers tell of a surge, by up to twenty events',
  'prewarm-asked': 'somebody asks for a prewarm',
  'prewarms-cancelled': 'somebody cancels all prewarms',
  released: 'the parameter is deleted, and comes back',
  'target-deregistered': 'the scalable target is deregistered, and comes back',
  'endpoint-deleted': 'the endpoint is deleted, and comes back',
  'endpoint-deployed': 'UpdateEndpoint',
  'endpoint-maintained': 'SystemUpdating',
  'quota-lowered': 'the quota of instances is lowered',
  'quota-refused': 'the quota of instances refuses a request for more',
  'parallel-cycles': 'several wake-ups at once',
  'removal-failed': 'deleting the stack fails at first',
  'stack-dead': 'every function is dead from then on',
};

/** What the service answered, so that one sees that something was tested. */
const ANSWERS: Readonly<Record<string, string>> = {
  'overload-answered': 'a sustained overload was answered with a request for capacity',
  'lease-ran-out': 'a lease ran out and AWS restored the owner’s bounds',
  'edit-raced': 'an edit fell between a cycle’s reading and writing, and was overwritten',
};

interface Flags {
  readonly runs: number;
  readonly from: number;
  readonly seed?: number;
  readonly shrinkSeconds: number;
  readonly failFast?: boolean;
  readonly countsByTheMinute?: boolean;
}

const program = tool(
  'test:chaos',
  'Random stories of faults, owners and load, under properties that must always hold.',
)
  .option('--runs <n>', 'stories, one a seed', wholeFromOne, 2000)
  .option('--from <seed>', 'the first seed', wholeFromZero, 1)
  .option('--seed <seed>', 'the story of this seed only', wholeFromZero)
  .option('--counts-by-the-minute', 'on endpoints without enhanced metrics')
  .option('--fail-fast', 'stop at the first violation, and do not make its story small')
  .option('--shrink-seconds <n>', 'time for making a failing story small', wholeFromZero, 60);

await runTool(program, main);

async function main(flags: Flags): Promise<void> {
  const { runs, from, seed, shrinkSeconds, failFast } = flags;
  const variation: Variation = flags.countsByTheMinute ? { countsByTheMinute: true } : {};
  const seeds = seed === undefined ? Array.from({ length: runs }, (_, i) => from + i) : [seed];
  const counts = new Counts();
  const failed: number[] = [];
  let seconds = 0;
  let calls = 0;
  const startedAt = performance.now();
  const bar = new SingleBar(
    { format: ' {bar} {value}/{total} stories, {failed} failed', clearOnComplete: true },
    Presets.shades_classic,
  );
  if (process.stdout.isTTY) bar.start(seeds.length, 0, { failed: 0 });
  let ended = 0;
  await runSeeds(seeds, variation, (each, outcome) => {
    counts.addAll(outcome.counts);
    seconds += outcome.simulatedSeconds;
    calls += outcome.calls;
    if (outcome.violations.length > 0) {
      failed.push(each);
      if (!process.stdout.isTTY) console.log(`seed ${each}: ${outcome.violations[0]}`);
    }
    ended += 1;
    if (process.stdout.isTTY) bar.increment(1, { failed: failed.length });
    else if (ended % LINE_EVERY === 0) {
      console.log(`${ended}/${seeds.length} stories, ${failed.length} failed`);
    }
    return !(failFast && failed.length > 0);
  });
  bar.stop();
  const parts = { 'injected by chance': STORM_KINDS, happened: EVENTS, answered: ANSWERS };
  for (const [title, kinds] of Object.entries(parts)) print(title, kinds, counts);
  const took = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `${seeds.length} stories (seeds ${seeds[0]} to ${seeds.at(-1)}), ` +
      `${(seconds / 3600).toFixed(0)} simulated hours, ${calls} AWS calls, ${took} s: ` +
      `${failed.length} with violations.`,
  );
  const explained = failFast ? [] : failed.slice(0, MOST_SHRUNK);
  for (const each of explained) await explain(each, shrinkSeconds, variation);
  if (failed.length > MOST_SHRUNK)
    console.log(`\nAlso failed: ${failed.slice(MOST_SHRUNK).join(' ')}`);
  const missed = Object.values(parts).flatMap((kinds) =>
    Object.keys(kinds).filter((kind) => counts.of(kind) === 0),
  );
  const isMissing = ended >= ENOUGH_FOR_ALL && missed.length > 0;
  if (isMissing) console.log(`\nNever happened: ${missed.join(', ')}`);
  if (failed.length > 0 || isMissing) process.exitCode = 1;
}

function print(title: string, kinds: Readonly<Record<string, string>>, counts: Counts): void {
  const rows = Object.entries(kinds).map(([kind, what]) => [
    kind.padEnd(22) + what,
    String(counts.of(kind)),
  ]);
  console.log(`\n${table([title, 'times'], rows)}`);
}

async function explain(seed: number, seconds: number, variation: Variation): Promise<void> {
  const args = `--seed ${seed}${variation.countsByTheMinute ? ' --counts-by-the-minute' : ''}`;
  console.log(`\nSeed ${seed} (npm run test:chaos -- ${args}); the smallest story found:`);
  const { story, violations, trace } = await shrink(seed, seconds, variation);
  console.log(trace);
  console.log(`\n${JSON.stringify(story)}\n${violations.join('\n')}`);
}
