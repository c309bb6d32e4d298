#!/usr/bin/env node
// The sources are TypeScript that Node 24 runs as they stand. An older Node hands over to the one
// that the project brings along.
import { spawn } from 'node:child_process';
import module from 'node:module';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = new URL('./main.ts', import.meta.url);

// What was compiled once need not be again at every start.
const compiled = join(tmpdir(), 'node-compile-cache');

if (Number(process.versions.node.split('.')[0]) >= 24) {
  module.enableCompileCache(compiled);
  await import(main.href);
} else {
  const binary = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  const child = spawn(binary, [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  });
  // What would end this process is for the one that does the work.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, (name) => child.kill(name));
  child.once('error', (error) => {
    console.error(
      `fast-scaler needs Node 24; run "npm ci" in the project first (${error.message})`,
    );
    process.exitCode = 2;
  });
  child.once('exit', (status, signal) => {
    // A shell tells an end by a signal in this way.
    process.exitCode = status ?? 128 + constants.signals[signal];
  });
}
