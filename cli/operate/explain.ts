import type { Command } from 'commander';
import { RECORD_SECONDS } from '../../lib/cycle/decisions.ts';
import type { DecisionRecord } from '../../lib/cycle/record.ts';
import { around, type Entry, explain, type Story } from '../../lib/operate/explain.ts';
import type { OperatorRuntime } from '../../lib/operate/runtime.ts';
import { type DetailedStatus, readStatus, targetsOf } from '../../lib/operate/status.ts';
import { chooseTarget, parseTargetName } from '../../lib/operate/target-name.ts';
import { type ScalableTarget, shortName } from '../../lib/target.ts';
import { EXIT, Exit } from '../exit.ts';
import { number } from '../options.ts';
import { type ConnectionFlags, connected, withConnection } from './connection.ts';
import { printEntry, printStory } from './explain-text.ts';
import { helpText, TARGET_HELP } from './help.ts';
import { Printer } from './print.ts';
import { printAttention } from './status-text.ts';
import type { Surroundings } from './surroundings.ts';
import { time } from './time.ts';

interface Flags extends ConnectionFlags {
  readonly at?: number;
  readonly last?: number;
}

/** Decisions told when nothing else is asked for. */
const LAST = 5;

/** Decisions read on each side of a moment, and before those that are told. */
const CONTEXT = 20;

export function registerExplain(program: Command, surroundings: Surroundings): void {
  withConnection(program.command('explain'))
    .description('why a target was scaled, or was not, in plain sentences')
    .argument('<target>', 'endpoint, or endpoint/variant')
    .option('--at <time>', 'what was decided around this time: ISO 8601, UTC unless it says', time)
    .option(
      '--last <n>',
      `the last decisions (${LAST})`,
      number('a whole number from 1 to 500', (n) => Number.isInteger(n) && n >= 1 && n <= 500),
    )
    .addHelpText(
      'after',
      helpText(
        [
          ['explain checkout', 'the last decisions, and what a look at this moment says'],
          ['explain checkout --at 2026-01-05T09:12', 'why it scaled then, or why it did not'],
          ['explain checkout --last 20', 'a longer story'],
        ],
        TARGET_HELP,
        'Decisions are kept for two weeks. Looks that change nothing leave none.',
      ),
    )
    .action((target: string, flags: Flags) =>
      connected(surroundings, flags, (runtime) => run(runtime, surroundings, target, flags)),
    );
}

interface Answer {
  readonly target: string;
  readonly situation: string | null;
  readonly story: Story;
  readonly now: Entry | null;
  /** What keeps it from being scaled as it should be, at this moment; none where another was asked for. */
  readonly attention: DetailedStatus['attention'];
}

async function run(
  runtime: OperatorRuntime,
  surroundings: Surroundings,
  text: string,
  flags: Flags,
): Promise<void> {
  if (flags.at !== undefined && flags.last !== undefined) {
    throw new Exit(EXIT.usage, '--at and --last ask for different things: give one of them.');
  }
  const answer = await read(runtime, text, flags);
  const printer = new Printer(surroundings);
  if (flags.json) {
    const { target, situation, story, now, attention } = answer;
    printer.json({ target, situation, ...story, now, attention });
    return;
  }
  print(printer, answer);
}

async function read(runtime: OperatorRuntime, text: string, flags: Flags): Promise<Answer> {
  const named = parseTargetName(text);
  const memory = await runtime.table.endpoint(named.endpointName);
  const enrolled = targetsOf(memory);
  const target = chooseTarget(named, enrolled);
  const isEnrolled = enrolled.some(({ resourceId }) => resourceId === target.resourceId);
  if (flags.at !== undefined) {
    if (flags.at > runtime.now()) {
      throw new Exit(EXIT.usage, `--at ${new Date(flags.at).toISOString()} is still to come.`);
    }
    const [before, after] = await Promise.all([
      runtime.table.decisionsUntil(target, flags.at, CONTEXT),
      runtime.table.decisionsAfter(target, flags.at, CONTEXT),
    ]);
    if (!isEnrolled && before.length + after.length === 0) throw unknown(target);
    const { situation, records } = around(
      [...before, ...after],
      flags.at,
      runtime.now() - 1000 * RECORD_SECONDS,
    );
    const told = explain(records, earlierThan(before, records));
    return { target: shortName(target), situation, story: told, now: null, attention: [] };
  }
  const count = flags.last ?? LAST;
  const all = await runtime.table.decisionsUntil(target, runtime.now(), count + CONTEXT);
  if (!isEnrolled && all.length === 0) throw unknown(target);
  const records = all.slice(-count);
  const statuses = await readStatus(runtime, target.endpointName);
  const status = statuses.find(({ resourceId }) => resourceId === target.resourceId);
  const attention = status?.attention ?? [];
  const why = attention.length > 0 ? '' : '; a target at rest makes none';
  const nothing = `There is no decision on record for ${shortName(target)}. They are kept for two weeks${why}.`;
  return {
    target: shortName(target),
    situation: records.length === 0 ? nothing : null,
    story: explain(records, all.slice(0, all.length - records.length)),
    now: status?.detail.now ?? null,
    attention,
  };
}

/** A target that is let go of still has its decisions for two weeks; this one has none. */
function unknown(target: ScalableTarget): Exit {
  return new Exit(
    EXIT.usage,
    `${shortName(target)} is not enrolled, and no decision of it is on record. "fast-scaler doctor ${target.endpointName}" says why and what to do.`,
  );
}

function earlierThan(
  all: readonly DecisionRecord[],
  [first]: readonly DecisionRecord[],
): readonly DecisionRecord[] {
  return first ? all.filter(({ at }) => at < first.at) : [];
}

function print(printer: Printer, { target, situation, story, now, attention }: Answer): void {
  printer.line(printer.paint('bold', target));
  if (situation) printer.paragraph(situation, '');
  printAttention(printer, [{ target, attention }]);
  printStory(printer, story);
  if (!now) return;
  printer.line();
  printer.line(printer.paint('dim', 'A look at this moment'));
  printer.line();
  printEntry(printer, now, '');
}
