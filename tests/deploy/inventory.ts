import assert from 'node:assert/strict';
import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { type Account, callSns } from './account.ts';

/** Everything of the kinds that the stack makes, by kind. The account starts empty. */
async function inventory(account: Account): Promise<Record<string, readonly unknown[]>> {
  const { cloudFormation, dynamo, eventBridge, iam, lambda, logs, s3, sqs } = account;
  const stacks = await cloudFormation.send(
    new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] }),
  );
  const groups = await logs.send(new DescribeLogGroupsCommand({}));
  const tables = await dynamo.send(new ListTablesCommand({}));
  const rules = await eventBridge.send(new ListRulesCommand({}));
  const roles = await iam.send(new ListRolesCommand({}));
  const mappings = await lambda.send(new ListEventSourceMappingsCommand({}));
  const functions = await lambda.send(new ListFunctionsCommand({}));
  const buckets = await s3.send(new ListBucketsCommand({}));
  const topics = await callSns(account, { Action: 'ListTopics' });
  const queues = await sqs.send(new ListQueuesCommand({}));
  return {
    stacks: stacks.StackSummaries?.map(({ StackName }) => StackName) ?? [],
    logGroups: groups.logGroups?.map(({ logGroupName }) => logGroupName) ?? [],
    tables: tables.TableNames ?? [],
    rules: rules.Rules?.map(({ Name }) => Name) ?? [],
    roles: roles.Roles?.map(({ RoleName }) => RoleName) ?? [],
    eventSourceMappings: mappings.EventSourceMappings?.map(({ UUID }) => UUID) ?? [],
    functions: functions.Functions?.map(({ FunctionName }) => FunctionName) ?? [],
    buckets: buckets.Buckets?.map(({ Name }) => Name) ?? [],
    topics: [...topics.matchAll(/<TopicArn>(.*?)<\/TopicArn>/g)].map(([, arn]) => arn),
    queues: queues.QueueUrls ?? [],
  };
}

/** Every kind of thing that the stack makes is there, so that the check of the removal means something. */
export async function checkPresent(account: Account): Promise<void> {
  for (const [kind, found] of Object.entries(await inventory(account))) {
    assert.ok(found.length > 0, `the account has ${kind}`);
  }
}

export async function checkRemoved(account: Account): Promise<void> {
  const left = Object.entries(await inventory(account)).filter(([, found]) => found.length > 0);
  assert.deepEqual(Object.fromEntries(left), {}, 'nothing is left of the stack');
}
