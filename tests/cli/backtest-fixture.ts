import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { BacktestInput, BacktestResult } from '../../simulator/bench/backtest.ts';
import { type CommandOptions, fastScaler } from '../operate/command-line.ts';
import { OperateWorld, START_SECONDS } from '../operate/world.ts';

const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;

type Module = typeof import('../../simulator/bench/backtest.ts');

/** The module with a backtest that replays the same days under the same settings once only. */
export function remembered(original: Module): Module {
  const known = new Map<string, BacktestResult>();
  const backtest = (input: BacktestInput): BacktestResult => {
    const key = JSON.stringify(input);
    const result = known.get(key) ?? original.backtest(input);
    known.set(key, result);
    return result;
  };
  return { ...original, backtest };
}

/** Before each test: an endpoint with Min 1 and Max 6, a cache without anything in it. */
class BacktestFixture {
  world!: OperateWorld;
  folder!: string;
  /** Calls of GetMetricData since the test began. */
  reads = 0;

  async begin(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'fast-scaler-backtest-'));
    this.world = await OperateWorld.create();
    this.world.addEndpoint({ bounds: { min: 1, max: 6 } });
    await this.world.run(180);
    this.reads = 0;
    this.world.parts.account.onCall(({ operation }) => {
      if (operation === 'GetMetricData') this.reads += 1;
    });
  }

  end(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Requests a minute of an endpoint with 1500 for an instance: quiet, with half an hour of rush. */
  readonly usual = (minute: number) => (minute % 360 < 30 ? 4200 : 600);

  /** Writes what SageMaker would have published in the minutes before now. */
  readonly remember = (
    days: number,
    requests: (minute: number) => number | null = this.usual,
    instances: (minute: number) => number = () => 2,
  ): void => {
    const { cloudWatch } = this.world.parts;
    const untilMs = START_SECONDS * 1000;
    const dimensions = { EndpointName: 'checkout', VariantName: 'AllTraffic' };
    const record = (metricName: string, startMs: number, sum: number, sampleCount: number) =>
      cloudWatch.recordBin({ namespace: 'AWS/SageMaker', metricName, dimensions }, startMs, 60, {
        sum,
        sampleCount,
        minimum: sum / sampleCount,
        maximum: sum / sampleCount,
      });
    for (let minute = 0; minute < days * DAY_MINUTES; minute += 1) {
      const count = requests(minute);
      if (count === null) continue;
      const startMs = untilMs - (days * DAY_MINUTES - minute) * MINUTE_MS;
      record('Invocations', startMs, count, Math.max(1, count));
      record('InvocationsPerInstance', startMs, count / instances(minute), Math.max(1, count));
      record('ConcurrentRequestsPerModel', startMs, count / 500 / instances(minute), 1);
      if (count > 0) record('ModelLatency', startMs, count > 3000 ? 90_000 : 30_000, 1);
    }
  };

  readonly run = (args: string[], options: CommandOptions = {}) =>
    fastScaler(this.world, ['backtest', ...args], {
      ...options,
      environment: { XDG_CACHE_HOME: this.folder },
    });

  /** What it prints as JSON, where nothing is to be told beside it. */
  readonly report = async (...args: string[]) => {
    const { code, stdout, stderr } = await this.run([...args, '--json']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return JSON.parse(stdout);
  };
}

export function backtestFixture(): BacktestFixture {
  const fixture = new BacktestFixture();
  beforeEach(() => fixture.begin());
  afterEach(() => fixture.end());
  return fixture;
}
