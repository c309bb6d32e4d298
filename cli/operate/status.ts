import type { Command } from 'commander';
import type { OperatorRuntime } from '../../lib/operate/runtime.ts';
import { type DetailedStatus, readStatus } from '../../lib/operate/status.ts';
import { chooseTarget, parseTargetName } from '../../lib/operate/target-name.ts';
import { parseResourceId } from '../../lib/target.ts';
import { EXIT, Exit } from '../exit.ts';
import { countingProgress } from '../progress.ts';
import { type ConnectionFlags, connected, withConnection } from './connection.ts';
import { EXIT_HELP, helpText, TARGET_HELP } from './help.ts';
import { Printer } from './print.ts';
import { printAttention, printDetail, statusTableFor } from './status-text.ts';
import type { Surroundings } from './surroundings.ts';

/** What there is to say of an account without a target. */
export const NOBODY = 'No target is enrolled. "fast-scaler doctor" lists the endpoints and how to.';

export function registerStatus(program: Command, surroundings: Surroundings): void {
  withConnection(program.command('status'))
    .description('how every enrolled target stands, or all that is known of one')
    .argument('[target]', 'endpoint, or endpoint/variant')
    .addHelpText(
      'after',
      helpText(
        [
          ['status', 'all targets: load, demand, capacity, Min and Max, lease, last decision'],
          ['status checkout/AllTraffic', 'with every setting and its source, lead time, tuning'],
          ['status --json', 'for scripts'],
        ],
        TARGET_HELP,
        EXIT_HELP,
      ),
    )
    .action((target: string | undefined, flags: ConnectionFlags) =>
      connected(surroundings, flags, (runtime) => run(runtime, surroundings, target, flags)),
    );
}

async function run(
  runtime: OperatorRuntime,
  surroundings: Surroundings,
  target: string | undefined,
  { json }: ConnectionFlags,
): Promise<void> {
  const printer = new Printer(surroundings);
  const statuses =
    target === undefined ? await readAll(runtime, surroundings) : [await readOne(runtime, target)];
  const nowMs = runtime.now();
  if (json) printer.json(target === undefined ? { targets: statuses.map(brief) } : statuses[0]);
  else if (target !== undefined) printDetail(printer, statuses[0] as DetailedStatus, nowMs);
  else if (statuses.length === 0) {
    printer.line(NOBODY);
  } else {
    printer.line(statusTableFor(surroundings.stdout, statuses, nowMs));
    printAttention(printer, statuses);
  }
  if (statuses.some(({ attention }) => attention.length > 0)) throw new Exit(EXIT.attention);
}

async function readAll(
  runtime: OperatorRuntime,
  surroundings: Surroundings,
): Promise<DetailedStatus[]> {
  const bar = countingProgress(surroundings, 'endpoints');
  try {
    return await readStatus(runtime, undefined, bar.report);
  } finally {
    bar.stop();
  }
}

async function readOne(runtime: OperatorRuntime, text: string): Promise<DetailedStatus> {
  const named = parseTargetName(text);
  const statuses = await readStatus(runtime, named.endpointName);
  const known = statuses.flatMap(({ resourceId }) => parseResourceId(resourceId) ?? []);
  const { resourceId } = chooseTarget(named, known);
  const found = statuses.find((status) => status.resourceId === resourceId);
  if (found) return found;
  throw new Exit(
    EXIT.usage,
    `${text} is not enrolled. "fast-scaler doctor ${named.endpointName}" says why and what to do.`,
  );
}

/** A status without what only a single target's shows. */
export function brief({ detail: _, ...status }: DetailedStatus) {
  return status;
}
