// Lists the licence of every package in the lock file: `node tools/licences.ts [--production]`.
// Exit code 1 when one is not on the list of permitted licences.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, tool } from '../cli/tool.ts';

/** A package of the lock file. */
export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  /** False for what only building and testing need. */
  readonly isShipped: boolean;
}

/** Licences under which a package may be part of what is deployed or run by users. */
const SHIPPED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];

/** Under which a package may help to build and test; those with conditions on files are not changed. */
const TOOLS = [...SHIPPED, 'BlueOak-1.0.0', 'CC0-1.0', 'MPL-2.0', 'PSF-2.0', 'Python-2.0', 'Zlib'];

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

interface Manifest {
  readonly version?: string;
  readonly license?: string | { readonly type?: string };
}

/**
 * Every package of the lock file in `root`, with the licence that its own manifest names; where it
 * is not installed (a binary for another platform), the one that the registry named.
 */
export function listLicences(root: string): LicensedPackage[] {
  const { packages } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')) as {
    packages: Readonly<Record<string, LockedPackage>>;
  };
  return Object.entries(packages)
    .filter(([path, { link }]) => path !== '' && !link)
    .map(([path, locked]) => {
      const manifest = readManifest(`${root}/${path}/package.json`);
      const named = manifest?.license ?? locked.license;
      return {
        name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
        version: manifest?.version ?? locked.version ?? '',
        licence: (typeof named === 'object' ? named.type : named) ?? 'unknown',
        isShipped: locked.dev !== true,
      };
    });
}

function readManifest(path: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Whether a package may be used for what it is used for. */
export function isPermitted({ licence, isShipped }: Omit<LicensedPackage, 'name' | 'version'>) {
  return satisfies(licence, isShipped ? SHIPPED : TOOLS);
}

/** Of an SPDX expression: one side of every OR, both sides of every AND. */
function satisfies(expression: string, permitted: readonly string[]): boolean {
  const text = expression.replace(/^\((.*)\)$/, '$1');
  return text
    .split(' OR ')
    .some((side) => side.split(' AND ').every((licence) => permitted.includes(licence.trim())));
}

function main({ production }: { readonly production?: boolean }): void {
  const packages = listLicences(join(import.meta.dirname, '..')).filter(
    ({ isShipped }) => isShipped || !production,
  );
  const byLicence = Map.groupBy(packages, ({ licence }) => licence);
  for (const [licence, group] of [...byLicence].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${licence} (${group.length})`);
    for (const { name, version, isShipped } of group) {
      console.log(`  ${name} ${version}${isShipped ? '' : ' (development)'}`);
    }
  }
  const refused = packages.filter((each) => !isPermitted(each));
  for (const { name, version, licence } of refused) {
    console.error(`not permitted: ${name} ${version}: ${licence}`);
  }
  process.exitCode = refused.length > 0 ? 1 : 0;
}

if (import.meta.main) {
  const program = tool('licences', 'The licence of every package in the lock file.').option(
    '--production',
    'only of what is deployed or run by users',
  );
  await runTool(program, main);
}
