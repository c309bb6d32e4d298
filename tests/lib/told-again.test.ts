import { beforeEach, describe, expect, it } from 'vitest';
import { applyChange } from '../../lib/enrolment/apply-change.ts';
import { DEFAULTS_PARAMETER, targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { reconcile } from '../../lib/enrolment/reconcile.ts';
import { TARGET, World } from './fakes.ts';

const HOUR_MS = 3_600_000;
const FAULT = '{"modee":1}';
const SETTINGS = JSON.stringify({ targetPerInstance: 60, minCapacity: 1, maxCapacity: 20 });

let world: World;
/** What the owner was told, without the time. */
const told = () => world.published.map(({ body }) => body.split('\n')[0]);

const put = (name: string, text: string | undefined) => {
  if (text === undefined) world.parameters.delete(name);
  else world.parameters.set(name, text);
};
const putTag = (text: string | undefined) => void world.tags.set(TARGET.endpointName, text);

const ofEvent = () => applyChange(world.runtime(), TARGET);
const ofSweep = () => reconcile(world.runtime(), world.nowMs + 60_000);

beforeEach(() => {
  world = new World();
});

describe('the same fault, put again after what held it was taken away, is told again', () => {
  it.each<
    [string, put: (text: string | undefined) => void, fault: string, run: () => Promise<void>]
  >([
    [
      'a parameter, by its events',
      (text) => put(targetParameterName(TARGET), text),
      FAULT,
      ofEvent,
    ],
    ['a parameter, by sweeps', (text) => put(targetParameterName(TARGET), text), FAULT, ofSweep],
    ['a tag', putTag, 'actt', ofSweep],
  ])('%s', async (_, change, fault, run) => {
    for (const text of [fault, undefined, fault]) {
      change(text);
      await run();
      world.nowMs += HOUR_MS;
    }
    expect(told()).toHaveLength(2);
    expect(told()[1]).toBe(told()[0]);
  });
});

it('the same fault is told again after it was mended', async () => {
  for (const text of [FAULT, SETTINGS, FAULT]) {
    put(targetParameterName(TARGET), text);
    await ofEvent();
    world.nowMs += HOUR_MS;
  }
  expect(told()).toHaveLength(2);
});

it('a fault that stands is told once', async () => {
  put(targetParameterName(TARGET), FAULT);
  for (const run of [ofEvent, ofSweep, ofSweep, ofEvent]) {
    await run();
    world.nowMs += HOUR_MS;
  }
  expect(told()).toHaveLength(1);
});

it('a release that fails half way forgets no less', async () => {
  put(targetParameterName(TARGET), FAULT);
  await ofEvent();
  put(targetParameterName(TARGET), undefined);
  world.fail('alarms');
  await expect(ofEvent()).rejects.toThrow('alarms is down');
  world.failing.clear();
  world.nowMs += HOUR_MS;
  put(targetParameterName(TARGET), FAULT);
  await ofEvent();
  expect(told()).toHaveLength(2);
});

describe('defaults that were mended before any target was refused for them', () => {
  /** A sweep that has no time for any target. */
  const ofBusySweep = () => reconcile(world.runtime(), world.nowMs);

  beforeEach(async () => {
    put(targetParameterName(TARGET), SETTINGS);
    await ofSweep();
    world.nowMs += HOUR_MS;
    world.enrolments.reserve = async () => undefined;
    put(DEFAULTS_PARAMETER, FAULT);
    await ofBusySweep();
    expect(told()).toHaveLength(1);
    expect(world.enrolments.refusals.size).toBe(0);
    world.nowMs += HOUR_MS;
  });

  it.each([
    ['mended', '{}'],
    ['deleted', undefined],
  ])('are news when the same fault comes again: %s', async (_, mended) => {
    put(DEFAULTS_PARAMETER, mended);
    await ofBusySweep();
    world.nowMs += HOUR_MS;
    put(DEFAULTS_PARAMETER, FAULT);
    await ofBusySweep();
    expect(told()).toHaveLength(2);
  });
});
