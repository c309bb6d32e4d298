// Asks the registry for known vulnerabilities of the packages in the lock file: `npm run audit`. Exit
// code 1 when it knows one; where no registry answers it, that is said, and proves nothing.
import { spawnSync } from 'node:child_process';

/** What `npm audit --json` prints. */
export interface AuditReport {
  /** Why nothing was found out. */
  readonly message?: string;
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly severity: string; readonly range: string }>
  >;
}

/** What there is to say of a report, and whether it is good enough to go on. */
export function verdictOn({ message, vulnerabilities }: AuditReport): {
  readonly isFine: boolean;
  readonly text: string;
} {
  if (!vulnerabilities) {
    return { isFine: true, text: `not run: the registry does not answer an audit (${message})` };
  }
  const found = Object.entries(vulnerabilities).map(
    ([name, { severity, range }]) => `${severity}: ${name} ${range}`,
  );
  if (found.length === 0) return { isFine: true, text: 'no known vulnerabilities' };
  return { isFine: false, text: found.join('\n') };
}

if (import.meta.main) {
  const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8' });
  const { isFine, text } = verdictOn(JSON.parse(stdout) as AuditReport);
  console.log(text);
  process.exitCode = isFine ? 0 : 1;
}
