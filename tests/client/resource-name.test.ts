import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { describe, expect, it } from 'vitest';
import { reportLoad, type Trouble } from '../../client/index.ts';
import { isResourceName } from '../../client/resource-name.ts';
import { FakeCloudWatch, FakeProcess, runtimeClient } from './fakes.ts';

describe('a name', () => {
  it.each([
    ['of one letter', 'a', true],
    ['with hyphens inside', 'a--b-1', true],
    ['that is as long as may be', 'a'.repeat(63), true],
    ['that is longer', 'a'.repeat(64), false],
    ['that is longer for its hyphens', `a${'-'.repeat(62)}b`, false],
    ['of nothing', '', false],
    ['that begins with a hyphen', '-a', false],
    ['that ends with a hyphen', 'a-', false],
    ['with a slash', 'a/b', false],
    ['with an accent', 'café', false],
    ['with a line break', 'a\n', false],
    ['that is an ARN', 'arn:aws:sagemaker:eu-west-1:123456789012:endpoint/checkout', false],
  ])('%s: %s is one of SageMaker’s: %s', (_, name, expected) => {
    expect(isResourceName(name)).toBe(expected);
  });
});

describe('what goes by another name', () => {
  const run = async (
    variantName: string | undefined,
    requests: readonly { readonly EndpointName: string; readonly TargetVariant?: string }[],
    answeringVariant = 'blue',
  ) => {
    const cloudWatch = new FakeCloudWatch();
    const troubles: Trouble[] = [];
    const load = reportLoad({
      ...(variantName !== undefined && { variantName }),
      destination: 'cloudwatch',
      surroundings: new FakeProcess(),
      cloudWatch,
      onTrouble: (trouble) => troubles.push(trouble),
    });
    const runtime = runtimeClient(() => ({ variant: answeringVariant }));
    runtime.middlewareStack.use(load.plugin);
    for (const request of requests) {
      await runtime.send(new InvokeEndpointCommand({ ...request, Body: '{}' }));
    }
    await load.flush();
    const published = cloudWatch
      .data('Arrivals')
      .map(({ Dimensions = [], Value }) => [...Dimensions.map((each) => each.Value), Value]);
    return { published, troubles, dropped: load.backlog.dropped.requests };
  };

  it.each([
    ['an endpoint', 'green', { EndpointName: 'café' }, '"café"'],
    ['a variant', 'green', { EndpointName: 'search', TargetVariant: 'a/b' }, '"a/b"'],
    ['a variant given for all', 'blau grün', { EndpointName: 'checkout' }, '"blau grün"'],
  ])('is told once and published never: %s', async (_, variantName, request, shown) => {
    const checkout = { EndpointName: 'checkout', TargetVariant: 'blue' };
    const { published, troubles, dropped } = await run(variantName, [request, checkout, request]);
    for (const [endpoint, variant] of published)
      expect([endpoint, variant]).toEqual(['checkout', 'blue']);
    expect(published.length).toBeGreaterThan(0);
    expect(troubles).toMatchObject([
      { kind: 'not-counted', message: expect.stringContaining(shown) },
    ]);
    expect(dropped).toBe(0);
  });

  it('tells no variant that answers', async () => {
    const { published, troubles } = await run('green', [{ EndpointName: 'checkout' }], 'a b');
    expect(published).toEqual([['checkout', 'green', 1]]);
    expect(troubles.map(({ kind }) => kind)).toEqual(['not-counted']);
  });
});
