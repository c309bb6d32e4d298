import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LoadReporterOptions, reportLoad, type Trouble } from '../../client/index.ts';
import { loadSurge } from '../../lib/lambda/events.ts';
import {
  type Answer,
  FakeCloudWatch,
  FakeEventBridge,
  FakeProcess,
  runtimeClient,
} from './fakes.ts';

let caller: FakeProcess;
let eventBridge: FakeEventBridge;
let troubles: Trouble[];

beforeEach(() => {
  caller = new FakeProcess();
  eventBridge = new FakeEventBridge();
  troubles = [];
});

const THROTTLED: Answer = { status: 429, error: 'ThrottlingException' };

function start(answer: Answer | (() => Promise<Answer>), options: LoadReporterOptions = {}) {
  const load = reportLoad({
    surroundings: caller,
    cloudWatch: new FakeCloudWatch(),
    destination: 'cloudwatch',
    variantName: 'blue',
    surge: {},
    eventBridge,
    onTrouble: (trouble) => troubles.push(trouble),
    ...options,
  });
  const runtime = runtimeClient(() => (typeof answer === 'function' ? answer() : answer));
  runtime.middlewareStack.use(load.plugin);
  const invoke = (EndpointName = 'checkout') =>
    runtime
      .send(new InvokeEndpointCommand({ EndpointName, Body: '{}' }))
      .catch((error: Error) => error);
  return { load, invoke };
}

const details = () => eventBridge.events.map(({ detail }) => detail);

describe('a refusal', () => {
  it.each<[string, Answer, string | undefined]>([
    ['too many requests', THROTTLED, 'throttled'],
    ['unavailable', { status: 503, error: 'ServiceUnavailable' }, 'throttled'],
    ['not ready', { status: 429, error: 'ModelNotReadyException' }, 'not-ready'],
    ['a fault of the model', { status: 424, error: 'ModelError' }, undefined],
    ['a bad request', { status: 400, error: 'ValidationError' }, undefined],
    ['no refusal', { variant: 'blue' }, undefined],
  ])('%s', async (_, answer, reason) => {
    const { load, invoke } = start(answer);
    await invoke();
    await load.flush();
    expect(details().map((detail) => detail.reason)).toEqual(reason ? [reason] : []);
  });

  it('is told in the form that the scaler reads', async () => {
    const { load, invoke } = start(THROTTLED);
    await invoke();
    await load.flush();
    const [event] = eventBridge.events;
    expect(event).toEqual({
      source: 'fast-scaler',
      detailType: 'Load Surge',
      detail: {
        schemaVersion: 1,
        endpointName: 'checkout',
        variantName: 'blue',
        reason: 'throttled',
        observed: 1,
      },
    });
    const envelope = {
      source: event?.source,
      'detail-type': event?.detailType,
      detail: event?.detail,
    };
    expect(() => loadSurge.parse(envelope)).not.toThrow();
  });

  it('of an endpoint whose variant is not known names none', async () => {
    const load = reportLoad({ surroundings: caller, surge: {}, eventBridge });
    const runtime = runtimeClient(() => THROTTLED);
    runtime.middlewareStack.use(load.plugin);
    const command = new InvokeEndpointCommand({ EndpointName: 'checkout', Body: '{}' });
    await runtime.send(command).catch(() => undefined);
    await load.flush();
    expect(details()).toMatchObject([{ endpointName: 'checkout' }]);
    expect(details()[0]).not.toHaveProperty('variantName');
  });

  it.each([
    [9.999, [1]],
    [10, [1, 20]],
  ])('is told again after %s s as %o refusals', async (seconds, observed) => {
    const { load, invoke } = start(THROTTLED);
    for (let i = 0; i < 20; i += 1) await invoke();
    await caller.pass(seconds);
    await invoke();
    await load.flush();
    expect(details().map((detail) => detail.observed)).toEqual(observed);
  });

  it.each([
    ['a second', 1],
    ['an hour', 3600],
  ])('is told again at once when the clock was set back by %s', async (_, seconds) => {
    const { load, invoke } = start(THROTTLED);
    await invoke();
    caller.nowMs -= seconds * 1000;
    for (let i = 0; i < 3; i += 1) await invoke();
    await load.flush();
    expect(details().map((detail) => detail.observed)).toEqual([1, 1]);
  });

  it('of one endpoint does not keep that of another back', async () => {
    const { load, invoke } = start(THROTTLED);
    await invoke('checkout');
    await invoke('search');
    await load.flush();
    expect(details().map(({ endpointName }) => endpointName)).toEqual(['checkout', 'search']);
  });

  it.each([
    [100, 0, 100],
    [101, 0, 100],
    [101, 10, 101],
  ])('of %i endpoints, the last one %i s later: %i are told', async (endpoints, seconds, told) => {
    const { load, invoke } = start(THROTTLED, { mostVariants: 1000 });
    for (let i = 0; i < endpoints - 1; i += 1) await invoke(`endpoint-${i}`);
    await caller.pass(seconds);
    await invoke('last');
    await load.flush();
    expect(details()).toHaveLength(told);
  });

  it('is not told where nobody asked for it', async () => {
    const load = reportLoad({ surroundings: caller, eventBridge });
    const runtime = runtimeClient(() => THROTTLED);
    runtime.middlewareStack.use(load.plugin);
    const command = new InvokeEndpointCommand({ EndpointName: 'checkout', Body: '{}' });
    await runtime.send(command).catch(() => undefined);
    await load.flush();
    expect(details()).toEqual([]);
  });
});

describe('requests under way', () => {
  it.each([
    ['as many as allowed', 5, []],
    ['one more', 6, [6]],
    ['many more, told once', 9, [6]],
  ])('%s', async (_, count, observed) => {
    const gate = Promise.withResolvers<Answer>();
    const { load, invoke } = start(() => gate.promise, { surge: { concurrencyAbove: 5 } });
    const requests = Array.from({ length: count }, () => invoke());
    gate.resolve({ variant: 'blue' });
    await Promise.all(requests);
    await load.flush();
    expect(details().map((detail) => detail.observed)).toEqual(observed);
    expect(details().every(({ reason }) => reason === 'concurrency')).toBe(true);
  });
});

describe('an EventBridge that fails', () => {
  it.each([
    ['altogether', { error: new Error('no network') }],
    ['for the entry', { refusal: 'NotAuthorized' }],
  ])('%s is told, and the error of the request stays what it was', async (_, fault) => {
    Object.assign(eventBridge, fault);
    const { load, invoke } = start(THROTTLED);
    expect(await invoke()).toMatchObject({ name: 'ThrottlingException' });
    await load.flush();
    expect(troubles).toMatchObject([
      { kind: 'surge-failed', message: expect.stringContaining('checkout') },
    ]);
  });
});
