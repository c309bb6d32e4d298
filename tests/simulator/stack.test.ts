import { describe, expect, it } from 'vitest';
import { readStack } from '../../simulator/stack.ts';
import { SERVICE, STORAGE, stackOf } from './stack-of.ts';

describe('Function: readStack', () => {
  it('describes functions, their events, queues and tables', () => {
    expect(stackOf()).toEqual({
      service: 'little',
      functions: [
        {
          name: 'alarm',
          handler: 'handlers/alarm.handler',
          timeoutSeconds: 15,
          memoryMegabytes: 1024,
          maximumRetryAttempts: 2,
          maximumEventAgeSeconds: 150,
          mayRecur: false,
          rules: [
            {
              pattern: { source: ['test.alarm'], detail: { name: [{ prefix: 'mine-' }] } },
              maximumEventAgeSeconds: 90,
            },
            { pattern: { source: ['test.other'] }, maximumEventAgeSeconds: 86_400 },
          ],
          schedules: [],
          queues: [],
        },
        {
          name: 'recheck',
          handler: 'handlers/recheck.handler',
          timeoutSeconds: 15,
          memoryMegabytes: 256,
          maximumRetryAttempts: 2,
          maximumEventAgeSeconds: 21_600,
          mayRecur: false,
          rules: [],
          schedules: [],
          queues: [{ queue: 'Rechecks', batchSize: 5, reportBatchItemFailures: true }],
        },
        {
          name: 'sweep',
          handler: 'handlers/sweep.handler',
          timeoutSeconds: 50,
          memoryMegabytes: 1024,
          maximumRetryAttempts: 0,
          maximumEventAgeSeconds: 21_600,
          mayRecur: false,
          rules: [],
          schedules: [{ periodSeconds: 60 }, { periodSeconds: 7200 }],
          queues: [],
        },
      ],
      queues: [
        {
          logicalId: 'Rechecks',
          visibilityTimeoutSeconds: 90,
          retentionSeconds: 3600,
          redrive: { deadLetterQueue: 'DeadLetters', maxReceiveCount: 2 },
        },
        { logicalId: 'DeadLetters', visibilityTimeoutSeconds: 30, retentionSeconds: 345_600 },
      ],
      tables: [{ logicalId: 'Table', key: { hash: 'pk' }, timeToLiveAttribute: 'expiresAt' }],
    });
  });

  it('reads the service of this repository', () => {
    const stack = readStack(new URL('../../serverless.yml', import.meta.url));

    expect(stack.functions.map((each) => each.name)).toEqual([
      'alarm',
      'endpoint',
      'parameter',
      'prewarm',
      'recheck',
      'surge',
      'sweep',
      'farewell',
    ]);
    for (const each of stack.functions) {
      // CloudFormation itself calls the last one.
      if (each.name === 'farewell') continue;
      expect(each.rules.length + each.schedules.length + each.queues.length).toBe(1);
    }
  });

  it.each([
    [
      'an unknown event kind',
      '- schedule: rate(1 minute)',
      '- httpApi: GET /status',
      /serverless\.yml:35: functions\.sweep\.events\[0\]: expected one event of eventBridge, schedule, sqs; found httpApi/,
    ],
    [
      'two kinds in one event',
      '- schedule: rate(1 minute)',
      '- { schedule: rate(1 minute), sqs: {} }',
      /events\[0\]: expected one event .*; found schedule, sqs/,
    ],
    [
      'an unknown setting',
      'retryPolicy: { maximumEventAge: 90',
      'input: {}\n          retryPolicy: { maximumEventAge: 90',
      /functions\.alarm\.events\[0\]\.eventBridge: Unrecognized key: "input"/,
    ],
    [
      'a misspelt setting below',
      'maximumEventAge: 90',
      'maximumAge: 90',
      /serverless\.yml:18: functions\.alarm\.events\[0\]\.eventBridge\.retryPolicy: Unrecognized key: "maximumAge"/,
    ],
    [
      'a cron schedule',
      'rate(1 minute)',
      'cron(0 12 * * ? *)',
      /functions\.sweep\.events\[0\]\.schedule: expected rate/,
    ],
    [
      'a cron schedule of EventBridge',
      'rate(2 hours)',
      'cron(0 12 * * ? *)',
      /events\[1\]\.eventBridge\.schedule: "cron.*" is no schedule of the form rate\(1 minute\)/,
    ],
    [
      'neither pattern nor schedule',
      'schedule: rate(2 hours)',
      'name: nothing',
      /events\[1\]\.eventBridge: expected either a pattern or a schedule/,
    ],
    [
      'a variable in a pattern',
      'prefix: mine-',
      `prefix: '\${self:service}-'`,
      /eventBridge\.pattern: the pattern holds "\$\{self:service\}-"/,
    ],
    [
      'a CloudFormation function in a pattern',
      'source: [test.other]',
      'source: [!Ref Source]',
      /eventBridge\.pattern: the pattern holds Ref/,
    ],
    ['a batch over ten', 'batchSize: 5', 'batchSize: 11', /sqs\.batchSize: Too big/],
    [
      'a queue outside the stack',
      'arn: !GetAtt Rechecks.Arn',
      'arn: arn:aws:sqs:eu-west-1:1:q',
      /sqs\.arn: expected !GetAtt <Queue>\.Arn/,
    ],
    [
      'an unresolved number',
      'timeout: 50',
      `timeout: '\${param:timeout}'`,
      /serverless\.yml:32: functions\.sweep\.timeout: .*expected (number|int)/,
    ],
    ['no handler', 'handler: handlers/sweep.handler', 'image: x', /functions\.sweep\.handler/],
    [
      'resources that are neither here nor in a file',
      `\${file(storage.yml)}`,
      `\${self:custom.resources}`,
      /resources\[0\]: expected resources or \$\{file\(…\)\}/,
    ],
    ['an unknown tag', '!Ref Table', '!Reff Table', /serverless\.yml: Unresolved tag: !Reff/],
    ['a YAML error', 'service: little', 'service: [little', /serverless\.yml: /],
  ])('refuses %s', (_label, from, to, message) => {
    const changed = SERVICE.replace(from, () => to);

    expect(changed).not.toBe(SERVICE);
    expect(() => stackOf(changed)).toThrow(message);
  });

  it('names the resource file and line of a fault there', () => {
    expect(() => stackOf(SERVICE, STORAGE.replace('90', 'ninety'))).toThrow(
      /storage\.yml:12: Resources\.Rechecks\.Properties\.VisibilityTimeout: /,
    );
  });

  it('tells every fault at once', () => {
    const changed = SERVICE.replace('timeout: 50', 'timeout: 901').replace(
      'batchSize: 5',
      'batchSize: 0',
    );

    expect(() => stackOf(changed)).toThrow(/sqs\.batchSize: .*\n.*functions\.sweep\.timeout: /);
  });
});
