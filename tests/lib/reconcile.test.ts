import { beforeEach, describe, expect, it, vi } from 'vitest';
import { reconcile } from '../../lib/enrolment/reconcile.ts';
import { variantTarget } from '../../lib/target.ts';
import { CONFIG, enrolmentOf, NOW_SECONDS, TARGET, World } from './fakes.ts';

const SETTINGS = JSON.stringify({ targetPerInstance: 60, minCapacity: 1, maxCapacity: 20 });
const OTHER = variantTarget('checkout', 'canary');
const parameterOf = ({ endpointName, variantName }: typeof TARGET) =>
  `/fast-scaler/targets/${endpointName}/${variantName}`;

let world: World;
const run = (budgetMs = 60_000) => reconcile(world.runtime(), world.nowMs + budgetMs);
const enrolled = () => [...world.enrolments.inForce.keys()].sort();
const dueAt = ({ resourceId }: typeof TARGET) =>
  world.enrolments.entries.get('checkout')?.targets.get(resourceId)?.dueAtSeconds;

beforeEach(() => {
  world = new World();
  const counts = { inService: 1, desired: 1 };
  world.endpoint = {
    ...world.withCounts(1, 1),
    variants: new Map([TARGET, OTHER].map(({ variantName }) => [variantName, counts])),
  };
  for (const target of [TARGET, OTHER]) {
    world.bounds.set(target.resourceId, { min: 1, max: 20 });
    world.parameters.set(parameterOf(target), SETTINGS);
  }
});

describe('what is new of an endpoint', () => {
  it('has each of its targets worked out again, once', async () => {
    await run();
    const first = dueAt(TARGET);
    world.nowMs += 60_000;
    await run();
    expect([dueAt(TARGET), dueAt(OTHER)]).toEqual([first, expect.anything()]);
    await world.enrolments.outdate('checkout');
    await run();
    const again = [dueAt(TARGET), dueAt(OTHER)];
    expect(Math.min(...(again as number[]))).toBeGreaterThanOrEqual((first as number) + 60);
    world.nowMs += 60_000;
    await run();
    expect([dueAt(TARGET), dueAt(OTHER)]).toEqual(again);
  });

  it('is not lost though it comes while they are worked out', async () => {
    await run();
    await world.enrolments.outdate('checkout');
    const runtime = world.runtime();
    const { enrol } = world.enrolments;
    const news = vi.spyOn(world.enrolments, 'enrol').mockImplementation(async (...args) => {
      await world.enrolments.outdate('checkout');
      news.mockRestore();
      await enrol.apply(world.enrolments, args);
    });
    await reconcile(runtime, world.nowMs + 60_000);
    const before = [dueAt(TARGET), dueAt(OTHER)] as number[];
    world.nowMs += 60_000;
    await run();
    const after = [dueAt(TARGET), dueAt(OTHER)] as number[];
    expect(after.filter((due, i) => due > (before[i] as number))).toHaveLength(1);
  });
});

it('nothing is enrolled once the stack is being deleted, though it was not when it began', async () => {
  const runtime = world.runtime();
  const { put } = runtime.alarms;
  runtime.alarms.put = async (alarm) => {
    world.enrolments.leaving = true;
    await put(alarm);
  };
  await reconcile(runtime, world.nowMs + 60_000);
  expect(enrolled()).toHaveLength(1);
});

it.each([
  ['not a moment before it is due', -1, 0],
  ['once it is due', 0, 1],
])('what nobody knows to have changed is worked out again: %s', async (_, sinceMs, times) => {
  await run();
  const due = [dueAt(TARGET), dueAt(OTHER)] as number[];
  world.nowMs = Math.min(...due) * 1000 + sinceMs;
  await run();
  const after = [dueAt(TARGET), dueAt(OTHER)] as number[];
  expect(after.filter((at, i) => at > (due[i] as number))).toHaveLength(times);
});

describe('a target that is put off', () => {
  const UNWANTED = variantTarget('search', 'main');

  it('keeps no other from its turn', async () => {
    world.enrolments.inForce.set(UNWANTED.resourceId, {
      target: UNWANTED,
      enrolment: enrolmentOf(CONFIG),
    });
    const convergence = { fingerprint: '', dueAtSeconds: 0 };
    const targets = new Map([[UNWANTED.resourceId, convergence]]);
    world.enrolments.entries.set('search', { tag: undefined, news: 0, targets });
    const writes = [{ bounds: { min: 9, max: 20 }, atSeconds: NOW_SECONDS }];
    world.enrolments.states.set(UNWANTED.resourceId, { writes });
    await run(10_000);
    expect(enrolled()).toEqual([OTHER, TARGET, UNWANTED].map((each) => each.resourceId).sort());
    expect(world.enrolments.inForce.get(UNWANTED.resourceId)?.enrolment.signal).toBeNull();
  });

  it('hides no fault of another', async () => {
    world.fail('endpoints');
    await expect(run(300)).rejects.toThrow('endpoints is down');
  });
});

describe('defaults that are not valid, where nothing is enrolled that could tell', () => {
  const FAULTY = '{"discover": true, "mod": "observe"}';
  const MINUTE_MS = 60_000;
  /** A sweep with these defaults, so many minutes after the last. */
  const sweep = async (defaults: string | undefined, minutes = 1) => {
    world.nowMs += minutes * MINUTE_MS;
    if (defaults === undefined) world.parameters.delete('/fast-scaler/defaults');
    else world.parameters.set('/fast-scaler/defaults', defaults);
    await run();
  };

  beforeEach(() => {
    world.parameters.clear();
  });

  it('are told, once', async () => {
    await sweep(FAULTY);
    await sweep(FAULTY);
    expect(world.published).toHaveLength(1);
    expect(JSON.stringify(world.published)).toContain('mod');
  });

  it.each([
    ['were mended', '{"discover": true}'],
    ['were deleted', undefined],
  ])('are news again once they %s', async (_, mended) => {
    await sweep(FAULTY);
    await sweep(mended);
    await sweep(FAULTY, 10);
    expect(world.published).toHaveLength(2);
  });

  it('leave nothing behind when they are mended', async () => {
    await sweep(FAULTY);
    await sweep('{}');
    await sweep('{}', 10);
    expect(world.books.get('/fast-scaler/defaults')?.book).toEqual({});
  });
});
