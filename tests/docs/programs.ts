import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NormalizedSchema } from '@smithy/core/schema';
import { type Command, CommanderError } from 'commander';
import { exitOf } from '../../cli/exit.ts';
import { fastScalerProgram } from '../../cli/program.ts';
import { ROOT } from './markdown.ts';

/** What is wrong with a command of the documentation; undefined: nothing. */
export async function faultOf(words: readonly string[]): Promise<string | undefined> {
  const [program = '', ...args] = words;
  if (program === 'npx') return faultOf(args[0] === '--yes' ? args.slice(1) : args);
  if (program === 'fast-scaler') return await fastScalerFault(args);
  if (program === 'npm') return npmFault(args);
  if (program === 'aws') return await awsFault(args);
  if (program === 'serverless') return serverlessFault(args);
  return OTHERS.has(program) ? undefined : `${program}: unknown to the tests of the documentation`;
}

/** Programs that belong to the reader's machine. */
const OTHERS = new Set([
  'apt-get',
  'export',
  'cd',
  'git',
  'curl',
  'pip',
  'python3',
  'terraform',
  'jq',
  'echo',
]);

/** Parses a command line with the real programme, whose actions do nothing. */
export async function fastScalerFault(args: readonly string[]): Promise<string | undefined> {
  const program = await fastScalerProgram();
  program.configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  for (const command of allCommands(program)) command.action(() => {});
  try {
    await program.parseAsync([...args], { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : error.message;
    return exitOf(error)?.message ?? String(error);
  }
}

/** Commands that can be called; those that only hold others show their help. */
function allCommands(command: Command): Command[] {
  return command.commands.flatMap((each) => {
    each.configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
    return each.commands.length > 0 ? allCommands(each) : [each];
  });
}

const PROGRAM = await fastScalerProgram();

/**
 * What is wrong with a command line within a sentence, where arguments may be left out or be
 * placeholders: only the command's name and its options count.
 */
export function mentionFault(args: readonly string[]): string | undefined {
  let command = PROGRAM;
  let depth = 0;
  for (const word of args) {
    const next = command.commands.find((each) => each.name() === word);
    if (!next) break;
    command = next;
    depth += 1;
  }
  if (depth === 0 && args.length > 0 && !args[0]?.startsWith('-')) {
    return `unknown command "${args[0]}"`;
  }
  const options = args.flatMap((word) => /^\[?(--[a-z-]+)/.exec(word)?.[1] ?? []);
  const known = command.options.flatMap(({ long, negate }) =>
    negate ? [long, long?.replace('--no-', '--')] : [long],
  );
  const unknown = options.find((option) => option !== '--help' && !known.includes(option));
  return unknown && `fast-scaler ${command.name()} has no option ${unknown}`;
}

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

function npmFault([verb, script = '', ...rest]: readonly string[]): string | undefined {
  if (verb === 'ci' || verb === 'install') return undefined;
  const name = verb === 'test' ? 'test' : verb === 'run' ? script : undefined;
  if (name === undefined) return `npm ${verb}: expected ci, test or run`;
  if (!Object.hasOwn(scripts, name)) return `package.json has no script ${name}`;
  const own = /^node cli\/fast-scaler\.js (.*)$/.exec(scripts[name] ?? '')?.[1];
  if (own === undefined || rest[0] !== '--') return undefined;
  return mentionFault([...own.split(' '), ...rest.slice(1)]);
}

/** Of the deploy tool, what this service is deployed with. */
const SERVERLESS: Readonly<Record<string, readonly string[]>> = {
  deploy: ['--region', '--stage', '--param', '--package'],
  remove: ['--region', '--stage'],
  package: ['--region', '--stage', '--package'],
};

function serverlessFault([verb = '', ...rest]: readonly string[]): string | undefined {
  const options = SERVERLESS[verb];
  if (!options) return `serverless ${verb}: expected one of ${Object.keys(SERVERLESS).join(', ')}`;
  const unknown = rest.find((word) => word.startsWith('--') && !options.includes(word));
  return unknown && `serverless ${verb} has no option ${unknown}`;
}

/** API models of the services that the AWS CLI is told to call, from their SDK clients. */
const SERVICES: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = {
  'application-autoscaling': () => import('@aws-sdk/client-application-auto-scaling'),
  cloudformation: () => import('@aws-sdk/client-cloudformation'),
  cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
  dynamodb: () => import('@aws-sdk/client-dynamodb'),
  events: () => import('@aws-sdk/client-eventbridge'),
  lambda: () => import('@aws-sdk/client-lambda'),
  logs: () => import('@aws-sdk/client-cloudwatch-logs'),
  sagemaker: () => import('@aws-sdk/client-sagemaker'),
  'sagemaker-runtime': () => import('@aws-sdk/client-sagemaker-runtime'),
  'service-quotas': () => import('@aws-sdk/client-service-quotas'),
  sns: () => import('@aws-sdk/client-sns'),
  sqs: () => import('@aws-sdk/client-sqs'),
  ssm: () => import('@aws-sdk/client-ssm'),
};

/** Commands that the AWS CLI has and no API, with their options. */
const CLI_ONLY: Readonly<Record<string, readonly string[]>> = {
  'logs tail': ['--since', '--filter-pattern', '--follow', '--format'],
  'sts get-caller-identity': [],
};

const GLOBAL = ['--query', '--output', '--region', '--profile', '--endpoint-url', '--max-items'];
const OPERATION = 9;

async function awsFault(words: readonly string[]): Promise<string | undefined> {
  const args = [...words];
  while (args[0]?.startsWith('--')) args.splice(0, args[0].includes('=') ? 1 : 2);
  const [service = '', verb = '', ...rest] = args;
  const given = rest.filter((word) => /^--[a-z]/.test(word));
  const bad = (known: readonly string[]) => {
    const unknown = given.find((option) => !known.includes(option) && !GLOBAL.includes(option));
    return unknown && `aws ${service} ${verb} has no option ${unknown}`;
  };
  const own = CLI_ONLY[`${service} ${verb}`];
  if (own) return bad(own);
  const model = await SERVICES[service]?.();
  if (!model) return `aws ${service}: unknown to the tests of the documentation`;
  const operation = Object.keys(model).find(
    (name) => name.endsWith('$') && kebab(name.slice(0, -1)) === verb && isOperation(model[name]),
  );
  if (operation === undefined) return `aws ${service} has no command ${verb}`;
  const [, , , , input] = model[operation] as readonly unknown[];
  const members = [...NormalizedSchema.of(input as never).structIterator()].map(([name]) => name);
  return bad(members.flatMap((name) => [`--${kebab(name)}`, `--no-${kebab(name)}`]));
}

const isOperation = (schema: unknown) => Array.isArray(schema) && schema[0] === OPERATION;

/** As the AWS CLI writes the names of the API. */
function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}
