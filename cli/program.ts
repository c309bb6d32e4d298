import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };

type Register = (program: Command) => void;

/**
 * The modules of the commands, in the order of the help. Each is loaded when it is needed: whoever asks how an endpoint
 * stands does not wait for an AWS account to be loaded that only `emulate` runs.
 */
const MODULES: readonly { names: readonly string[]; register: () => Promise<Register> }[] = [
  {
    names: ['simulate'],
    register: async () => (await import('./simulate.ts')).registerSimulate,
  },
  {
    names: ['bench'],
    register: async () => (await import('./bench.ts')).registerBench,
  },
  {
    names: [
      ...['status', 'watch', 'explain', 'doctor', 'config', 'pause', 'resume'],
      ...['prewarm', 'backtest'],
    ],
    register: async () => (await import('./operate/register.ts')).registerOperate,
  },
  {
    names: ['emulate'],
    register: async () => (await import('./emulate.ts')).registerEmulate,
  },
];

/**
 * The command line; parsing throws instead of ending the process.
 *
 * @param named the command that will be parsed; with every command where it is none of them
 */
export async function fastScalerProgram(named?: string): Promise<Command> {
  const program = new Command('fast-scaler')
    .description('Seconds-fast autoscaling for SageMaker realtime endpoints')
    .version(packageJson.version, '--version', 'print the version')
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error:/, 'fast-scaler:')),
    })
    .exitOverride();
  const its = MODULES.filter(({ names }) => named !== undefined && names.includes(named));
  for (const { register } of its.length > 0 ? its : MODULES) (await register())(program);
  return program;
}
