import { beforeEach, expect, it, vi } from 'vitest';
import { applyChange } from '../../lib/enrolment/apply-change.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { TARGET, World } from './fakes.ts';

let world: World;

beforeEach(() => {
  world = new World();
  // Whose turn it is takes no time here.
  world.enrolments.reserve = async (_line, _gapMs, nowMs) => nowMs;
  world.parameters.set(targetParameterName(TARGET), '{"targetPerInstance":1500}');
});

/** After how many seconds it is worked out again. */
async function renewal() {
  await applyChange(world.runtime(), TARGET);
  const entry = world.enrolments.entries.get(TARGET.endpointName);
  const due = entry?.targets.get(TARGET.resourceId)?.dueAtSeconds ?? 0;
  return due - world.nowMs / 1000;
}

it.each([
  ['InService', 'checkout-1'],
  ['Updating', undefined],
  ['Creating', undefined],
])('the configuration of an endpoint that is %s counts as known: %s', async (status, known) => {
  world.endpoint = world.withCounts(1, 1, status);
  const converged = vi.spyOn(world.enrolments, 'converged');
  await renewal();
  expect(converged.mock.calls.at(-1)?.at(2)).toBe(known);
});

it.each([
  ['none was measured', 60, null, 0, 300],
  ['it was measured for the first time', 60, 0.08, 0, 300],
  ['that is almost an hour ago', 60, 0.08, 3599, 300],
  ['that is an hour ago', 60, 0.08, 3600, 1800],
  ['nothing goes by it', 10, 0.08, 0, 1800],
])('a latency that may be replaced is looked at again soon: %s', async (...row) => {
  const [, everySeconds, latencySeconds, laterSeconds, seconds] = row;
  world.endpoint = { ...world.withCounts(1, 1), invocationsEverySeconds: everySeconds };
  world.latencySeconds = latencySeconds;
  await renewal();
  world.nowMs += 1000 * laterSeconds;
  expect(await renewal()).toBe(seconds);
});

it('so is one that stands in for that of a new configuration', async () => {
  world.endpoint = { ...world.withCounts(1, 1), invocationsEverySeconds: 60 };
  world.latencySeconds = 0.08;
  await renewal();
  world.nowMs += 3_600_000;
  expect(await renewal()).toBe(1800);
  world.endpoint = { ...world.endpoint, endpointConfigName: 'checkout-2' };
  expect(await renewal()).toBe(300);
});

it('the latency of a new configuration is that of thirty requests', async () => {
  world.endpoint = { ...world.withCounts(1, 1), invocationsEverySeconds: 60 };
  world.latencySeconds = 0.08;
  await renewal();
  world.endpoint = { ...world.endpoint, endpointConfigName: 'checkout-2' };
  const runtime = world.runtime();
  const measured = vi.spyOn(runtime.measurements, 'latency');
  await applyChange(runtime, TARGET);
  expect(measured.mock.calls.map(([, , , since]) => since)).toEqual([
    { seconds: world.nowMs / 1000, enough: 30 },
  ]);
});
