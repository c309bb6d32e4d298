import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { readEmbeddedMetrics } from './embedded-metrics-rules.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs a script that calls an endpoint once, as a process of its own; gives its lines. */
function run(options: string, environment: Readonly<Record<string, string>> = {}): string[] {
  const script = `
    import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
    import { reportLoad } from './client/index.ts';
    import { runtimeClient } from './tests/client/fakes.ts';
    const load = reportLoad(${options});
    const runtime = runtimeClient(() => ({ variant: 'blue' }));
    runtime.middlewareStack.use(load.plugin);
    await runtime.send(new InvokeEndpointCommand({ EndpointName: 'checkout', Body: '{}' }));
    console.log(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);`;
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '--eval', script],
    { cwd: root, encoding: 'utf8', env: { ...Object.fromEntries(inherited), ...environment } },
  );
  if (status !== 0) throw new Error(`The process ended with ${status}:\n${stderr}`);
  return stdout.trimEnd().split('\n');
}

describe('a process', () => {
  it('is not kept alive by the timer, and publishes at its end', () => {
    const cloudWatch = `{ send: async ({ input }) => console.log(JSON.stringify(input)) }`;
    const [timers, published = '{}', ...rest] = run(`{ cloudWatch: ${cloudWatch} }`);
    expect(timers).toBe('0');
    const { Namespace, MetricData } = JSON.parse(published) as PutMetricDataCommandInput;
    expect(Namespace).toBe('FastScaler/Client');
    const arrivals = MetricData?.filter(({ MetricName }) => MetricName === 'Arrivals') ?? [];
    // A request that crosses a second gives a second figure, of no arrival.
    expect(arrivals.reduce((sum, { Value = 0 }) => sum + Value, 0)).toBe(1);
    expect(rest).toEqual([]);
  });

  it('in Lambda writes whole lines to its log, before anything else happens', () => {
    const lines = run('{}', { AWS_LAMBDA_FUNCTION_NAME: 'caller' });
    expect(lines.pop()).toBe('0');
    const arrivals = lines.map((line) => Number(readEmbeddedMetrics(line).Arrivals));
    expect(arrivals.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it.each([
    ['throws', '() => { throw new Error("no chat") }'],
    ['rejects', 'async () => { throw new Error("no chat") }'],
  ])('outlives a listener that %s', (_, listener) => {
    const cloudWatch = '{ send: async () => { throw new Error("no network") } }';
    expect(run(`{ cloudWatch: ${cloudWatch}, onTrouble: ${listener} }`)).toEqual(['0']);
  });
});
