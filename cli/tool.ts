import { Command } from 'commander';
import { tellExit } from './exit.ts';

/** A tool's command line, as `npm run` names it; `runTool` parses it. */
export function tool(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .configureOutput({
      outputError: (text, write) => {
        const line = text
          .trim()
          .replace(/^error:/, `${name}:`)
          .replaceAll('\n', ' ');
        write(`${line} (--help lists the options)\n`);
      },
    })
    .exitOverride();
}

/** Runs a tool: what its caller can mend ends it with one line, and no stack. */
export async function runTool<Flags extends object>(
  program: Command,
  run: (flags: Flags) => Promise<void> | void,
): Promise<void> {
  try {
    await run(program.parse().opts<Flags>());
  } catch (error) {
    process.exitCode = tellExit(program.name(), error);
  }
}
