import { type Command, InvalidArgumentError } from 'commander';
import {
  askPrewarm,
  cancelPrewarms,
  type PrewarmAnswer,
  PrewarmError,
} from '../../lib/operate/prewarm.ts';
import type { OperatorRuntime } from '../../lib/operate/runtime.ts';
import { targetsOf } from '../../lib/operate/status.ts';
import { chooseTarget, parseTargetName } from '../../lib/operate/target-name.ts';
import { instances, moment } from '../../lib/operate/words.ts';
import { LONGEST_PREWARM_MINUTES } from '../../lib/prewarm/prewarm.ts';
import { EXIT, Exit } from '../exit.ts';
import { instances as instancesOption } from '../options.ts';
import { type ConnectionFlags, connected, withConnection } from './connection.ts';
import { helpText, TARGET_HELP } from './help.ts';
import { Printer } from './print.ts';
import type { Surroundings } from './surroundings.ts';
import { time } from './time.ts';

interface Flags extends ConnectionFlags {
  readonly min?: number;
  /** Minutes. */
  readonly for?: number;
  /** Epoch milliseconds. */
  readonly at?: number;
  readonly cancel?: boolean;
}

export function registerPrewarm(program: Command, surroundings: Surroundings): void {
  withConnection(program.command('prewarm'))
    .description('hold at least so many instances for a time, whatever the load')
    .argument('<target>', 'endpoint, or endpoint/variant')
    .option('--min <n>', 'instances to hold at least', instancesOption)
    .option('--for <duration>', 'how long: 90m, 2h, 1d12h; at most 7d', minutes)
    .option('--at <time>', 'from when on (else now): ISO 8601, UTC unless it says', time)
    .option('--cancel', 'drop all prewarms of the target, coming ones too')
    .addHelpText(
      'after',
      helpText(
        [
          ['prewarm checkout --min 6 --for 2h', 'from now on'],
          [
            'prewarm checkout --min 6 --for 2h --at 2026-01-05T17:00',
            'instances serve at five: they are asked for ahead',
          ],
          ['prewarm checkout --cancel', 'none any more'],
        ],
        TARGET_HELP,
        'Your Max wins, and so does a budget. "status" shows what is in force.',
      ),
    )
    .action((target: string, flags: Flags) =>
      connected(surroundings, flags, (runtime) => run(runtime, surroundings, target, flags)),
    );
}

/** Whole minutes. */
function minutes(text: string): number {
  const [, days, hours, rest] = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?:in)?)?$/.exec(text) ?? [];
  const total = Number(days ?? 0) * 1440 + Number(hours ?? 0) * 60 + Number(rest ?? 0);
  if (total >= 1 && total <= LONGEST_PREWARM_MINUTES) return total;
  throw new InvalidArgumentError('Expected a duration like 90m, 2h or 1d12h, 7d at most.');
}

async function run(
  runtime: OperatorRuntime,
  surroundings: Surroundings,
  text: string,
  flags: Flags,
): Promise<void> {
  const { min, for: durationMinutes, at, cancel } = flags;
  const isWish = min !== undefined || durationMinutes !== undefined || at !== undefined;
  if (cancel && isWish) throw new Exit(EXIT.usage, '--cancel goes with no other option.');
  const named = parseTargetName(text);
  const target = chooseTarget(named, targetsOf(await runtime.table.endpoint(named.endpointName)));
  const printer = new Printer(surroundings);
  const ask = async (): Promise<PrewarmAnswer> => {
    if (cancel) return cancelPrewarms(runtime, target);
    if (min === undefined || durationMinutes === undefined) {
      throw new Exit(EXIT.usage, 'Give --min and --for, or --cancel.');
    }
    return askPrewarm(runtime, target, { minInstances: min, durationMinutes, fromMs: at });
  };
  try {
    const answer = await ask();
    if (flags.json) printer.json(answer);
    else print(printer, answer, runtime.now());
  } catch (error) {
    if (!(error instanceof PrewarmError)) throw error;
    throw new Exit(EXIT.attention, error.message, { cause: error });
  }
}

function print(printer: Printer, { target, prewarms, effects }: PrewarmAnswer, nowMs: number) {
  const none = prewarms.length === 0;
  printer.line(`${printer.paint('bold', target)}: ${none ? 'no prewarm' : 'prewarmed'}`);
  const at = (iso: string) => moment(Date.parse(iso), nowMs);
  for (const { minInstances, from, until } of prewarms) {
    printer.line(`  at least ${instances(minInstances)} from ${at(from)} to ${at(until)} UTC`);
  }
  for (const effect of effects) printer.paragraph(effect, '  ');
}
