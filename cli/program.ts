import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { registerBench } from './bench.ts';
import { registerEmulate } from './emulate.ts';
import { registerOperate } from './operate/register.ts';
import { registerSimulate } from './simulate.ts';

/** The command line with every command; parsing throws instead of ending the process. */
export function fastScalerProgram(): Command {
  const program = new Command('fast-scaler')
    .description('Seconds-fast autoscaling for SageMaker realtime endpoints')
    .version(packageJson.version, '--version', 'print the version')
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error:/, 'fast-scaler:')),
    })
    .exitOverride();
  registerSimulate(program);
  registerBench(program);
  registerOperate(program);
  registerEmulate(program);
  return program;
}
