import { Metrics } from '@aws-lambda-powertools/metrics';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { createAccount } from '../../simulator/account/create-account.ts';
import { AwsError } from '../../simulator/account/service.ts';
import { deployService } from '../../simulator/run/deploy.ts';
import { createEndpoint } from '../../simulator/run/endpoint.ts';
import { CHECKOUT, PER_INSTANCE, USUAL_ENDPOINT, USUAL_MODEL } from '../usual-endpoint.ts';
import { metricKey } from './faults.ts';

const START_SECONDS = Date.UTC(2026, 0, 5) / 1000;

/** Every metric that is printed, as its embedded format names it. */
class Recording extends Metrics {
  readonly #seen: Set<string>;

  constructor(seen: Set<string>) {
    super({ namespace: 'FastScaler', serviceName: 'sagemaker-fast-scaler' });
    this.#seen = seen;
  }

  override publishStoredMetrics(): this {
    if (this.hasStoredMetrics()) {
      for (const { Namespace, Dimensions, Metrics: all } of this.serializeMetrics()._aws
        .CloudWatchMetrics) {
        for (const dimensions of Dimensions) {
          for (const { Name } of all) {
            this.#seen.add(metricKey({ namespace: Namespace, name: Name, dimensions }));
          }
        }
      }
    }
    this.clearMetrics();
    this.clearDimensions();
    return this;
  }
}

/** An account with one endpoint, whose load needs as many instances as `demand` says. */
async function world(recording: Metrics) {
  const parts = createAccount({
    startMs: START_SECONDS * 1000,
    seed: 1,
    model: USUAL_MODEL,
  });
  const { account, clock, plant, ssm } = parts;
  createEndpoint(parts, USUAL_ENDPOINT);
  const load = { demand: 0.3 };
  plant.setLoad(CHECKOUT.endpointName, CHECKOUT.variantName, () => PER_INSTANCE * load.demand);
  await deployService(parts, { surroundings: { metrics: recording } });
  const run = (seconds: number) => clock.runUntil(clock.nowMs + seconds * 1000);
  const put = async (value: string) => {
    const Name = targetParameterName(CHECKOUT);
    await account.perform(ssm, 'PutParameter', {
      Name,
      Type: 'String',
      Overwrite: true,
      Value: value,
    });
    await run(70);
  };
  return { parts, load, run, put };
}

/** Metrics of a target that rests, and of nothing else that happens. */
export async function metricsAtRest(): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const { run, put } = await world(new Recording(seen));
  await put('{}');
  await run(1200);
  seen.clear();
  await run(600);
  return seen;
}

/**
 * Metrics that the deployed service writes while an endpoint is enrolled, surges, reaches its Max and
 * comes to rest, and while one thing after the other is out of order.
 */
export async function emittedMetrics(): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const { parts, load, run, put } = await world(new Recording(seen));
  const { account, bus } = parts;
  let broken: readonly string[] = [];
  account.intercept(({ operation }) => {
    if (broken.includes(operation)) throw new AwsError('AccessDeniedException', 'no', 403);
  });
  await put('{}');
  await run(600);
  load.demand = 9;
  await run(600);
  load.demand = 0.3;
  await run(1500);

  broken = ['PutEvents', 'Publish'];
  load.demand = 30;
  await run(400);
  broken = ['RegisterScalableTarget'];
  load.demand = 0.3;
  await run(600);
  broken = ['DescribeEndpoint'];
  await run(200);
  broken = ['GetParametersByPath'];
  await run(200);
  broken = [];
  await put('{');
  bus.emit({
    source: 'fast-scaler',
    detailType: 'Load Surge',
    resources: [],
    detail: { nonsense: true },
  });
  await run(70);
  return seen;
}
