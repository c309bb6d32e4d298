import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DUMMY_ENVIRONMENT, type FunctionName } from '../../tools/serverless.ts';
import { readZip } from '../../tools/zip.ts';
import {
  type Account,
  deployedName,
  localQueueUrl,
  logicalName,
  stackOutputs,
  templateProperties,
} from './account.ts';
import { type CallRecorder, recordCalls } from './call-recorder.ts';
import type { HostReply, HostRequest } from './lambda-host.ts';

/** A deployed function, run under this Node from the very archive that was deployed. */
export interface DeployedFunction {
  readonly name: FunctionName;
  readonly bundleBytes: number;
  readonly calls: CallRecorder;
  invoke(event: unknown, nowMs: number): Promise<HostReply>;
  stop(): Promise<void>;
}

/**
 * Takes the archive of a function out of the deployment bucket, unpacks it below `folder` and starts
 * it with the environment that was deployed.
 * @param extra variables that come on top
 */
export async function startDeployed(
  account: Account,
  name: FunctionName,
  folder: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<DeployedFunction> {
  const FunctionName = deployedName(name);
  const configuration = await account.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  const archive = await deployedArchive(account, name);
  const digest = createHash('sha256').update(archive).digest('base64');
  if (digest !== configuration.CodeSha256) {
    throw new Error(`The archive in the bucket is not the code of ${FunctionName}.`);
  }
  const files = readZip(archive);
  const root = join(folder, name);
  for (const [path, content] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const [module = ''] = (configuration.Handler ?? '').split('.');
  const variables = configuration.Environment?.Variables ?? {};
  const queueUrl = await localQueueUrl(account, variables.RECHECK_QUEUE_URL ?? '');
  const calls = await recordCalls(account.endpoint);
  const child = fork(join(import.meta.dirname, 'lambda-host.ts'), [join(root, `${module}.js`)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {
      ...DUMMY_ENVIRONMENT,
      ...variables,
      RECHECK_QUEUE_URL: queueUrl.replace(account.endpoint, calls.url),
      AWS_ENDPOINT_URL: calls.url,
      AWS_LAMBDA_FUNCTION_NAME: FunctionName,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.MemorySize),
      ...extra,
    },
  });
  return {
    name,
    bundleBytes: files.get(`${module}.js`)?.length ?? 0,
    calls,
    invoke: (event, nowMs) => ask(child, { event, nowMs }),
    async stop() {
      child.kill('SIGKILL');
      await calls.stop();
    },
  };
}

/** The archive of a function, from the place in the bucket that the deployed template names. */
async function deployedArchive(account: Account, name: FunctionName): Promise<Buffer> {
  const { Code } = await templateProperties(account, `${logicalName(name)}LambdaFunction`);
  const { S3Key: Key } = Code as { S3Key: string };
  const { ServerlessDeploymentBucketName: Bucket } = await stackOutputs(account);
  const { Body } = await account.s3.send(new GetObjectCommand({ Bucket, Key }));
  if (!Body) throw new Error(`${Key} is not in the deployment bucket.`);
  return Buffer.from(await Body.transformToByteArray());
}

function ask(child: ChildProcess, message: HostRequest): Promise<HostReply> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(new Error(`The function's process ended with ${code}.`));
    child.once('exit', onExit);
    child.once('message', (reply) => {
      child.removeListener('exit', onExit);
      resolve(reply as HostReply);
    });
    child.send(message);
  });
}
