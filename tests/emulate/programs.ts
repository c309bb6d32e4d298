import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CREDENTIALS, REGION } from './emulators.ts';

/** Debian's Python, for which Debian packages boto3. */
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';

const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_PAGER: '',
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

/** Whether Python has boto3; says so when it has not. */
export function hasBoto3(): boolean {
  const found = spawnSync(PYTHON, ['-c', 'import boto3']).status === 0;
  if (!found) console.log(`not run: boto3 is missing (${PYTHON}; apt-get install python3-boto3)`);
  return found;
}

/** Whether there is an AWS CLI; says so when there is none. */
export function hasAwsCli(): boolean {
  const found = spawnSync('aws', ['--version']).status === 0;
  if (!found) console.log('not run: the AWS CLI is missing');
  return found;
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; this process serves it meanwhile. */
export function runProgram(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(program, args, { env: { ...ENVIRONMENT, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a script of this folder; gives the JSON that it prints. Rejects when it fails. */
export async function runPython(script: string, ...args: string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { code, stdout, stderr } = await runProgram(PYTHON, [path, ...args]);
  if (code !== 0) throw new Error(`${script} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout);
}
