import type { Command } from 'commander';
import { registerBacktest } from './backtest.ts';
import { registerConfig } from './config.ts';
import { registerDoctor } from './doctor.ts';
import { registerExplain } from './explain.ts';
import { registerMode } from './mode.ts';
import { registerPrewarm } from './prewarm.ts';
import { registerStatus } from './status.ts';
import { processSurroundings, type Surroundings } from './surroundings.ts';
import { registerWatch } from './watch.ts';

/** Adds the commands of an operator: what the service does in an account, and why. */
export function registerOperate(
  program: Command,
  surroundings: Surroundings = processSurroundings(),
): void {
  registerStatus(program, surroundings);
  registerWatch(program, surroundings);
  registerExplain(program, surroundings);
  registerDoctor(program, surroundings);
  registerConfig(program, surroundings);
  registerMode(program, surroundings);
  registerPrewarm(program, surroundings);
  registerBacktest(program, surroundings);
}
