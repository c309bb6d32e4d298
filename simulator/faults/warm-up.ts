import { createAccount } from '../account/create-account.ts';
import { deployService } from '../run/deploy.ts';
import { createEndpoint } from '../run/endpoint.ts';

const START_MS = Date.UTC(2026, 0, 5);

let warm: Promise<void> | undefined;

/**
 * Has every client of the service make its first call. The SDK reads its configuration files then,
 * once in a process; a clock that waits for rest would not wait for that, and the first run of a
 * process would go another way than all later ones.
 */
export function warmUp(): Promise<void> {
  warm ??= exercise();
  return warm;
}

async function exercise(): Promise<void> {
  const parts = createAccount({
    startMs: START_MS,
    seed: 1,
    model: { instanceThroughputPerSecond: 10, serviceSeconds: 0.2, leadTimeSeconds: 60 },
  });
  createEndpoint(parts, {
    endpointName: 'warm',
    variantName: 'AllTraffic',
    initialInstanceCount: 1,
    minCapacity: 1,
    maxCapacity: 2,
    targetPerInstance: 60,
    scaleOutCooldownSeconds: 60,
    scaleInCooldownSeconds: 60,
  });
  const deployment = await deployService(parts);
  const Name = '/fast-scaler/targets/warm/AllTraffic';
  const parameter = { Name, Type: 'String', Value: '{"targetPerInstance":60}' };
  await parts.account.perform(parts.ssm, 'PutParameter', parameter);
  parts.plant.setLoad('warm', 'AllTraffic', () => 5);
  await parts.clock.runUntil(START_MS + 130_000);
  await deployment.remove();
}
