import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Moto, startMoto } from '../deploy/moto.ts';
import { REGION, startTestEmulator } from './emulators.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { hasBoto3, runPython } from './programs.ts';

type Told = Readonly<Record<string, unknown>>;

const moto = hasBoto3() ? await startMoto() : undefined;
if (!moto) console.info('not run: moto_server is missing, or boto3 to call it');

describe.runIf(moto)('the same calls to the emulator and to moto', () => {
  let emulated: Told;
  let mocked: Told;

  beforeAll(async () => {
    const emulator = await startTestEmulator({
      // Fast, so that an endpoint and a metric are there soon.
      speed: 50,
      withScaler: false,
    });
    try {
      emulated = (await runPython('differential.py', emulator.url, REGION)) as Told;
      mocked = (await runPython('differential.py', (moto as Moto).url, REGION)) as Told;
      expect(emulator.troubles).toEqual([]);
    } finally {
      await emulator.stop();
    }
  });

  afterAll(() => moto?.stop());

  it('are all made', () => {
    expect(Object.keys(emulated)).toEqual(Object.keys(mocked));
    expect(Object.keys(emulated).length).toBeGreaterThan(90);
  });

  it('give the same members and error codes, but where we know why not', () => {
    const found = Object.keys(emulated).flatMap((call) =>
      differences(`${call}: `, emulated[call], mocked[call]),
    );
    const known = KNOWN_DIFFERENCES.flatMap(({ paths }) => paths);
    expect(found.toSorted()).toEqual(known.toSorted());
  });

  it('are refused by the emulator where they should be', () => {
    const refused = Object.entries(emulated)
      .map(([call, told]) => [call, (told as { refused?: string }).refused])
      .filter(([, code]) => code !== undefined);
    expect(Object.fromEntries(refused)).toMatchObject({
      'sagemaker.describe_endpoint (missing)': 'ValidationException',
      'sqs.get_queue_url (missing)': 'AWS.SimpleQueueService.NonExistentQueue',
      'ssm.get_parameter (missing)': 'ParameterNotFound',
      'cloudwatch.set_alarm_state (missing)': 'ResourceNotFound',
      'dynamodb.put_item (condition fails)': 'ConditionalCheckFailedException',
      'application-autoscaling.put_scaling_policy (no target)': 'ObjectNotFoundException',
    });
  });
});

/** Paths at which two told answers differ. */
function differences(path: string, a: unknown, b: unknown): string[] {
  if (isRecord(a) && isRecord(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((name) =>
      differences(`${path}${path.endsWith(': ') ? '' : '.'}${name}`, a[name], b[name]),
    );
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length + b.length === 0 ? [] : differences(`${path}[]`, a[0], b[0]);
  }
  return a === b ? [] : [path];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
