// Deploys the service with the real deploy tool to an AWS account played by moto, runs what was
// deployed, and removes it. Exit code 0 when all went well, or where moto is not installed.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTargetsByRuleCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { FUNCTIONS, type FunctionName, serverless } from '../../tools/serverless.ts';
import { type Account, connect, stackOutputs } from './account.ts';
import { checkPresent, checkRemoved } from './inventory.ts';
import { type DeployedFunction, startDeployed } from './lambda.ts';
import { startMoto } from './moto.ts';
import { checkPatterns } from './patterns.ts';
import { section, step } from './progress.ts';
import { checkRoleAgainst, checkRoles } from './roles.ts';
import { sampleEvent } from './samples.ts';
import {
  checkDashboard,
  checkFunctions,
  checkQueues,
  checkRules,
  checkTable,
  checkWatch,
  ruleName,
} from './stack-checks.ts';
import { playStory } from './story.ts';

/**
 * Functions that run the same code for different events. Each needs every right of that code,
 * whichever of them the story happens to lead through a branch of it.
 */
const SAME_WORK: readonly (readonly FunctionName[])[] = [
  ['alarm', 'endpoint', 'prewarm', 'recheck', 'surge'],
  ['parameter', 'sweep', 'farewell'],
];

async function test(account: Account, folder: string): Promise<void> {
  const environment = { AWS_ENDPOINT_URL: account.endpoint };
  section('Deploy');
  await step('serverless deploy', () => serverless(['deploy'], environment));
  const outputs = await stackOutputs(account);

  section('What stands in the account');
  await step('functions: runtime, architecture, environment, roles', () =>
    checkFunctions(account, outputs),
  );
  await step('rules: targets, retries, dead letters, permissions', () => checkRules(account));
  await step('table: keys, TTL, encryption', () => checkTable(account, outputs));
  await step('queues: encryption, redrive, policy, trigger', () => checkQueues(account));
  await step('alarms on the service, topic, log retention', () => checkWatch(account));
  await step('dashboard: deployed, taken by CloudWatch', () => checkDashboard(account));
  await step('roles: no wildcard actions, narrow resources', () => checkRoles(account));

  section('Event patterns as deployed');
  await step('sample events match, near misses do not', async () => {
    const { sent, refused } = await checkPatterns(account);
    console.log(`        ${sent} events sent, ${refused} of them rightly refused`);
  });

  section('The deployed archives, run under this Node');
  await pauseTriggers(account);
  const functions = await step('archives out of the bucket, unpacked and loaded', () =>
    startAll(account, folder),
  );
  try {
    for (const name of FUNCTIONS) {
      console.log(`        ${name}: ${Math.round(functions[name].bundleBytes / 1000)} KB`);
    }
    await playStory(account, functions, outputs.NotificationsTopicArn);
    await step(
      'each role allows what its function calls, and nothing that it does not',
      async () => {
        for (const name of FUNCTIONS) {
          const alike = SAME_WORK.find((names) => names.includes(name)) ?? [name];
          const ofAlike = alike.flatMap((other) => functions[other].calls.all);
          await checkRoleAgainst(account, name, functions[name].calls.all, ofAlike);
        }
      },
    );
  } finally {
    await Promise.all(FUNCTIONS.map((name) => functions[name].stop()));
  }
  await step('without credentials in the environment a bundle says what is missing', () =>
    checkMissingCredentials(account, folder),
  );

  section('Remove');
  await checkPresent(account);
  await step('serverless remove', () => serverless(['remove'], environment));
  await step('nothing is left', () => checkRemoved(account));
}

async function startAll(
  account: Account,
  folder: string,
): Promise<Readonly<Record<FunctionName, DeployedFunction>>> {
  const started = await Promise.all(
    FUNCTIONS.map(async (name) => [name, await startDeployed(account, name, folder)] as const),
  );
  return Object.fromEntries(started) as Record<FunctionName, DeployedFunction>;
}

/**
 * moto would take every message off the queue to call a function in Docker, and hand every event to
 * a rule that has a schedule and no pattern.
 */
async function pauseTriggers({ eventBridge, lambda }: Account): Promise<void> {
  const Rule = ruleName('sweep');
  const { Targets = [] } = await eventBridge.send(new ListTargetsByRuleCommand({ Rule }));
  const Ids = Targets.map(({ Id = '' }) => Id);
  await eventBridge.send(new RemoveTargetsCommand({ Rule, Ids }));
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  for (const { UUID } of EventSourceMappings) {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  }
}

async function checkMissingCredentials(account: Account, folder: string): Promise<void> {
  const sweep = await startDeployed(account, 'sweep', folder, {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
  });
  try {
    const reply = await sweep.invoke(sampleEvent('schedule'), Date.now());
    assert.match(reply.error ?? '', /No AWS credentials: set AWS_ACCESS_KEY_ID/);
    assert.deepEqual(sweep.calls.all, []);
  } finally {
    await sweep.stop();
  }
}

// So that what hangs on the end of this process happens, and moto goes with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const moto = await startMoto();
if (moto) {
  const folder = mkdtempSync(join(tmpdir(), 'fast-scaler-deployed-'));
  try {
    await test(connect(moto.url), folder);
    console.log('\nDeployed, run and removed.');
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.stack : error}`);
    process.exitCode = 1;
  } finally {
    await moto.stop();
    rmSync(folder, { recursive: true });
  }
} else {
  console.log('not run: moto_server is not installed');
}

// After a failure, functions that were started may still run; they must not hold this process up.
process.exit();
