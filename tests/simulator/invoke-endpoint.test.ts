import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createAccount } from '../../simulator/account/create-account.ts';
import { MODEL, START_MS } from './live-requests-world.ts';

describe('InvokeEndpoint', () => {
  const invocation = { Body: Buffer.from('0123456789') };

  function runtimeWorld(
    options: { readonly creationSeconds?: number; readonly queueLimit?: number } = {},
  ) {
    const parts = createAccount({
      startMs: START_MS,
      seed: 1,
      creationSeconds: options.creationSeconds ?? 0,
      model: {
        ...MODEL,
        ...(options.queueLimit !== undefined && { queueLimitPerInstance: options.queueLimit }),
      },
    });
    const { sageMaker, runtime, clock } = parts;
    sageMaker.createModel({ ModelName: 'm', ExecutionRoleArn: 'arn:aws:iam::1:role/m' });
    sageMaker.createEndpointConfig({
      EndpointConfigName: 'two',
      ProductionVariants: [
        {
          VariantName: 'blue',
          ModelName: 'm',
          InstanceType: 'ml.m5.large',
          InitialInstanceCount: 1,
        },
        {
          VariantName: 'green',
          ModelName: 'm',
          InstanceType: 'ml.m5.large',
          InitialInstanceCount: 1,
          InitialVariantWeight: 3,
        },
      ],
    });
    sageMaker.createEndpoint({ EndpointName: 'shop', EndpointConfigName: 'two' });
    return { ...parts, runtime, runTo: (ms: number) => clock.runUntil(START_MS + ms) };
  }

  it('answers with what it was sent, when the service is over', async () => {
    const { runtime, clock, runTo } = runtimeWorld();
    let answeredAtMs: number | undefined;
    const answer = runtime
      .invokeEndpoint({
        EndpointName: 'shop',
        TargetVariant: 'blue',
        ContentType: 'text/plain',
        ...invocation,
      })
      .then((output) => {
        answeredAtMs = clock.nowMs - START_MS;
        return output;
      });
    await runTo(199);
    expect(answeredAtMs).toBeUndefined();
    await runTo(200);
    expect(await answer).toEqual({
      Body: invocation.Body,
      ContentType: 'text/plain',
      InvokedProductionVariant: 'blue',
    });
    expect(answeredAtMs).toBe(200);
  });

  it('streams the same in parts while the service lasts', async () => {
    const { runtime, clock, runTo } = runtimeWorld();
    const answer = runtime.invokeEndpointWithResponseStream({
      EndpointName: 'shop',
      ...invocation,
    });
    await runTo(50);
    const { Body } = await answer;
    const parts: [string, number][] = [];
    const reading = (async () => {
      for await (const part of Body as AsyncIterable<Uint8Array>) {
        parts.push([String(part), clock.nowMs - START_MS]);
      }
    })();
    for (let ms = 50; ms <= 250; ms += 10) {
      await runTo(ms);
      await setImmediate();
    }
    await reading;
    expect(parts).toEqual([
      ['012', 50],
      ['345', 100],
      ['678', 150],
      ['9', 200],
    ]);
  });

  it('sends requests to the variants by their weights', async () => {
    const { runtime, plant, runTo } = runtimeWorld();
    const answers = Array.from({ length: 400 }, () =>
      runtime.invokeEndpoint({ EndpointName: 'shop', ...invocation }).catch(() => {}),
    );
    await runTo(70_000);
    await Promise.all(answers);
    const arrived = ['blue', 'green'].map((name) => plant.variant('shop', name).requests.arrived);
    expect(arrived[0]).toBeGreaterThan(70);
    expect(arrived[0]).toBeLessThan(130);
    expect((arrived[0] ?? 0) + (arrived[1] ?? 0)).toBe(400);
  });

  const failure = (call: Promise<unknown>) =>
    call.then(
      () => 'answered',
      ({ code, statusCode, members }) => [code, statusCode, members.OriginalStatusCode],
    );

  it('refuses an endpoint that is not there or not yet, and an unknown variant', async () => {
    const { runtime, runTo } = runtimeWorld({ creationSeconds: 60 });
    const shop = { EndpointName: 'shop', ...invocation };
    expect(await failure(runtime.invokeEndpoint({ ...shop, EndpointName: 'no' }))).toEqual([
      'ValidationError',
      400,
      undefined,
    ]);
    expect(await failure(runtime.invokeEndpoint(shop))).toEqual([
      'ValidationError',
      400,
      undefined,
    ]);
    await runTo(60_000);
    const answer = failure(runtime.invokeEndpoint(shop));
    await runTo(60_400);
    expect(await answer).toBe('answered');
    expect(await failure(runtime.invokeEndpoint({ ...shop, TargetVariant: 'red' }))).toEqual([
      'ValidationError',
      400,
      undefined,
    ]);
  });

  it.each<[string, number | undefined, number, unknown[]]>([
    ['no place left', 0, 100, ['ModelError', 424, 503]],
    ['no answer in time', undefined, 70_000, ['ModelError', 424, 0]],
  ])('saturated, %s: the error of the model', async (_label, queueLimit, untilMs, expected) => {
    const { runtime, runTo } = runtimeWorld(queueLimit === undefined ? {} : { queueLimit });
    const answers = Array.from({ length: 700 }, () =>
      failure(
        runtime.invokeEndpoint({ EndpointName: 'shop', TargetVariant: 'blue', ...invocation }),
      ),
    );
    await runTo(untilMs);
    expect(await answers.at(-1)).toEqual(expected);
  });

  it('says that the service is unavailable when the endpoint is deleted under it', async () => {
    const { runtime, sageMaker, runTo } = runtimeWorld();
    const answers = Array.from({ length: 50 }, () =>
      failure(
        runtime.invokeEndpoint({ EndpointName: 'shop', TargetVariant: 'blue', ...invocation }),
      ),
    );
    await runTo(100);
    sageMaker.deleteEndpoint({ EndpointName: 'shop' });
    expect(await answers.at(-1)).toEqual(['ServiceUnavailable', 503, undefined]);
  });
});
