import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../simulator/load/usage-error.ts';

/**
 * Checks that a page can be written, before the minutes of work whose result it shows.
 * @param option that named the file, for the error
 * @throws {UsageError}
 */
export function requireWritable(option: string, path: string): void {
  const folder = dirname(path);
  const kind = kindOf(path);
  if (kind === 'folder') throw new UsageError(`${option} ${path}: is a folder, expected a file`);
  if (kind === 'nothing' && kindOf(folder) !== 'folder') {
    throw new UsageError(`${option} ${path}: the folder does not exist`);
  }
  try {
    accessSync(kind === 'nothing' ? folder : path, constants.W_OK);
  } catch (cause) {
    throw unwritable(option, path, cause);
  }
}

/**
 * Writes a page.
 * @param option that named the file, for the error
 * @throws {UsageError}
 */
export function writePage(option: string, path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw unwritable(option, path, cause);
  }
}

function unwritable(option: string, path: string, cause: unknown): UsageError {
  const { message } = cause as Error;
  return new UsageError(`${option} ${path}: cannot be written: ${message}`, { cause });
}

function kindOf(path: string): 'folder' | 'file' | 'nothing' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nothing';
  }
}
