import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { LoadRecord } from '../../client/ledger.ts';
import { DIMENSION_NAMES, METRIC_NAMES, NAMESPACE } from '../../client/names.ts';
import { metricData } from '../../client/put-metrics.ts';

const folder = fileURLToPath(new URL('../../client/python/', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Runs a script that may import the module, and reads the JSON that it prints. */
function python(script: string, input: unknown = null): unknown {
  const { status, stdout, stderr } = spawnSync('python3', ['-B', '-c', script], {
    cwd: folder,
    input: JSON.stringify(input),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`python3 ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}

const PREAMBLE = 'import json, sys, fast_scaler_client as c\ngiven = json.load(sys.stdin)\n';

const record = (changes: Partial<LoadRecord> = {}): LoadRecord => ({
  second: 1_800_000_003,
  endpointName: 'checkout',
  variantName: 'blue',
  arrivals: 3,
  busyMs: 1250,
  errors: 0,
  throttles: 0,
  ...changes,
});

describe.skipIf(!hasPython)('the Python client', () => {
  it('compiles', () => {
    const script = `import py_compile, tempfile
py_compile.compile(${JSON.stringify(`${folder}fast_scaler_client.py`)},
    cfile=tempfile.NamedTemporaryFile(suffix='.pyc').name, doraise=True)
print('true')`;
    expect(python(script)).toBe(true);
  });

  it('goes by the same names', () => {
    const script = `${PREAMBLE}print(json.dumps([c.NAMESPACE, c.ARRIVALS, c.BUSY_SECONDS, c.ERRORS, c.THROTTLES]))`;
    expect(python(script)).toEqual([
      NAMESPACE,
      METRIC_NAMES.arrivals,
      METRIC_NAMES.busySeconds,
      METRIC_NAMES.errors,
      METRIC_NAMES.throttles,
    ]);
  });

  it.each([
    ['all went well', [record()]],
    ['some failed', [record({ errors: 2 })]],
    ['some were refused', [record({ errors: 2, throttles: 1 })]],
    ['calm', [record({ arrivals: 0, busyMs: 0 })]],
    ['of several seconds', [record(), record({ second: 1_800_000_004, variantName: 'green' })]],
  ])('publishes what the TypeScript client publishes: %s', (_, records) => {
    const script = `${PREAMBLE}records = {
    (r['second'], r['endpointName'], r['variantName']):
        dict(arrivals=r['arrivals'], busy_ms=r['busyMs'], errors=r['errors'], throttles=r['throttles'])
    for r in given}
print(json.dumps(c.metric_data(records)))`;
    const expected = metricData(records).map(({ Timestamp, ...datum }) => ({
      ...datum,
      Timestamp: (Timestamp as Date).getTime() / 1000,
    }));
    expect(python(script, records)).toEqual(expected);
    expect(expected[0]?.Dimensions?.map(({ Name }) => Name)).toEqual(
      Object.values(DIMENSION_NAMES),
    );
  });

  it('counts a request in the seconds in which it was busy, and failures by their kind', () => {
    // Time and thread are the test's, so that nothing depends on how fast this machine is.
    const script = `${PREAMBLE}
now = [1_800_000_000_800]
c._now_ms = lambda: now[0]
c.threading.Thread = lambda **_: type('Idle', (), {'start': lambda self: None})()
calls = []
class EndpointConnectionError(Exception): pass
class CloudWatch:
    fails = True
    def put_metric_data(self, **call):
        if self.fails: raise EndpointConnectionError('no network')
        calls.append(call)
cloudwatch, troubles = CloudWatch(), []
load = c.LoadReporter(cloudwatch, lambda error: troubles.append(str(error)))
with load.request('checkout', 'blue'):
    now[0] += 700
class Refused(Exception):
    response = {'Error': {'Code': 'ThrottlingException'}}
for error in (Refused(), ValueError()):
    try:
        with load.request('checkout', 'blue'):
            raise error
    except (Refused, ValueError): pass
load.flush()
cloudwatch.fails = False
load.flush()
print(json.dumps([calls, troubles]))`;
    const [calls, troubles] = python(script) as [
      {
        Namespace: string;
        MetricData: { MetricName: string; Timestamp: number; Value: number }[];
      }[],
      string[],
    ];
    expect(troubles).toEqual(['no network']);
    expect(calls.map((call) => call.Namespace)).toEqual([NAMESPACE]);
    const figures = calls[0]?.MetricData.map(({ MetricName, Timestamp, Value }) => [
      Timestamp - 1_800_000_000,
      MetricName,
      Value,
    ]);
    expect(figures).toEqual([
      [0, 'Arrivals', 1],
      [0, 'BusySeconds', 0.2],
      [1, 'Arrivals', 2],
      [1, 'BusySeconds', 0.5],
      [1, 'Errors', 2],
      [1, 'Throttles', 1],
    ]);
  });

  it('tells of calm, a figure a window, for a quarter of an hour', () => {
    const script = `${PREAMBLE}
now = [1_800_000_003_000]
c._now_ms = lambda: now[0]
c.threading.Thread = lambda **_: type('Idle', (), {'start': lambda self: None})()
windows = []
class CloudWatch:
    def put_metric_data(self, MetricData, **_):
        windows.extend((d['Timestamp'], d['Value']) for d in MetricData if d['MetricName'] == 'Arrivals')
load = c.LoadReporter(CloudWatch())
with load.request('checkout', 'blue'): pass
for _ in range(92):
    now[0] += 10_000
    load._publish(now[0] // 10_000 * 10)
print(json.dumps(windows))`;
    const windows = python(script) as [second: number, arrivals: number][];
    const offsets = windows.map(([second, arrivals]) => [second - 1_800_000_000, arrivals]);
    expect(offsets.slice(0, 3)).toEqual([
      [3, 1],
      [10, 0],
      [20, 0],
    ]);
    expect(offsets.at(-1)).toEqual([880, 0]);
    expect(offsets).toHaveLength(1 + 88);
  });

  it.each([
    ['an expired token', { HTTPStatusCode: 403 }, 0, 0],
    ['a fault of the model', { HTTPStatusCode: 424 }, 1, 0.7],
    ['too many requests', { HTTPStatusCode: 429 }, 1, 0.7],
    ['a fault of the service', { HTTPStatusCode: 500 }, 1, 0.7],
  ])('counts %s as load or not, and as an error', (_, metadata, arrivals, busySeconds) => {
    const script = `${PREAMBLE}
now = [1_800_000_000_000]
c._now_ms = lambda: now[0]
c.threading.Thread = lambda **_: type('Idle', (), {'start': lambda self: None})()
data = {}
class CloudWatch:
    def put_metric_data(self, MetricData, **_):
        data.update((d['MetricName'], d['Value']) for d in MetricData)
class Refused(Exception):
    response = {'ResponseMetadata': given}
load = c.LoadReporter(CloudWatch())
try:
    with load.request('checkout', 'blue'):
        now[0] += 700
        raise Refused()
except Refused: pass
load.flush()
print(json.dumps([data['Arrivals'], data['BusySeconds'], data['Errors']]))`;
    expect(python(script, metadata)).toEqual([arrivals, busySeconds, 1]);
  });

  it('tells of calm all along when the clock was set back by an hour', () => {
    const script = `${PREAMBLE}
now = [1_800_000_003_000]
c._now_ms = lambda: now[0]
c.threading.Thread = lambda **_: type('Idle', (), {'start': lambda self: None})()
seconds = []
class CloudWatch:
    def put_metric_data(self, MetricData, **_):
        seconds.extend(d['Timestamp'] for d in MetricData if d['MetricName'] == 'Arrivals')
load = c.LoadReporter(CloudWatch())
with load.request('checkout', 'blue'): pass
load._publish(1_800_000_010)
now[0] -= 3_600_000
for _ in range(6):
    now[0] += 10_000
    load._publish(now[0] // 10_000 * 10)
print(json.dumps([second - 1_799_996_400 for second in seconds[-4:]]))`;
    expect(python(script)).toEqual([20, 30, 40, 50]);
  });

  it('does not send again what may have been taken', () => {
    const script = `${PREAMBLE}
c.threading.Thread = lambda **_: type('Idle', (), {'start': lambda self: None})()
class CloudWatch:
    calls = 0
    def put_metric_data(self, **_):
        self.calls += 1
        raise TimeoutError('no answer')
cloudwatch = CloudWatch()
load = c.LoadReporter(cloudwatch)
with load.request('checkout', 'blue'): pass
load.flush()
load.flush()
print(json.dumps([cloudwatch.calls, load.dropped_requests]))`;
    expect(python(script)).toEqual([1, 1]);
  });

  it('goes on publishing whatever its listener does', () => {
    const script = `${PREAMBLE}
c.threading.Thread = lambda **_: type('Idle', (), {'start': lambda self: None})()
class EndpointConnectionError(Exception): pass
class CloudWatch:
    calls = 0
    def put_metric_data(self, **_):
        self.calls += 1
        raise EndpointConnectionError('no network')
cloudwatch = CloudWatch()
load = c.LoadReporter(cloudwatch, lambda error: error.response)
with load.request('checkout', 'blue'): pass
load.flush()
load.flush()
print(cloudwatch.calls)`;
    expect(python(script)).toBe(2);
  });
});
