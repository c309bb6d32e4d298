// What the client library adds to a call: the SDK's own InvokeEndpoint against an endpoint that
// answers at once inside this process, without the plugin and with it. Rounds take turns, each time
// in another order, so that a busy machine and the garbage collector slow all alike; figures are
// medians over rounds. In Lambda's case each answer writes its line (to /dev/null here).
import { openSync, writeSync } from 'node:fs';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { HttpResponse } from '@smithy/core/transport';
import { type LoadReporterOptions, reportLoad } from '../client/index.ts';
import { processSurroundings } from '../client/surroundings.ts';
import { median } from './median.ts';

const ROUNDS = 31;
const CALLS_PER_ROUND = 400;
const WARM_UP_CALLS = 3000;
const MOST_MICROSECONDS = 50;

const BODY = new TextEncoder().encode('{}');
const NOWHERE = openSync('/dev/null', 'w');

const requestHandler = {
  metadata: { handlerProtocol: 'memory' },
  handle: async () => ({
    response: new HttpResponse({
      statusCode: 200,
      headers: { 'x-amzn-invoked-production-variant': 'AllTraffic' },
      body: BODY,
    }),
  }),
  updateHttpClientConfig() {},
  httpHandlerConfigs: () => ({}),
};

interface Candidate {
  readonly name: string;
  readonly client: SageMakerRuntimeClient;
  readonly microseconds: number[];
}

function candidate(name: string, options?: LoadReporterOptions): Candidate {
  const client = new SageMakerRuntimeClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler,
  });
  if (options) client.middlewareStack.use(reportLoad(options).plugin);
  return { name, client, microseconds: [] };
}

/** Time for one call, microseconds. */
async function measure(client: SageMakerRuntimeClient, calls: number): Promise<number> {
  const from = process.hrtime.bigint();
  for (let i = 0; i < calls; i += 1) {
    await client.send(new InvokeEndpointCommand({ EndpointName: 'checkout', Body: BODY }));
  }
  return Number(process.hrtime.bigint() - from) / 1000 / calls;
}

const surroundings = {
  ...processSurroundings(),
  writeLine: (line: string) => void writeSync(NOWHERE, `${line}\n`),
};
const cloudWatch = { send: async () => ({}) };
const plain = candidate('without the plugin');
const candidates = [
  plain,
  candidate('with it, PutMetricData', { surroundings, cloudWatch, destination: 'cloudwatch' }),
  candidate('with it, in Lambda', { surroundings, destination: 'log' }),
];

for (const { client } of candidates) await measure(client, WARM_UP_CALLS);
for (let round = 0; round < ROUNDS; round += 1) {
  const first = round % candidates.length;
  for (const { client, microseconds } of [
    ...candidates.slice(first),
    ...candidates.slice(0, first),
  ]) {
    microseconds.push(await measure(client, CALLS_PER_ROUND));
  }
}

console.log(
  `Node ${process.version}, medians of ${ROUNDS} rounds of ${CALLS_PER_ROUND} InvokeEndpoint calls\n`,
);
console.log('                          µs a call   added µs   ratio');
let isMissed = false;
for (const { name, microseconds } of candidates) {
  const differences = microseconds.map((value, i) => value - (plain.microseconds[i] ?? 0));
  const added = median(differences);
  isMissed ||= added > MOST_MICROSECONDS;
  const ratio = median(microseconds) / median(plain.microseconds);
  const cells = [
    name.padEnd(24),
    median(microseconds).toFixed(1).padStart(11),
    (name === plain.name ? '' : added.toFixed(1)).padStart(11),
    ratio.toFixed(3).padStart(8),
  ];
  console.log(cells.join(''));
}
console.log(
  isMissed
    ? `\nMissed: more than ${MOST_MICROSECONDS} µs a call.`
    : `\nWithin ${MOST_MICROSECONDS} µs a call.`,
);
process.exitCode = isMissed ? 1 : 0;
