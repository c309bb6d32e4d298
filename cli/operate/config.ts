import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import {
  DEFAULTS_PARAMETER,
  parameterTarget,
  targetParameterName,
} from '../../lib/enrolment/parameter-name.ts';
import {
  type Candidate,
  type CheckResult,
  checkConfig,
  type Fault,
} from '../../lib/operate/config-check.ts';
import { presentTag } from '../../lib/operate/present-tag.ts';
import type { OperatorRuntime } from '../../lib/operate/runtime.ts';
import { targetsOf } from '../../lib/operate/status.ts';
import { chooseTarget, parseTargetName } from '../../lib/operate/target-name.ts';
import { type ScalableTarget, shortName } from '../../lib/target.ts';
import { EXIT, Exit } from '../exit.ts';
import { table } from '../table.ts';
import { type ConnectionFlags, connected, withConnection } from './connection.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { helpText } from './help.ts';
import { Printer } from './print.ts';
import type { Surroundings } from './surroundings.ts';

interface Flags extends ConnectionFlags {
  readonly defaults?: boolean;
  readonly target?: string;
}

export function registerConfig(program: Command, surroundings: Surroundings): void {
  const config = program.command('config').description('check configurations');
  withConnection(config.command('check'))
    .description('check a configuration before it is written, or as it stands: every fault at once')
    .argument('<what>', 'a file, - for standard input, a parameter’s name, or a target')
    .option('--defaults', `the file is for ${DEFAULTS_PARAMETER}, not for a target`)
    .option('--target <name>', 'resolve the file with this target’s tag and the account’s defaults')
    .addHelpText(
      'after',
      helpText(
        [
          ['config check checkout.json', 'a file, without AWS'],
          ['config check - < checkout.json', 'standard input'],
          ['config check checkout.json --target checkout/AllTraffic', 'with all that counts there'],
          ['config check checkout/AllTraffic', 'what stands in Parameter Store'],
          [`config check ${DEFAULTS_PARAMETER}`, 'the account’s defaults'],
        ],
        'Exit codes: 0 valid, 1 not valid, 2 wrong usage or no such parameter, 3 AWS refused or failed.',
      ),
    )
    .action((what: string, flags: Flags) => check(surroundings, what, flags));
}

async function check(surroundings: Surroundings, what: string, flags: Flags): Promise<void> {
  if (flags.defaults && flags.target !== undefined) {
    throw new Exit(EXIT.usage, '--defaults and --target exclude each other.');
  }
  const text = await localText(surroundings, what);
  if (text === undefined) {
    try {
      await connected(surroundings, flags, async (runtime) => {
        report(surroundings, await standing(runtime, what), flags);
      });
    } catch (error) {
      throw mistaken(error, what);
    }
    return;
  }
  const name = what === '-' ? 'standard input' : what;
  const candidate: Candidate = { kind: flags.defaults ? 'defaults' : 'target', text, name };
  if (flags.target === undefined) {
    report(surroundings, candidate, flags);
    return;
  }
  const target = flags.target;
  await connected(surroundings, flags, async (runtime) => {
    const layers = await layersOf(runtime, await targetNamed(runtime, target));
    report(surroundings, { ...candidate, ...layers }, flags);
  });
}

/** The text of a file or of standard input; undefined for anything else. */
async function localText({ stdin }: Surroundings, what: string): Promise<string | undefined> {
  if (what === '-') return stdin();
  if (existsSync(what)) return textOf(what);
  if (/\.json$|^\.{1,2}\//.test(what)) throw new Exit(EXIT.usage, `There is no file ${what}.`);
  return undefined;
}

function textOf(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new Exit(EXIT.usage, `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (isUtf8(bytes)) return bytes.toString();
  throw new Exit(EXIT.usage, `${file} cannot be read: it is not UTF-8; save it as UTF-8.`);
}

/** A mistyped name of a file reads like a target's. */
function mistaken(error: unknown, what: string): unknown {
  if (!(error instanceof Exit) || error.message === '' || what.startsWith('/')) return error;
  const message = `${error.message} (There is no file ${what}, so it was taken for a target.)`;
  return new Exit(error.code, message, { cause: error });
}

/**
 * A parameter as it stands, by its name or its target's. A target that its tag alone enrols has none, and is
 * what an empty one would make of it.
 */
async function standing(runtime: OperatorRuntime, what: string): Promise<Candidate> {
  const { parameters } = runtime;
  if (what === DEFAULTS_PARAMETER) {
    const text = await parameters.read(what);
    if (text === undefined) {
      throw new Exit(
        EXIT.usage,
        `There is no parameter ${what}: the built-in defaults hold, and nothing is discovered.`,
      );
    }
    return { kind: 'defaults', text, name: what };
  }
  if (what.startsWith('/') && !parameterTarget(what)) {
    throw new Exit(
      EXIT.usage,
      `${what} is no parameter of the scaler: expected ${DEFAULTS_PARAMETER} or /fast-scaler/targets/<endpoint>/<variant>.`,
    );
  }
  const target = parameterTarget(what) ?? (await targetNamed(runtime, what));
  const name = targetParameterName(target);
  const [text, layers] = await Promise.all([parameters.read(name), layersOf(runtime, target)]);
  if (text !== undefined) return { kind: 'target', text, name, ...layers };
  const isTaggedTarget = layers.tag !== undefined && !what.startsWith('/');
  if (isTaggedTarget) return { kind: 'target', text: '{}', name: shortName(target), ...layers };
  throw new Exit(EXIT.usage, `There is no parameter ${name}.`);
}

async function targetNamed(runtime: OperatorRuntime, text: string): Promise<ScalableTarget> {
  const named = parseTargetName(text);
  const known =
    named.variantName === undefined
      ? targetsOf(await runtime.table.endpoint(named.endpointName))
      : [];
  return chooseTarget(named, known);
}

/** What else decides a target's configuration. */
async function layersOf(
  runtime: OperatorRuntime,
  target: ScalableTarget,
): Promise<Pick<Candidate, 'defaults' | 'tag' | 'instance'>> {
  const { parameters, enrolments, table } = runtime;
  const { endpointName, resourceId } = target;
  const [defaults, { entry }, { record }] = await Promise.all([
    parameters.read(DEFAULTS_PARAMETER),
    enrolments.entry(endpointName),
    table.endpoint(endpointName),
  ]);
  const stored = record.targets.find((each) => each.target.resourceId === resourceId);
  const tag = await presentTag(runtime, target, entry.tag);
  return { defaults, tag, instance: stored?.enrolment.instance };
}

function report(surroundings: Surroundings, candidate: Candidate, { json }: Flags): void {
  const result = checked(candidate);
  const printer = new Printer(surroundings);
  if (json) {
    const { faults, resolved, account } = result;
    const valid = faults.length === 0;
    const sources = { ...resolved?.sources, ...account?.sources };
    const inForce = resolved && { ...resolved, sources, ...account?.settings };
    printer.json({ name: candidate.name, valid, faults, ...inForce });
  } else {
    print(printer, candidate, result);
  }
  if (result.faults.length > 0) throw new Exit(EXIT.attention);
}

function checked(candidate: Candidate): CheckResult {
  const result = checkConfig(candidate);
  const duplicates = duplicateKeys(candidate.text);
  if (duplicates.length === 0) return result;
  return { faults: [...duplicates, ...result.faults], resolved: null, account: null };
}

function print(
  printer: Printer,
  { name, kind, instance }: Candidate,
  { faults, resolved, account }: CheckResult,
): void {
  if (!resolved || faults.length > 0) {
    printFaults(printer, name, faults);
    return;
  }
  printer.line(`${printer.paint('green', '✓')} ${name} is valid. What would be in force:`);
  printer.line();
  const settings = { ...resolved.config, ...account?.settings };
  const sources = { ...resolved.sources, ...account?.sources };
  const own = kind === 'defaults' ? 'defaults' : 'target';
  const keys = [...Object.keys(DEFAULTS), ...Object.keys(account?.settings ?? {})];
  const rows = (keys as (keyof typeof settings & keyof typeof sources)[]).map((key) => {
    const source = sources[key];
    const isOpen = key === 'leadTimeSeconds' && source === 'built-in' && instance === undefined;
    const from = source === own ? 'this' : source;
    return [key, JSON.stringify(settings[key]), from + (isOpen ? UNTIL_KNOWN : '')];
  });
  printer.line(table(['setting', 'value', 'from'], rows, ['value', 'from']));
}

const UNTIL_KNOWN = ', until the kind of instance is known';

function printFaults(printer: Printer, name: string, faults: readonly Fault[]): void {
  for (const where of new Set(faults.map((fault) => fault.where))) {
    const what = where === undefined ? 'is not valid' : `cannot be resolved: ${where} is not valid`;
    printer.line(`${printer.paint('red', '✗')} ${name} ${what}:`);
    for (const fault of faults) {
      if (fault.where !== where) continue;
      const { path, message, allowed } = fault;
      printer.line(`  ${path === '' ? '' : `${printer.paint('bold', path)}: `}${message}`);
      if (allowed !== null) printer.line(`    allowed: ${allowed}`);
    }
    if (where === DEFAULTS_PARAMETER) {
      printer.line(`  ${printer.paint('dim', 'fix:')} fast-scaler config check ${where}`);
    }
  }
}
