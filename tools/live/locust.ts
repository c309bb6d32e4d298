import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How Debian names what is needed. */
export const LOCUST_MISSING =
  'Locust is missing: apt-get install -y --no-install-recommends python3-locust python3-boto3 ' +
  '(or set LOCUST to the command of another installation that has boto3)';

const LOCUST = process.env.LOCUST ?? 'locust';
const LOCUSTFILE = fileURLToPath(new URL('locustfile.py', import.meta.url));

/** Whether Locust can be run. */
export function hasLocust(): boolean {
  return spawnSync(LOCUST, ['--version']).status === 0;
}

export interface LocustOptions {
  /** Where the account listens. */
  readonly url: string;
  readonly region: string;
  readonly endpointName: string;
  readonly users: number;
  /** Users that start in a second outside. */
  readonly spawnRate: number;
  /** From one request of a user to the next, seconds outside. */
  readonly paceSeconds: number;
  /** Length of the load, whole seconds outside. */
  readonly runSeconds: number;
}

/** What Locust printed at its end. */
export interface LocustRun {
  /** Rejects when Locust fails to run; failed requests are no such failure. */
  readonly ended: Promise<string>;
  /** Ends it early. */
  stop(): void;
}

/** Runs Locust without its own page. It dies with this process, however that ends. */
export function startLocust(options: LocustOptions): LocustRun {
  const { url, region, endpointName, users, spawnRate, paceSeconds, runSeconds } = options;
  const child = spawn(
    LOCUST,
    [
      ...['--locustfile', LOCUSTFILE, '--host', url, '--headless', '--only-summary'],
      ...['--users', String(users), '--spawn-rate', String(spawnRate)],
      ...['--run-time', `${runSeconds}s`, '--stop-timeout', '5'],
      ...['--exit-code-on-error', '0', '--loglevel', 'WARNING'],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        AWS_ACCESS_KEY_ID: 'emulated',
        AWS_SECRET_ACCESS_KEY: 'emulated',
        AWS_DEFAULT_REGION: region,
        AWS_EC2_METADATA_DISABLED: 'true',
        FAST_SCALER_ENDPOINT: endpointName,
        FAST_SCALER_PACE_SECONDS: String(paceSeconds),
      },
    },
  );
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('exit', kill);
      if (code === 0 || signal === 'SIGTERM') resolve(output);
      else reject(new Error(`locust ended with ${code ?? signal}:\n${output}`));
    });
  });
  return { ended, stop: () => child.kill('SIGTERM') };
}
