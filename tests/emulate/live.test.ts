import autocannon from 'autocannon';
import { afterEach, describe, expect, it } from 'vitest';
import type { LiveDecision, LiveSnapshot, LiveStep } from '../../simulator/server/feed.ts';
import { startTestEmulator } from './emulators.ts';

type Emulator = Awaited<ReturnType<typeof startTestEmulator>>;

const READY = {
  endpointName: 'checkout',
  variantName: 'AllTraffic',
  minCapacity: 1,
  maxCapacity: 10,
  enrolled: true,
} as const;

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});

async function start(options: Parameters<typeof startTestEmulator>[0]): Promise<Emulator> {
  const emulator = await startTestEmulator(options);
  running.push(emulator);
  return emulator;
}

/** The server-sent events of an emulator as they come; the reader may hang up at any time. */
async function* eventsOf(url: string): AsyncGenerator<{ type: string; data: unknown }> {
  const response = await fetch(`${url}/_fast-scaler/events`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, type = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      yield { type, data: JSON.parse(data) };
    }
  }
}

describe('live requests', () => {
  it('make the deployed scaler raise capacity, and the feed tells of it', async () => {
    const speed = 20;
    const emulator = await start({
      endpoint: READY,
      speed,
      // 40 requests a second outside are 2 a second here, six times what an instance should carry.
      shape: { targetPerInstance: 20, serviceSeconds: 0.2, leadTimeSeconds: 60 },
    });
    const load = autocannon({
      url: `${emulator.url}/endpoints/checkout/invocations`,
      method: 'POST',
      body: 'x',
      connections: 100,
      overallRate: 40,
      amount: 600,
      timeout: 60,
    });
    const steps: LiveStep[] = [];
    const decisions: LiveDecision[] = [];
    let snapshot: LiveSnapshot | undefined;
    for await (const { type, data } of eventsOf(emulator.url)) {
      if (type === 'snapshot') snapshot = data as LiveSnapshot;
      if (type === 'step') steps.push(data as LiveStep);
      if (type === 'decision') decisions.push(data as LiveDecision);
      if (steps.some(({ capacity }) => (capacity ?? 0) >= 4)) break;
    }
    const { '2xx': answered, errors } = await load;
    expect([answered > 0, errors]).toEqual([true, 0]);

    expect(snapshot).toMatchObject({ region: 'eu-west-1', speed, stepSeconds: 10 });
    expect(snapshot?.runs).toMatchObject([
      { endpointName: 'checkout', variantName: 'AllTraffic', targetPerInstance: 20 },
    ]);
    const [run] = snapshot?.runs ?? [];
    const lengths = [run?.demand, run?.capacity, run?.minCapacity, run?.queue].map(
      (c) => c?.length,
    );
    expect(new Set(lengths).size).toBe(1);

    // One step after the other, without a gap, from where the snapshot ended.
    const times = steps.map(({ atSeconds }) => atSeconds);
    const firstAt = (run?.startSeconds ?? 0) + 10 * (run?.demand.length ?? 0);
    expect(times).toEqual(times.map((_, i) => firstAt + 10 * i));
    expect(Math.max(...steps.map(({ demand }) => demand ?? 0))).toBeGreaterThan(3);
    expect(
      steps.some(({ alarms }) =>
        alarms.some(({ name, state }) => name.startsWith('fast-scaler/') && state === 'ALARM'),
      ),
    ).toBe(true);
    expect(steps.some(({ endpointStatus }) => endpointStatus === 'Updating')).toBe(true);

    const out = decisions.find(({ record }) => record?.requested?.direction === 'out');
    expect(out?.marker).toMatchObject({
      kind: 'scale-out',
      title: expect.stringMatching(/^Min 1 → /),
    });
    expect(out?.marker.atSeconds).toBeGreaterThan(firstAt);
    // No step shows what only a decision after its beginning asked for; its end may.
    const standing = ({ desired, minCapacity }: Pick<LiveStep, 'desired' | 'minCapacity'>) => [
      desired,
      minCapacity,
    ];
    expect(steps.slice(1).map(standing)).toEqual(
      steps.slice(0, -1).map(({ atEnd }) => standing(atEnd)),
    );
    for (const column of ['desired', 'minCapacity'] as const) {
      const raised = steps.find((step) => (step[column] ?? 0) > 1);
      expect(raised?.atSeconds).toBeGreaterThanOrEqual(out?.marker.atSeconds as number);
    }
    expect(new Set(decisions.map(({ marker }) => marker.atSeconds + marker.title)).size).toBe(
      decisions.length,
    );
    expect(emulator.troubles).toEqual([]);
  });

  it('are counted exactly: answered, in the metric and in the feed', async () => {
    const emulator = await start({
      endpoint: { ...READY, enrolled: false },
      withScaler: false,
      shape: { targetPerInstance: 60_000, serviceSeconds: 0.2, leadTimeSeconds: 10 },
    });
    const { '2xx': answered } = await autocannon({
      url: `${emulator.url}/endpoints/checkout/invocations`,
      method: 'POST',
      body: 'x',
      connections: 50,
      amount: 3000,
    });
    expect(answered).toBe(3000);
    const { clock, cloudWatch } = emulator.parts;
    const metric = {
      namespace: 'AWS/SageMaker',
      metricName: 'Invocations',
      dimensions: { EndpointName: 'checkout', VariantName: 'AllTraffic' },
    };
    const counted = () =>
      cloudWatch
        .statistic(metric, 'Sum', 10, clock.nowMs - 3_600_000, clock.nowMs)
        .reduce((sum, { value }) => sum + value, 0);
    await emulator.eventually(async () => (counted() >= 3000 ? counted() : undefined));
    expect(counted()).toBe(3000);
  });
});

describe('the feed', () => {
  it('tells of variants that come and go', async () => {
    const emulator = await start({ endpoint: { ...READY, enrolled: false }, withScaler: false });
    const types: string[] = [];
    for await (const { type, data } of eventsOf(emulator.url)) {
      types.push(type);
      if (type === 'step' && !types.includes('gone')) {
        if (emulator.parts.sageMaker.endpoints.length > 0) {
          emulator.parts.sageMaker.deleteEndpoint({ EndpointName: 'checkout' });
        }
      }
      if (type === 'gone') {
        expect(data).toEqual({ endpointName: 'checkout', variantName: 'AllTraffic' });
        break;
      }
    }
    const state = (await (
      await fetch(`${emulator.url}/_fast-scaler/state`)
    ).json()) as LiveSnapshot;
    expect(state.runs).toEqual([]);
  });

  it('has a page for people, which fetches nothing from elsewhere and runs nothing inline', async () => {
    const emulator = await start({ endpoint: { ...READY, enrolled: false }, withScaler: false });
    const response = await fetch(`${emulator.url}/`);
    const page = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(page).not.toContain('checkout');
    const files = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, file]) => file as string);
    expect(files).toContain('/_fast-scaler/page.js');
    for (const file of files.filter((each) => each !== 'data:,')) {
      expect(file).toMatch(/^\/_fast-scaler\//);
      if (file.endsWith('/events')) continue;
      const { status, headers } = await fetch(`${emulator.url}${file}`);
      expect([file, status]).toEqual([file, 200]);
      expect(headers.get('content-length')).not.toBe('0');
    }
  });
});
