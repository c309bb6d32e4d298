import assert from 'node:assert/strict';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Account } from './account.ts';
import { type SampleEvent, sampleEvent } from './samples.ts';
import { type RuleName, ruleName } from './stack-checks.ts';

type PatternRule = Exclude<RuleName, 'sweep'>;

const PATTERN_RULES: readonly PatternRule[] = [
  'alarm',
  'endpoint',
  'parameter',
  'prewarm',
  'surge',
];

/** An event, and the rules that must take it. */
interface Case {
  readonly what: string;
  readonly event: SampleEvent;
  readonly takenBy: readonly PatternRule[];
}

const alarm = sampleEvent('alarm-state-change');
const endpoint = sampleEvent('endpoint-state-change');
const parameter = sampleEvent('parameter-change');
const surge = sampleEvent('load-surge');
const prewarm = sampleEvent('prewarm-request');
const cancellation = sampleEvent('prewarm-cancellation');

const withDetail = (event: SampleEvent, detail: object): SampleEvent => ({
  ...event,
  detail: { ...event.detail, ...detail },
});

const inState = (value: string) =>
  withDetail(alarm, { state: { ...(alarm.detail.state as object), value } });
const alarmNamed = (alarmName: string) => withDetail(alarm, { alarmName });
const inStatus = (EndpointStatus: string) => withDetail(endpoint, { EndpointStatus });
const parameterNamed = (name: string) => withDetail(parameter, { name });
const operation = (value: string) => withDetail(parameter, { operation: value });

/** The sample events, and what differs from one of them in one thing only. */
const CASES: readonly Case[] = [
  { what: 'the alarm sample', event: alarm, takenBy: ['alarm'] },
  { what: 'an alarm back to OK', event: inState('OK'), takenBy: [] },
  { what: 'an alarm without data', event: inState('INSUFFICIENT_DATA'), takenBy: [] },
  { what: "somebody else's alarm", event: alarmNamed('cpu-high'), takenBy: [] },
  {
    what: 'an alarm that only looks like ours',
    event: alarmNamed('fast-scaler-of-another-team'),
    takenBy: [],
  },
  {
    what: "one of the service's own alarms",
    event: alarmNamed('sagemaker-fast-scaler-prod-dead-letters'),
    takenBy: [],
  },
  {
    what: 'the prefix in the middle of a name',
    event: alarmNamed('x/fast-scaler/high'),
    takenBy: [],
  },
  { what: 'an alarm from another source', event: { ...alarm, source: 'my.app' }, takenBy: [] },
  {
    what: "a change of an alarm's configuration",
    event: { ...alarm, 'detail-type': 'CloudWatch Alarm Configuration Change' },
    takenBy: [],
  },

  { what: 'the endpoint sample', event: endpoint, takenBy: ['endpoint'] },
  { what: 'an endpoint being deleted', event: inStatus('DELETING'), takenBy: ['endpoint'] },
  { what: 'a deleted endpoint', event: inStatus('DELETED'), takenBy: ['endpoint'] },
  { what: 'an endpoint that begins to update', event: inStatus('UPDATING'), takenBy: [] },
  { what: 'an endpoint being created', event: inStatus('CREATING'), takenBy: [] },
  { what: 'a failed endpoint', event: inStatus('FAILED'), takenBy: [] },
  { what: "the API's spelling of the status", event: inStatus('InService'), takenBy: [] },
  {
    what: 'the deployment event of the same endpoint',
    event: { ...endpoint, 'detail-type': 'SageMaker Endpoint Deployment State Change' },
    takenBy: [],
  },
  { what: 'an endpoint from another source', event: { ...endpoint, source: 'x' }, takenBy: [] },

  { what: 'the parameter sample', event: parameter, takenBy: ['parameter'] },
  { what: 'an updated parameter', event: operation('Update'), takenBy: ['parameter'] },
  { what: 'a deleted parameter', event: operation('Delete'), takenBy: ['parameter'] },
  { what: 'a labelled parameter', event: operation('LabelParameterVersion'), takenBy: [] },
  { what: 'the defaults', event: parameterNamed('/fast-scaler/defaults'), takenBy: ['parameter'] },
  { what: 'another path', event: parameterNamed('/billing/fast-scaler/x'), takenBy: [] },
  { what: 'a path that goes on', event: parameterNamed('/fast-scaler-old/x'), takenBy: [] },
  { what: 'a parameter from another source', event: { ...parameter, source: 'x' }, takenBy: [] },

  { what: 'the prewarm sample', event: prewarm, takenBy: ['prewarm'] },
  { what: 'the cancellation sample', event: cancellation, takenBy: ['prewarm'] },
  { what: 'a prewarm from another source', event: { ...prewarm, source: 'my.app' }, takenBy: [] },

  { what: 'the surge sample', event: surge, takenBy: ['surge'] },
  { what: 'a surge from another source', event: { ...surge, source: 'my.app' }, takenBy: [] },
  {
    what: 'a source that goes on',
    event: { ...surge, source: 'fast-scaler.of-another-team' },
    takenBy: [],
  },
  {
    what: 'another event of the same source',
    event: { ...surge, 'detail-type': 'Load Fell' },
    takenBy: [],
  },
];

const PROBE_BUS = 'probes';

/**
 * Sends every case through the account's own EventBridge. moto cannot call a Lambda function from a
 * rule, so each deployed rule lends its pattern, as the account holds it, to a probe rule that
 * writes to a queue, on a bus of its own.
 * @returns how many events were sent, and how many of them had to be refused
 */
export async function checkPatterns(
  account: Account,
): Promise<{ readonly sent: number; readonly refused: number }> {
  await account.eventBridge.send(new CreateEventBusCommand({ Name: PROBE_BUS }));
  const probes = await Promise.all(PATTERN_RULES.map((name) => startProbe(account, name)));
  try {
    for (const { what, event, takenBy } of CASES) {
      await send(account, event);
      const taken: PatternRule[] = [];
      for (const { name, queueUrl } of probes) {
        const received = await receive(account, queueUrl);
        if (received.length === 0) continue;
        taken.push(name);
        assert.equal(received.length, 1, `${what} comes once`);
        const [{ source, detail }] = received as [SampleEvent];
        assert.deepEqual({ source, detail }, { source: event.source, detail: event.detail }, what);
      }
      assert.deepEqual(taken, takenBy, `${what}: taken by [${taken}], expected [${takenBy}]`);
    }
  } finally {
    for (const probe of probes) await stopProbe(account, probe);
    await account.eventBridge.send(new DeleteEventBusCommand({ Name: PROBE_BUS }));
  }
  const refused = CASES.filter(({ takenBy }) => takenBy.length === 0).length;
  return { sent: CASES.length, refused };
}

interface Probe {
  readonly name: PatternRule;
  readonly queueUrl: string;
}

const probeName = (name: PatternRule) => `probe-${name}`;

async function startProbe({ eventBridge, sqs }: Account, name: PatternRule): Promise<Probe> {
  const { EventPattern } = await eventBridge.send(
    new DescribeRuleCommand({ Name: ruleName(name) }),
  );
  assert.ok(EventPattern, `the rule of ${name} has a pattern`);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: probeName(name) }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const Rule = probeName(name);
  await eventBridge.send(new PutRuleCommand({ Name: Rule, EventBusName: PROBE_BUS, EventPattern }));
  const { FailedEntryCount } = await eventBridge.send(
    new PutTargetsCommand({
      Rule,
      EventBusName: PROBE_BUS,
      Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }],
    }),
  );
  assert.equal(FailedEntryCount, 0);
  return { name, queueUrl: QueueUrl };
}

async function stopProbe({ eventBridge, sqs }: Account, { name, queueUrl }: Probe): Promise<void> {
  const Rule = probeName(name);
  await eventBridge.send(
    new RemoveTargetsCommand({ Rule, EventBusName: PROBE_BUS, Ids: ['queue'] }),
  );
  await eventBridge.send(new DeleteRuleCommand({ Name: Rule, EventBusName: PROBE_BUS }));
  await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
}

async function send({ eventBridge }: Account, event: SampleEvent): Promise<void> {
  const { FailedEntryCount } = await eventBridge.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: PROBE_BUS,
          Source: event.source,
          DetailType: event['detail-type'],
          Resources: [...event.resources],
          Detail: JSON.stringify(event.detail),
        },
      ],
    }),
  );
  assert.equal(FailedEntryCount, 0);
}

async function receive({ sqs }: Account, QueueUrl: string): Promise<SampleEvent[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
  );
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return Messages.map(({ Body = '{}' }) => JSON.parse(Body) as SampleEvent);
}
