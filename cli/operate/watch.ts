import type { Command } from 'commander';
import type { OperatorRuntime } from '../../lib/operate/runtime.ts';
import { type DetailedStatus, readStatus } from '../../lib/operate/status.ts';
import { parseTargetName } from '../../lib/operate/target-name.ts';
import { clockTime } from '../../lib/operate/words.ts';
import { EXIT, Exit } from '../exit.ts';
import { number } from '../options.ts';
import { asExit, type ConnectionFlags, connected, withConnection } from './connection.ts';
import { helpText, TARGET_HELP } from './help.ts';
import { Printer } from './print.ts';
import { brief, NOBODY } from './status.ts';
import { printAttention, statusTable, statusTableFor } from './status-text.ts';
import type { Surroundings } from './surroundings.ts';

interface Flags extends ConnectionFlags {
  readonly interval: number;
}

/** Cursor home, and everything below it cleared: what stood there does not flicker. */
const HOME = '\u001b[H';
const CLEAR_REST = '\u001b[J';
const CLEAR_ALL = '\u001b[2J';

export function registerWatch(program: Command, surroundings: Surroundings): void {
  withConnection(program.command('watch'))
    .description('the status, again and again, until Ctrl-C')
    .argument('[target]', 'endpoint, or endpoint/variant')
    .option(
      '--interval <seconds>',
      'how often to look',
      number('a number of seconds from 1 to 3600', (value) => value >= 1 && value <= 3600),
      5,
    )
    .addHelpText(
      'after',
      helpText(
        [
          ['watch', 'all targets, every five seconds'],
          ['watch checkout --interval 2', 'one endpoint'],
          ['watch checkout --json', 'a line of JSON for each look'],
        ],
        TARGET_HELP,
        'Where the output is no terminal, one line is written for each target and look.',
      ),
    )
    .action((target: string | undefined, flags: Flags) =>
      connected(surroundings, flags, (runtime) => watch(runtime, surroundings, target, flags)),
    );
}

async function watch(
  runtime: OperatorRuntime,
  surroundings: Surroundings,
  target: string | undefined,
  flags: Flags,
): Promise<void> {
  const interrupted = surroundings.interrupted();
  const named = target === undefined ? undefined : parseTargetName(target);
  let isFirst = true;
  while (!interrupted.aborted) {
    try {
      const all = await readStatus(runtime, named?.endpointName);
      const statuses = all.filter(
        ({ resourceId }) =>
          named?.variantName === undefined || resourceId.endsWith(`/${named.variantName}`),
      );
      if (target !== undefined && isFirst && statuses.length === 0) {
        throw new Exit(EXIT.usage, `${target} is not enrolled; "fast-scaler doctor" says why.`);
      }
      show(surroundings, statuses, runtime.now(), flags, isFirst);
    } catch (error) {
      const exit = asExit(error, runtime.names.table, surroundings.environment, flags.region);
      // What failed once may work the next time; what never worked will not.
      if (isFirst || !(exit instanceof Exit)) throw error;
      surroundings.stderr.write(`${clockTime(runtime.now())} ${exit.message}\n`);
    }
    isFirst = false;
    await surroundings.sleep(flags.interval * 1000, interrupted).catch((error) => {
      if (!interrupted.aborted) throw error;
    });
  }
}

function show(
  surroundings: Surroundings,
  statuses: readonly DetailedStatus[],
  nowMs: number,
  { json, interval }: Flags,
  isFirst: boolean,
): void {
  const { stdout } = surroundings;
  const printer = new Printer(surroundings);
  if (json) {
    const at = new Date(nowMs).toISOString();
    printer.line(JSON.stringify({ at, targets: statuses.map(brief) }));
    return;
  }
  if (stdout.isTTY !== true) {
    const [, , ...rows] = statusTable(statuses, nowMs).split('\n');
    for (const row of rows.length > 0 ? rows : [NOBODY]) {
      printer.line(`${clockTime(nowMs)}  ${row}`);
    }
    return;
  }
  stdout.write(isFirst ? CLEAR_ALL + HOME : HOME + CLEAR_REST);
  printer.line(
    printer.paint('dim', `${clockTime(nowMs)} UTC, every ${interval} s; Ctrl-C ends it`),
  );
  printer.line();
  printer.line(statuses.length > 0 ? statusTableFor(stdout, statuses, nowMs) : NOBODY);
  printAttention(printer, statuses);
}
