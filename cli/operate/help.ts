/** What follows the options in a command's help. */
export function helpText(
  examples: readonly (readonly [command: string, what: string])[],
  ...notes: readonly string[]
): string {
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(
    ([command, what]) => `  $ fast-scaler ${command.padEnd(width)}  ${what}`,
  );
  return ['', 'Examples:', ...lines, ...notes.flatMap((note) => ['', note])].join('\n');
}

/** How a target is named, for every command that takes one. */
export const TARGET_HELP =
  'TARGET is <endpoint>/<variant>, or <endpoint> alone where one variant is enrolled.';

export const EXIT_HELP =
  'Exit codes: 0 all is well, 1 something needs attention, 2 wrong usage, 3 AWS refused or failed.';
