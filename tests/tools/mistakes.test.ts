import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spawnEmulator } from '../../tools/spawn-emulator.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Runs a tool; the exit code, and what stands on standard error. */
function run(file: string, args: readonly string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file, ...args], { cwd: ROOT }, (_, __, stderr) =>
      resolve({ code: child.exitCode ?? -1, stderr }),
    );
  });
}

const LIST = ' (--help lists the options)';

describe.concurrent('an ordinary mistake ends a tool with one line', () => {
  it.each<[tool: string, file: string, args: string[], line: string]>([
    ['cost', 'tools/cost.ts', ['--bogus'], `unknown option '--bogus'${LIST}`],
    [
      'cost',
      'tools/cost.ts',
      ['--hot-hours', '13'],
      `option '--hot-hours <n>' argument '13' is invalid. Expected a number above 0 and up to 12.${LIST}`,
    ],
    ['demo:live', 'tools/demo-live.ts', ['--bogus'], `unknown option '--bogus'${LIST}`],
    [
      'demo:live',
      'tools/demo-live.ts',
      ['--speeed', '20'],
      `unknown option '--speeed' (Did you mean --speed?)${LIST}`,
    ],
    ['licences', 'tools/licences.ts', ['--prod'], `unknown option '--prod'${LIST}`],
    [
      'bench:scale',
      'tools/bench-scale.ts',
      ['--targets', '7', '--variants', '2'],
      '--targets 7: a quarter of the endpoints is measured too, so give at least 8',
    ],
    ...['ablation', 'single-rules'].map((file): [string, string, string[], string] => [
      file === 'ablation' ? 'bench:ablation' : 'bench:rules',
      `tools/${file}.ts`,
      ['--traces', 'nowhere'],
      "nowhere: expected a folder of traces: ENOENT: no such file or directory, scandir 'nowhere'",
    ]),
    [
      'tune-step-scaling',
      'tools/tune-step-scaling.ts',
      ['--restarts', '0'],
      `option '--restarts <n>' argument '0' is invalid. Expected a whole number ≥ 1.${LIST}`,
    ],
    ['test:chaos', 'tests/chaos/main.ts', ['more'], 'too many arguments'],
  ])('%s: %s %j', async (tool, file, args, line) => {
    const { code, stderr } = await run(file, args);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(`${tool}: ${line}`);
    expect(code).toBe(2);
  });

  it('which an emulator that cannot be started hands on', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      await expect(spawnEmulator(['--port', String(port)])).rejects.toMatchObject({
        name: 'UsageError',
        message: expect.stringMatching(/^the emulator ended with 2 .*choose another --port[^\n]*$/),
      });
    } finally {
      other.close();
    }
  });
});
