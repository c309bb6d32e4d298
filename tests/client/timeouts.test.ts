import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import { CLIENT_CONFIG } from '../../client/destinations.ts';

it('a call that nobody answers ends, so that the next publication begins', async () => {
  const server = createServer(() => {});
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  const { port } = server.address() as AddressInfo;
  const client = new CloudWatchClient({
    ...CLIENT_CONFIG,
    // As it is, but for the wait.
    maxAttempts: 1,
    requestHandler: { ...CLIENT_CONFIG.requestHandler, requestTimeout: 50 },
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  try {
    await expect(client.send(new ListMetricsCommand({}))).rejects.toThrow(/timed out|timeout/i);
  } finally {
    client.destroy();
    server.closeAllConnections();
    await new Promise((ends) => server.close(ends));
  }
});
