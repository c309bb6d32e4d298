import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Root of the repository, where serverless.yml lies. */
export const SERVICE_DIR = fileURLToPath(new URL('..', import.meta.url));

/** The functions of the service, as serverless.yml names them. */
export const FUNCTIONS = [
  'alarm',
  'endpoint',
  'farewell',
  'parameter',
  'prewarm',
  'recheck',
  'surge',
  'sweep',
] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

/** Variables that Lambda or serverless.yml gives to every function, for runs without an account. */
export const DUMMY_ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'dummy',
  AWS_SECRET_ACCESS_KEY: 'dummy',
} as const;

const COMMAND = createRequire(import.meta.url).resolve('osls/bin/serverless.js');

/**
 * Runs the deploy tool in the repository, without the caller's AWS settings.
 * @param folder where serverless.yml lies
 * @returns what it printed
 * @throws {Error} with its output, when it fails
 */
export async function serverless(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  folder: string = SERVICE_DIR,
): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    env: {
      ...Object.fromEntries(inherited),
      ...DUMMY_ENVIRONMENT,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`serverless ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}
