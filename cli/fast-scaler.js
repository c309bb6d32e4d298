#!/usr/bin/env node
// The sources are TypeScript that Node 24 runs as they stand. An older Node hands over to the one
// that the project brings along.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = new URL('./main.ts', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(main.href);
} else {
  const binary = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  const { status, signal, error } = spawnSync(
    binary,
    [fileURLToPath(main), ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  if (error) {
    console.error(
      `fast-scaler needs Node 24; run "npm ci" in the project first (${error.message})`,
    );
  }
  process.exitCode = status ?? (signal ? 1 : 2);
}
