import type { Command } from 'commander';
import { examine } from '../../lib/operate/doctor.ts';
import {
  allFindings,
  type DoctorReport,
  type Finding,
  needsAttention,
  type TargetReport,
  worst,
} from '../../lib/operate/finding.ts';
import type { OperatorRuntime } from '../../lib/operate/runtime.ts';
import { loadText } from '../../lib/operate/signal-words.ts';
import { parseTargetName } from '../../lib/operate/target-name.ts';
import { count } from '../../lib/operate/words.ts';
import { EXIT, Exit } from '../exit.ts';
import { countingProgress } from '../progress.ts';
import { type ConnectionFlags, connected, withConnection } from './connection.ts';
import { EXIT_HELP, helpText } from './help.ts';
import { Printer } from './print.ts';
import type { Surroundings } from './surroundings.ts';

const MARKS = { error: ['red', '✗'], warning: ['yellow', '!'], hint: ['dim', '·'] } as const;

export function registerDoctor(program: Command, surroundings: Surroundings): void {
  withConnection(program.command('doctor'))
    .description('examine the stack and every endpoint: what is missing, and what mends it')
    .argument('[endpoint]', 'this endpoint alone')
    .addHelpText(
      'after',
      helpText(
        [
          ['doctor', 'the stack, and every endpoint of the account'],
          ['doctor checkout', 'one endpoint'],
          ['doctor --json', 'for scripts'],
        ],
        'Marks: ✗ does not work, ! works worse than it could, · worth knowing.',
        EXIT_HELP,
      ),
    )
    .action((endpoint: string | undefined, flags: ConnectionFlags) =>
      connected(surroundings, flags, (runtime) => run(runtime, surroundings, endpoint, flags)),
    );
}

async function run(
  runtime: OperatorRuntime,
  surroundings: Surroundings,
  endpoint: string | undefined,
  { json }: ConnectionFlags,
): Promise<void> {
  const name = endpoint === undefined ? undefined : parseTargetName(endpoint).endpointName;
  const bar = countingProgress(surroundings, 'endpoints');
  let report: DoctorReport;
  try {
    report = await examine(runtime, name, bar.report);
  } finally {
    bar.stop();
  }
  const printer = new Printer(surroundings);
  if (json) printer.json(report);
  else print(printer, report);
  if (needsAttention(report)) throw new Exit(EXIT.attention);
}

function print(printer: Printer, report: DoctorReport): void {
  const { account, withoutVariants, targets } = report;
  if (account.length === 0) printer.line(`${printer.paint('green', '✓')} the stack`);
  else printer.line('The stack and your access');
  for (const finding of account) printFinding(printer, finding);
  for (const { endpoint, status, finding } of withoutVariants) {
    printer.line();
    const mark = heading(printer, [finding], false);
    printer.line(`${mark} ${printer.paint('bold', endpoint)}: ${status}`);
    printFinding(printer, finding);
  }
  for (const target of targets) printTarget(printer, target);
  const all = allFindings(report);
  const number = (severity: Finding['severity'], word: string) =>
    count(all.filter((finding) => finding.severity === severity).length, word);
  printer.line();
  printer.line(
    `${count(targets.length, 'target')} examined: ${number('error', 'error')}, ${number('warning', 'warning')}, ${number('hint', 'hint')}.`,
  );
}

function printTarget(printer: Printer, report: TargetReport): void {
  const { target, enrolledBy, mode, signal, findings } = report;
  const mark = heading(printer, findings, enrolledBy !== null);
  const parts = [
    enrolledBy === null
      ? 'not enrolled'
      : `enrolled${enrolledBy === 'unknown' ? '' : ` by ${enrolledBy}`}`,
    ...(mode ? [mode] : []),
    ...(signal
      ? [
          `${enrolledBy === null ? 'would measure' : 'measures'} ${signal.kind}, ${loadText(signal.targetPerInstance, signal.unit)} for an instance`,
        ]
      : []),
  ];
  printer.line();
  printer.line(`${mark} ${printer.paint('bold', target)}: ${parts.join(', ')}`);
  for (const finding of findings) printFinding(printer, finding);
}

/** The mark of what was found at worst; hints leave all well. */
function heading(printer: Printer, findings: readonly Finding[], isEnrolled: boolean): string {
  const found = worst(findings);
  if (found === 'error' || found === 'warning') {
    const [colour, mark] = MARKS[found];
    return printer.paint(colour, mark);
  }
  return isEnrolled ? printer.paint('green', '✓') : printer.paint('dim', '–');
}

function printFinding(printer: Printer, { code, severity, what, fix }: Finding): void {
  const [colour, mark] = MARKS[severity];
  printer.paragraph(`${what} [${code}]`, '    ', `  ${mark} `);
  printer.line(`    ${printer.paint(colour, 'fix:')} ${fix}`);
}
