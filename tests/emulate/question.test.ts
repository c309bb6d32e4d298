import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  SageMakerClient,
  waitUntilEndpointInService,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Enrolment } from '../../lib/enrolment/types.ts';
import { startTestEmulator, TABLE } from './emulators.ts';
import { hasBoto3, runPython } from './programs.ts';

const ENDPOINT = 'my-endpoint';
const VARIANT = 'AllTraffic';
const RESOURCE_ID = `endpoint/${ENDPOINT}/variant/${VARIANT}`;

type Emulator = Awaited<ReturnType<typeof startTestEmulator>>;

describe.runIf(hasBoto3())('the asker’s own code, in boto3', () => {
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startTestEmulator();
    const client = new SageMakerClient(emulator.clientConfig);
    await client.send(new CreateModelCommand({ ModelName: 'model' }));
    await client.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: 'config',
        ProductionVariants: [
          {
            VariantName: VARIANT,
            ModelName: 'model',
            InstanceType: 'ml.g5.xlarge',
            InitialInstanceCount: 1,
          },
        ],
        MetricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
      }),
    );
    await client.send(
      new CreateEndpointCommand({ EndpointName: ENDPOINT, EndpointConfigName: 'config' }),
    );
    await waitUntilEndpointInService(
      { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
      { EndpointName: ENDPOINT },
    );
  });

  afterAll(() => emulator.stop());

  it('puts its policy, and target tracking makes its alarms', async () => {
    const answer = await runPython('question.py', emulator.url, 'eu-west-1', ENDPOINT, VARIANT);
    expect(answer).toEqual({
      policy: expect.stringMatching(/^target-tracking-invocations-\d+$/),
      alarms: [
        expect.stringContaining(`TargetTracking-${RESOURCE_ID}-AlarmHigh-`),
        expect.stringContaining(`TargetTracking-${RESOURCE_ID}-AlarmLow-`),
      ],
    });
    const thresholds = emulator.parts.cloudWatch
      .alarms()
      .filter(({ AlarmName }) => AlarmName.startsWith(`TargetTracking-${RESOURCE_ID}`))
      .map(({ Threshold, Period, EvaluationPeriods }) => [Threshold, Period, EvaluationPeriods])
      .sort();
    // What the asker found: 3 datapoints within 3 minutes, 15 within 15.
    expect(thresholds).toEqual([
      [1350, 60, 15],
      [1500, 60, 3],
    ]);
  });

  it('is adopted by an empty parameter: signal, target and bounds are read off it', async () => {
    await runPython('parameter.py', emulator.url, 'eu-west-1', ENDPOINT, VARIANT);
    const table = new DynamoDBClient(emulator.clientConfig);
    const { Item } = await emulator.eventually(async () => {
      const answer = await table.send(
        new GetItemCommand({
          TableName: TABLE,
          Key: { pk: { S: `endpoint#${ENDPOINT}` }, sk: { S: 'state' } },
        }),
      );
      return answer.Item?.[`config:${RESOURCE_ID}`] && answer;
    });
    const enrolment = JSON.parse(Item?.[`config:${RESOURCE_ID}`]?.S as string) as Enrolment;
    expect(enrolment).toMatchObject({
      config: { mode: 'act' },
      signal: { targetPerInstance: 1500, load: { metricName: 'Invocations', statistic: 'Sum' } },
      problems: [],
    });
    // A look later the owner's bounds are the baseline.
    const state = await emulator.eventually(async () => {
      const { Item } = await table.send(
        new GetItemCommand({
          TableName: TABLE,
          Key: { pk: { S: `endpoint#${ENDPOINT}` }, sk: { S: 'state' } },
        }),
      );
      const targets = JSON.parse(Item?.state?.S ?? '{}').targets ?? {};
      return targets[RESOURCE_ID]?.baseline ? targets[RESOURCE_ID] : undefined;
    });
    expect(state.baseline).toEqual({ min: 1, max: 20 });
    expect(emulator.troubles).toEqual([]);
  });
});
