// What the emulator carries: InvokeEndpoint over HTTP at a steady rate for a minute, against an
// endpoint in an emulator process of its own. Every answered request has to be in the Invocations
// metric, and the process may not grow: its heap is kept small, or Node would rather grow than tidy.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import autocannon from 'autocannon';
import { wholeFromOne } from '../cli/options.ts';
import { runTool, tool } from '../cli/tool.ts';
import { median } from './median.ts';
import { spawnEmulator } from './spawn-emulator.ts';

const LEAST_RATE = 1000;
const RATE = 1200;

/** At 0.2 s a request, 240 are under way at the rate; the others wait for their turn in a hiccup. */
const CONNECTIONS = 400;

/** Most growth of the process from one quarter of the run to the last, bytes. */
const MOST_GROWTH = 32 * 1024 * 1024;

/** Heap of the emulator's process, megabytes: about three times what is alive in it. */
const HEAP = '--max-old-space-size=96 --max-semi-space-size=8';

/** Seconds until the last window of the metric can be read, and then some. */
const METRIC_SECONDS = 40;

const REGION = 'eu-west-1';
const ENDPOINT = { EndpointName: 'bench', VariantName: 'AllTraffic' };

/** Resident bytes of a process. */
function residentBytes(pid: number): number {
  const [, kilobytes] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

async function sampleMemory(pid: number, until: AbortSignal): Promise<number[]> {
  const samples: number[] = [];
  while (!until.aborted) {
    samples.push(residentBytes(pid));
    await sleep(500, undefined, { signal: until }).catch(() => {});
  }
  return samples;
}

async function invocations(client: CloudWatchClient, sinceMs: number): Promise<number> {
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(Math.floor(sinceMs / 60_000) * 60_000),
      EndTime: new Date(Date.now() + 60_000),
      MetricDataQueries: [
        {
          Id: 'invocations',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/SageMaker',
              MetricName: 'Invocations',
              Dimensions: Object.entries(ENDPOINT).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: 10,
            Stat: 'Sum',
          },
        },
      ],
    }),
  );
  return (MetricDataResults?.[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
}

const OPTIONS = [
  ...['--port', '0', '--region', REGION, '--endpoint', ENDPOINT.EndpointName],
  // One instance carries twice the rate, so that nothing but the emulator slows an answer down.
  ...['--target-per-instance', String(RATE * 60 * 2), '--service-time', '0.2'],
];

const program = tool('bench:emulate', 'What the emulator carries, over HTTP.').option(
  '--seconds <n>',
  'how long',
  wholeFromOne,
  60,
);

await runTool(program, main);

async function main({ seconds }: { readonly seconds: number }): Promise<void> {
  const amount = RATE * seconds;
  const emulator = await spawnEmulator(OPTIONS, { NODE_OPTIONS: HEAP });
  const client = new CloudWatchClient({
    region: REGION,
    endpoint: emulator.url,
    credentials: { accessKeyId: 'emulated', secretAccessKey: 'emulated' },
  });
  try {
    const startMs = Date.now();
    const done = new AbortController();
    const memory = sampleMemory(emulator.pid, done.signal);
    const result = await autocannon({
      url: `${emulator.url}/endpoints/${ENDPOINT.EndpointName}/invocations`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'a request of an ordinary length, as a client would send it' }),
      connections: CONNECTIONS,
      amount,
      overallRate: RATE,
      timeout: 60,
      // Latency as callers saw it, without guesses for requests that were not sent.
      ignoreCoordinatedOmission: true,
    });
    done.abort();
    const samples = await memory;
    const quarter = Math.floor(samples.length / 4);
    const early = median(samples.slice(quarter, 2 * quarter));
    const late = median(samples.slice(3 * quarter));
    let counted = 0;
    for (let waited = 0; waited < METRIC_SECONDS && counted < result['2xx']; waited += 1) {
      await sleep(1000);
      counted = await invocations(client, startMs);
    }
    const rate = result['2xx'] / result.duration;
    const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
    console.log(
      `answered    ${result['2xx']} of ${amount} in ${result.duration.toFixed(1)} s: ${rate.toFixed(0)} a second`,
    );
    console.log(
      `refused     ${result.non2xx}, errors ${result.errors}, timeouts ${result.timeouts}`,
    );
    console.log(`Invocations ${counted}`);
    console.log(
      `latency     p50 ${result.latency.p50} ms, p99 ${result.latency.p99} ms, max ${result.latency.max} ms`,
    );
    console.log(
      `memory      ${megabytes(early)} in the second quarter, ${megabytes(late)} in the last, most ${megabytes(Math.max(...samples))}`,
    );
    const faults = [
      result['2xx'] !== amount && `${amount - result['2xx']} requests were not answered with 200`,
      counted !== amount && `the metric counts ${counted}, not ${amount}`,
      rate < LEAST_RATE && `${rate.toFixed(0)} a second is below ${LEAST_RATE}`,
      late - early > MOST_GROWTH && `the process grew by ${megabytes(late - early)}`,
    ].filter((fault) => fault !== false);
    for (const fault of faults) console.error(`bench:emulate: ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    client.destroy();
    await emulator.stop();
  }
}
