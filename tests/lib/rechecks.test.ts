import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it, vi } from 'vitest';
import { sqsRechecks } from '../../lib/aws/rechecks.ts';
import { readYaml } from '../../simulator/stack/yaml.ts';
import { SERVERLESS_YML } from '../lifecycle/roles.ts';

const TRACE = 'Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=1:a4a5e9e6:16';

/** Lambda finds loops by this header, which the SDK sends without being asked. */
it('a wake-up carries the trace by which Lambda counts the turns of a loop', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'recheck');
  vi.stubEnv('_X_AMZN_TRACE_ID', TRACE);
  let sent: string | undefined;
  const client = new SQSClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { headers: Record<string, string> }) => {
        const [, value] =
          Object.entries(request.headers).find(([name]) => /^x-amzn-trace-id$/i.test(name)) ?? [];
        sent = value;
        throw new Error('enough');
      },
    },
  });
  const rechecks = sqsRechecks(client, () => 'https://sqs.eu-west-1.amazonaws.com/1/Rechecks');
  const send = rechecks.send({ endpointName: 'checkout', cause: 're-check', loop: 17 }, 10);
  await expect(send).rejects.toThrow('enough');
  expect(sent).toBe(TRACE);
});

it('the function that the loop runs in may go on after sixteen turns', () => {
  const { functions } = readYaml(SERVERLESS_YML).content as {
    readonly functions: Readonly<Record<string, { readonly recursiveLoop?: string }>>;
  };
  const allowed = Object.entries(functions).filter(([, each]) => each.recursiveLoop === 'Allow');
  expect(allowed.map(([name]) => name)).toEqual(['recheck']);
});
