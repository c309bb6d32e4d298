import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStack } from '../../simulator/stack.ts';

export const SERVICE = `
service: little
provider:
  name: aws
  stage: \${opt:stage, 'prod'}
  timeout: 15
  environment: { TABLE_NAME: !Ref Table }
functions:
  alarm:
    handler: handlers/alarm.handler
    role: !Sub \${AlarmRole.Arn}
    maximumEventAge: 150
    events:
      - eventBridge:
          pattern: &pattern
            source: [test.alarm]
            detail: { name: [{ prefix: mine- }] }
          retryPolicy: { maximumEventAge: 90, maximumRetryAttempts: 8 }
          deadLetterQueueArn: !GetAtt DeadLetters.Arn
      - eventBridge:
          pattern: { source: [test.other] }
  recheck:
    handler: handlers/recheck.handler
    memorySize: 256
    events:
      - sqs:
          arn: !GetAtt Rechecks.Arn
          batchSize: 5
          functionResponseType: ReportBatchItemFailures
  sweep:
    handler: handlers/sweep.handler
    timeout: 50
    maximumRetryAttempts: 0
    events:
      - schedule: rate(1 minute)
      - eventBridge: { schedule: rate(2 hours) }
resources:
  - \${file(storage.yml)}
  - Resources:
      Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: !Join ['-', [a, b]] } }
`;

export const STORAGE = `
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      TimeToLiveSpecification: { AttributeName: expiresAt, Enabled: true }
  Rechecks:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 90
      MessageRetentionPeriod: 3600
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt DeadLetters.Arn
        maxReceiveCount: 2
  DeadLetters: { Type: 'AWS::SQS::Queue' }
`;

/** What is read of a service, and of the file with its storage. */
export function stackOf(service = SERVICE, storage = STORAGE) {
  const directory = mkdtempSync(join(tmpdir(), 'stack-'));
  try {
    const path = join(directory, 'serverless.yml');
    writeFileSync(path, service);
    writeFileSync(join(directory, 'storage.yml'), storage);
    return readStack(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
