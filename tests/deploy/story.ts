import assert from 'node:assert/strict';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { FUNCTIONS, type FunctionName } from '../../tools/serverless.ts';
import { ACCOUNT_ID, type Account, callSns, REGION } from './account.ts';
import type { DeployedFunction } from './lambda.ts';
import type { HostReply } from './lambda-host.ts';
import { step } from './progress.ts';
import { recheckEvent, sampleEvent } from './samples.ts';
import { type Bounds, ENDPOINT, Stage, VARIANT } from './stage.ts';

const PARAMETER = `/fast-scaler/targets/${ENDPOINT}/${VARIANT}`;
const ALARM = `fast-scaler/endpoint/${ENDPOINT}/variant/${VARIANT}/high`;
const TARGET_PER_INSTANCE = 1500;

/** moto's endpoints do not say how often they publish their metrics, so the signal is spelt out. */
const SIGNAL = {
  namespace: 'AWS/SageMaker',
  metricName: 'Invocations',
  dimensions: { EndpointName: ENDPOINT, VariantName: VARIANT },
  statistic: 'Sum',
};

const OWNERS_BOUNDS: Bounds = { min: 1, max: 16 };

/** Invocations in ten seconds: 20,000 a minute need 14 instances, 600 a minute need one. */
const SURGE = 20_000 / 6;
const CALM = 100;

/** More than Max can carry. */
const FLOOD = 2 * SURGE;

/** From the accepted nudge to the instances in service. */
const LEAD_TIME_SECONDS = 180;

/** The hot loop may take this many looks to come to rest. */
const MOST_LOOKS = 150;

type Functions = Readonly<Record<FunctionName, DeployedFunction>>;

/** A message that a function put on the re-check queue. */
interface Wakeup {
  readonly body: string;
  readonly delaySeconds: number;
}

/** Plays an endpoint's life to the deployed functions. */
export async function playStory(
  account: Account,
  functions: Functions,
  topicArn: string,
): Promise<void> {
  const stage = new Stage(account);
  await stage.build(OWNERS_BOUNDS);
  await stage.pass(0, CALM);

  const call = async (name: FunctionName, event: unknown): Promise<HostReply> => {
    const reply = await functions[name].invoke(event, stage.nowMs);
    assert.equal(reply.error, undefined, `${name}: ${reply.log}`);
    assert.doesNotMatch(
      reply.log,
      /"level":"(ERROR|CRITICAL)"/,
      `${name} logged an error: ${reply.log.split('\n').filter((l) => l.includes('ERROR'))}`,
    );
    return reply;
  };
  const wakeups = (name: FunctionName): Wakeup[] => functions[name].calls.take().flatMap(sent);

  const enrolment = await step('a new parameter enrols its target, with its alarm', async () => {
    await account.ssm.send(
      new PutParameterCommand({
        Name: PARAMETER,
        Type: 'String',
        Value: JSON.stringify({ signal: SIGNAL, targetPerInstance: TARGET_PER_INSTANCE }),
      }),
    );
    await call('parameter', sampleEvent('parameter-change'));
    await assertAlarm(account);
    return onlyOne(wakeups('parameter'));
  });

  await step('the first look finds the target at rest and changes nothing', async () => {
    await call('recheck', recheckEvent(enrolment.body));
    assert.deepEqual(await stage.bounds(), OWNERS_BOUNDS);
    assert.deepEqual(wakeups('recheck'), [], 'a target at rest starts no loop');
  });

  await step('the sweep asks for a look at every enrolled endpoint', async () => {
    await call('sweep', sampleEvent('schedule'));
    const { body } = onlyOne(wakeups('sweep'));
    assert.deepEqual(JSON.parse(body), { endpointName: ENDPOINT, cause: 'sweep' });
  });

  await step(
    'a surge is looked into at once, and looked for again; the next one waits',
    async () => {
      await stage.pass(10, CALM);
      await call('surge', sampleEvent('load-surge'));
      const { body, delaySeconds } = onlyOne(wakeups('surge'));
      assert.equal(JSON.parse(body).cause, 're-check');
      assert.equal(delaySeconds, 10);
      await call('surge', sampleEvent('load-surge'));
      assert.deepEqual(wakeups('surge'), [], 'a flood makes no further look');
      assert.deepEqual(await stage.bounds(), OWNERS_BOUNDS);
    },
  );

  await step('an event that makes no sense is logged, counted and changes nothing', async () => {
    for (const name of FUNCTIONS) {
      // CloudFormation itself calls this one, and must be answered.
      if (name === 'farewell') continue;
      const reply = await functions[name].invoke({ nonsense: true }, stage.nowMs);
      assert.equal(reply.error, undefined, `${name} does not throw`);
      assert.match(reply.log, /malformed event dropped/, name);
      assert.match(reply.log, /"MalformedEvent":\[?1\]?/, name);
      assert.deepEqual(functions[name].calls.take(), [], `${name} calls nobody`);
    }
  });

  await step('an alarm raises MinCapacity, in one call with MaxCapacity', async () => {
    await stage.pass(10, SURGE);
    await call('alarm', sampleEvent('alarm-state-change'));
    const calls = functions.alarm.calls.take();
    assert.equal(nudges(calls).length, 1);
    assertRaised(await stage.bounds());
    assert.equal(calls.flatMap(sent).length, 1, 'the loop goes on');
    console.log(`        ${await situation(stage)}`);
  });

  let wakeup = await step('a nudge that was lost is sent again on IN_SERVICE', async () => {
    await stage.pass(60, SURGE);
    await call('endpoint', sampleEvent('endpoint-state-change'));
    const calls = functions.endpoint.calls.take();
    assert.equal(nudges(calls).length, 1);
    assertRaised(await stage.bounds());
    return onlyOne(calls.flatMap(sent));
  });

  wakeup = await step('the floor stays while the load lasts', async () => {
    await stage.pass(LEAD_TIME_SECONDS, SURGE);
    await stage.applyBounds();
    let latest = wakeup;
    for (let look = 0; look < 6; look += 1) {
      await call('recheck', recheckEvent(latest.body));
      latest = onlyOne(wakeups('recheck'));
      await stage.applyBounds();
      await stage.pass(10, SURGE);
    }
    assert.equal(await stage.instances(), (await stage.bounds()).min);
    assertRaised(await stage.bounds());
    return latest;
  });

  await step('with the load gone, the hot loop gives all back and comes to rest', async () => {
    const fromMs = stage.nowMs;
    let latest: Wakeup | undefined = wakeup;
    let looks = 0;
    while (latest && looks < MOST_LOOKS) {
      await stage.pass(Math.max(10, Math.ceil(latest.delaySeconds / 10) * 10), CALM);
      await call('recheck', recheckEvent(latest.body));
      await stage.applyBounds();
      latest = wakeups('recheck').at(0);
      looks += 1;
    }
    console.log(
      `        ${await situation(stage)} after ${(stage.nowMs - fromMs) / 1000} s, ${looks} looks`,
    );
    assert.equal(latest, undefined, `the loop rests within ${MOST_LOOKS} looks`);
    assert.deepEqual(await stage.bounds(), OWNERS_BOUNDS);
    assert.equal(await stage.instances(), OWNERS_BOUNDS.min);
  });

  await step('the next look of the sweep takes the lease away', async () => {
    // A call that changed the lease may be on its way as long as a function runs and clocks differ.
    await stage.pass(100, CALM);
    await call('sweep', sampleEvent('schedule'));
    const latest = wakeups('sweep').at(-1);
    assert.ok(latest, 'the sweep asks for a look');
    await call('recheck', recheckEvent(latest.body));
    assert.deepEqual(await stage.bounds(), OWNERS_BOUNDS);
  });

  await step(
    'a prewarm raises MinCapacity without load, and its cancellation ends it',
    async () => {
      const at = () => new Date(stage.nowMs).toISOString();
      await call('prewarm', { ...sampleEvent('prewarm-request'), time: at() });
      assert.deepEqual(await stage.bounds(), { ...OWNERS_BOUNDS, min: 6 });
      await stage.applyBounds();
      await stage.pass(100, CALM);
      await call('prewarm', { ...sampleEvent('prewarm-cancellation'), time: at() });
      assert.deepEqual(await stage.bounds(), { min: OWNERS_BOUNDS.min, max: OWNERS_BOUNDS.min });
      await stage.applyBounds();
      await stage.pass(100, CALM);
      let latest = wakeups('prewarm').at(-1);
      for (let look = 0; latest && look < MOST_LOOKS; look += 1) {
        await call('recheck', recheckEvent(latest.body));
        await stage.applyBounds();
        await stage.pass(10, CALM);
        latest = wakeups('recheck').at(0);
      }
      assert.deepEqual(await stage.bounds(), OWNERS_BOUNDS);
      await stage.pass(100, CALM);
    },
  );

  await step('demand above Max is told to the owner once, and not again', async () => {
    const inbox = await subscribe(account, topicArn);
    await stage.pass(10, FLOOD);
    await call('alarm', sampleEvent('alarm-state-change'));
    await stage.applyBounds();
    // However the law is tuned by now, a minute and a half of it asks for all there is.
    for (let look = 0; look < 9; look += 1) {
      await stage.pass(10, FLOOD);
      await call('alarm', sampleEvent('alarm-state-change'));
      await stage.applyBounds();
    }
    const { Message, MessageAttributes } = onlyOne(await inbox.receive());
    assert.match(Message, /^checkout\/AllTraffic needs \d+ instances, and your MaxCapacity is 16/);
    assert.equal(MessageAttributes.kind?.Value, 'scaled-to-ceiling');
    assert.equal(MessageAttributes.endpoint?.Value, ENDPOINT);
    assert.equal(JSON.parse(Message.slice(Message.indexOf('\n'))).details.max, OWNERS_BOUNDS.max);
    await inbox.remove();
  });

  await step('an invalid parameter is told too, and the good one stays in force', async () => {
    const inbox = await subscribe(account, topicArn);
    await account.ssm.send(
      new PutParameterCommand({ Name: PARAMETER, Overwrite: true, Value: '{"riskPrize": 1}' }),
    );
    // Invalid configurations are no fault of the function, yet they are logged as errors.
    const reply = await functions.parameter.invoke(sampleEvent('parameter-change'), stage.nowMs);
    assert.equal(reply.error, undefined);
    const { Message } = onlyOne(await inbox.receive());
    assert.match(Message, /^Configuration not taken.*riskPrize/);
    await inbox.remove();
  });

  await step('a deleted parameter releases the target in the middle of a surge', async () => {
    await stage.pass(10, SURGE);
    await call('alarm', sampleEvent('alarm-state-change'));
    assertRaised(await stage.bounds());
    await account.ssm.send(new DeleteParameterCommand({ Name: PARAMETER }));
    const { detail, ...envelope } = sampleEvent('parameter-change');
    await call('parameter', { ...envelope, detail: { ...detail, operation: 'Delete' } });
    assert.deepEqual(await stage.bounds(), OWNERS_BOUNDS);
    const { MetricAlarms } = await account.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [ALARM] }),
    );
    assert.deepEqual(MetricAlarms, [], 'the alarm is gone');
  });

  await stage.demolish();
}

/** A queue that hears what the topic is told. */
async function subscribe(account: Account, topicArn: string) {
  const { sqs } = account;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'inbox' }));
  const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:inbox`;
  const answer = await callSns(account, {
    Action: 'Subscribe',
    TopicArn: topicArn,
    Protocol: 'sqs',
    Endpoint,
  });
  const [, SubscriptionArn = ''] = /<SubscriptionArn>(.*?)</.exec(answer) ?? [];
  return {
    async receive(): Promise<Heard[]> {
      const input = { QueueUrl, MaxNumberOfMessages: 10 };
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
      return Messages.map(({ Body = '' }) => JSON.parse(Body) as Heard);
    },
    async remove() {
      await callSns(account, { Action: 'Unsubscribe', SubscriptionArn });
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}

/** A notification as SNS hands it to a queue. */
interface Heard {
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Value: string }>>;
}

async function assertAlarm({ cloudWatch }: Account): Promise<void> {
  const { MetricAlarms } = await cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [ALARM] }),
  );
  const [alarm] = MetricAlarms ?? [];
  assert.equal(alarm?.Period, 10);
  assert.equal(alarm?.Namespace, 'AWS/SageMaker');
  assert.deepEqual(
    alarm?.Dimensions?.map(({ Name, Value }) => [Name, Value]),
    [
      ['EndpointName', ENDPOINT],
      ['VariantName', VARIANT],
    ],
  );
  const threshold = alarm?.Threshold ?? Number.NaN;
  assert.ok(threshold > 0 && threshold <= TARGET_PER_INSTANCE / 6, `threshold ${threshold}`);
}

function assertRaised({ min, max }: Bounds): void {
  const needed = Math.ceil((SURGE * 6) / TARGET_PER_INSTANCE);
  assert.ok(min >= needed && min <= OWNERS_BOUNDS.max, `MinCapacity ${min}, needed ${needed}`);
  assert.equal(max, OWNERS_BOUNDS.max);
}

async function situation(stage: Stage): Promise<string> {
  const { min, max } = await stage.bounds();
  return `Min ${min}, Max ${max}, ${await stage.instances()} in service`;
}

const nudges = (calls: readonly { readonly action: string }[]) =>
  calls.filter(({ action }) => action === 'application-autoscaling:RegisterScalableTarget');

/** The messages that a call put on the queue. */
function sent({ action, body }: { readonly action: string; readonly body: string }): Wakeup[] {
  if (action !== 'sqs:SendMessage') return [];
  const message = JSON.parse(body) as Message & { Entries?: Message[] };
  return (message.Entries ?? [message]).map(({ MessageBody, DelaySeconds }) => ({
    body: MessageBody,
    delaySeconds: DelaySeconds,
  }));
}

interface Message {
  readonly MessageBody: string;
  readonly DelaySeconds: number;
}

function onlyOne<T>(values: readonly T[]): T {
  assert.equal(values.length, 1);
  return values[0] as T;
}
