import { type Command, Option } from 'commander';
import type { OperatorRuntime } from '../../lib/operate/runtime.ts';
import { type ModeChange, ModeError, pause, resume } from '../../lib/operate/set-mode.ts';
import { targetsOf } from '../../lib/operate/status.ts';
import { chooseTarget, parseTargetName } from '../../lib/operate/target-name.ts';
import type { ScalableTarget } from '../../lib/target.ts';
import { EXIT, Exit } from '../exit.ts';
import { type ConnectionFlags, connected, withConnection } from './connection.ts';
import { helpText, TARGET_HELP } from './help.ts';
import { Printer } from './print.ts';
import type { Surroundings } from './surroundings.ts';

interface ResumeFlags extends ConnectionFlags {
  readonly mode?: 'act' | 'observe';
}

type Change = (runtime: OperatorRuntime, target: ScalableTarget) => Promise<ModeChange>;

/** Adds `pause` and `resume`. */
export function registerMode(program: Command, surroundings: Surroundings): void {
  const run = (text: string, flags: ConnectionFlags, change: Change) =>
    connected(surroundings, flags, (runtime) =>
      setMode(runtime, new Printer(surroundings), text, flags, change),
    );
  withConnection(program.command('pause'))
    .description('give a target’s Min and Max back and leave it alone, until resume')
    .argument('<target>', 'endpoint, or endpoint/variant')
    .addHelpText(
      'after',
      helpText(
        [['pause checkout/AllTraffic', 'writes "mode": "paused" into its parameter']],
        'Everything else in the parameter stays; the previous value is printed.',
        TARGET_HELP,
      ),
    )
    .action((text: string, flags: ConnectionFlags) => run(text, flags, pause));
  withConnection(program.command('resume'))
    .description('take up a paused target again, in the mode that it had before')
    .argument('<target>', 'endpoint, or endpoint/variant')
    .addOption(new Option('--mode <mode>', 'this mode instead').choices(['act', 'observe']))
    .addHelpText(
      'after',
      helpText(
        [
          ['resume checkout/AllTraffic', 'as before the pause'],
          ['resume checkout/AllTraffic --mode observe', 'decide and record, touch nothing'],
        ],
        TARGET_HELP,
      ),
    )
    .action((text: string, flags: ResumeFlags) =>
      run(text, flags, (runtime, target) => resume(runtime, target, flags.mode)),
    );
}

async function setMode(
  runtime: OperatorRuntime,
  printer: Printer,
  text: string,
  { json }: ConnectionFlags,
  change: Change,
): Promise<void> {
  const named = parseTargetName(text);
  const target = chooseTarget(named, targetsOf(await runtime.table.endpoint(named.endpointName)));
  try {
    const done = await change(runtime, target);
    if (json) printer.json(done);
    else print(printer, done);
  } catch (error) {
    if (error instanceof ModeError) throw new Exit(EXIT.attention, error.message, { cause: error });
    throw error;
  }
}

function print(
  printer: Printer,
  { target, parameter, previous, written, changed, mode, effects }: ModeChange,
) {
  printer.line(
    `${printer.paint('bold', target)}: ${changed ? `the mode is now ${mode}` : 'unchanged'}`,
  );
  for (const effect of effects) printer.line(`  ${effect}`);
  if (!changed) return;
  printer.line();
  printer.line(`  ${parameter}`);
  printer.line(`  before: ${previous ?? 'there was no such parameter'}`);
  printer.line(`  now:    ${written ?? 'deleted, as before the pause'}`);
}
