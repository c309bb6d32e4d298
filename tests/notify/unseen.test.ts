import { describe, expect, it } from 'vitest';
import { type Signal, signalOf } from '../../lib/config/signal.ts';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import type { DecisionStep, LoadPoint, TargetState } from '../../lib/control/types.ts';
import type { Look } from '../../lib/cycle/look.ts';
import { timingProblem, unseenLoad } from '../../lib/notify/unseen.ts';
import { enrolmentOf, NOW_SECONDS, TARGET } from '../lib/fakes.ts';

/** The last save was a minute ago, of a look that saw nothing newer than two minutes before it. */
const SAVED = NOW_SECONDS - 60;
const SEEN = SAVED - 120;

const windowAt = (startSeconds: number, value = 5): LoadPoint => ({ startSeconds, value });
const OTHER = signalOf(TARGET, 'concurrency', 4);
const STALE = { reason: 'stale-data' } as DecisionStep;

interface Sight {
  readonly load: readonly LoadPoint[];
  readonly demand?: number | null;
  readonly steps?: readonly DecisionStep[];
  readonly state?: Partial<TargetState>;
  readonly signal?: Signal;
  readonly isByTheMinute?: boolean;
}

function look(sight: Sight): Look {
  const { load, demand = null, steps = [STALE], state = {}, signal } = sight;
  const remembered = {
    ...INITIAL_STATE,
    spent: { untilSeconds: SAVED, instances: 1, instanceSeconds: 0 },
    tuning: { scoredUntilSeconds: SEEN } as TargetState['tuning'],
    ...state,
  };
  const enrolment = { ...enrolmentOf(), signal: signal ?? enrolmentOf().signal };
  return {
    stored: { target: TARGET, enrolment, signal: enrolment.signal, state: remembered },
    observation: { load },
    decision: { demand, steps, state: { isByTheMinute: sight.isByTheMinute ?? false } },
  } as unknown as Look;
}

const [LATE] = unseenLoad(look({ load: [windowAt(SAVED - 70)] }), NOW_SECONDS);

const entry = (toldAtSeconds: number | null, absentSinceSeconds: number | null = null) => ({
  blind: {
    digest: LATE?.digest ?? '',
    toldAtSeconds,
    triedAtSeconds: 0,
    absentSinceSeconds,
    untold: toldAtSeconds === null ? { dueFromSeconds: NOW_SECONDS + 1 } : null,
  },
});

const digests = (sight: Sight) =>
  unseenLoad(look(sight), NOW_SECONDS).map(({ digest }) => digest.replace(/ .*/, ''));

describe('a window that the last look did not see', () => {
  it.each<[string, Sight, string[]]>([
    ['was over for a minute by then', { load: [windowAt(SAVED - 70)] }, ['late']],
    ['was not over for a minute yet', { load: [windowAt(SAVED - 60)] }, []],
    ['comes after one that it saw', { load: [windowAt(SEEN), windowAt(SEEN + 10)] }, ['late']],
    ['is none: it saw this one', { load: [windowAt(SEEN)] }, []],
    ['is calm', { load: [windowAt(SAVED - 70, 0)] }, []],
    [
      'came with one in time',
      { load: [windowAt(SAVED - 70), windowAt(NOW_SECONDS - 20)], demand: 1, steps: [] },
      [],
    ],
    ['came where nobody decides', { load: [windowAt(SAVED - 70)], steps: [] }, []],
    [
      'is the first that anybody saw',
      { load: [windowAt(SAVED - 70)], state: { tuning: null } },
      [],
    ],
    [
      'came to a target never looked at',
      { load: [windowAt(SAVED - 70)], state: { spent: null } },
      [],
    ],
  ])('%s', (_, sight, expected) => expect(digests(sight)).toEqual(expected));
});

describe('lateness that was found before', () => {
  const aged = (seconds: number) => [windowAt(NOW_SECONDS - 10 - seconds)];
  const seen = { tuning: { scoredUntilSeconds: NOW_SECONDS } as TargetState['tuning'] };
  const waiting = { ...seen, notices: entry(null) };
  const told = { ...seen, notices: entry(NOW_SECONDS - 9000) };

  it.each<[string, Sight, string[]]>([
    ['waits while load is recent', { load: aged(900), state: waiting }, ['late']],
    ['is dropped when it is not', { load: aged(901), state: waiting }, []],
    ['is over with a window in time', { load: aged(20), demand: 1, state: waiting }, []],
    ['stands once it was told, whatever comes', { load: [], steps: [], state: told }, ['late']],
    ['is over then, too, with a window in time', { load: aged(20), demand: 1, state: told }, []],
    ['is none of another metric', { load: [], state: told, signal: OTHER }, []],
  ])('%s', (_, sight, expected) => expect(digests(sight)).toEqual(expected));

  it.each<[string, Partial<TargetState>, boolean]>([
    ['is none of an operator’s business while it waits', { notices: entry(null) }, false],
    ['is shown once it was told', { notices: entry(NOW_SECONDS) }, true],
    ['is not shown when it is over', { notices: entry(NOW_SECONDS - 60, NOW_SECONDS) }, false],
    ['is not shown where nothing is', {}, false],
  ])('%s', (_, state, isShown) => {
    const { stored } = look({ load: [], state });
    const problem = timingProblem(stored, NOW_SECONDS);
    expect(problem?.what).toEqual(
      isShown ? expect.stringContaining('AWS/SageMaker Invocations') : undefined,
    );
  });

  it('is not shown of another metric', () => {
    const { stored } = look({ load: [], state: { notices: entry(NOW_SECONDS) }, signal: OTHER });
    expect(timingProblem(stored, NOW_SECONDS)).toBeNull();
  });

  it('is shown also while nobody could be told', () => {
    const { stored } = look({ load: [], state: { notices: entry(null) } });
    expect(timingProblem(stored, NOW_SECONDS + 1)).not.toBeNull();
  });
});

describe('load that has one value a minute', () => {
  const coarse = { load: [], isByTheMinute: true };
  const ofTheirOwn = signalOf(
    TARGET,
    {
      namespace: 'Shop',
      metricName: 'Orders',
      dimensions: {},
      statistic: 'Sum',
      loadScope: 'variant',
    },
    600,
  );
  const [notice] = unseenLoad(look({ ...coarse, demand: 1, signal: ofTheirOwn }), NOW_SECONDS);
  const found = (toldAtSeconds: number | null): Pick<Sight, 'state' | 'signal'> => {
    const { blind } = entry(toldAtSeconds);
    return {
      state: { notices: { blind: { ...blind, digest: notice?.digest ?? '' } } },
      signal: ofTheirOwn,
    };
  };
  const late = [windowAt(SAVED - 70)];

  it.each<[string, Sight, string[]]>([
    ['is told of while it is seen in time', { ...coarse, demand: 1, steps: [] }, ['coarse']],
    ['is late where it was never seen in time', { ...coarse, load: late }, ['late']],
    [
      'is it still at a look between two minutes',
      { ...coarse, load: late, ...found(null) },
      ['coarse'],
    ],
    ['is nothing to tell of where nobody decides', { ...coarse, steps: [] }, []],
    ['stands in a calm', { ...coarse, steps: [], ...found(0) }, ['coarse']],
    ['is over with finer values', { load: late, demand: 1, steps: [], ...found(0) }, []],
    [
      'gives way to load that is not seen at all',
      { ...coarse, steps: [{ reason: 'load-unseen' } as DecisionStep] },
      ['load'],
    ],
  ])('%s', (_, sight, expected) => expect(digests(sight)).toEqual(expected));

  it('waits for half an hour', () => expect(notice?.dueFromSeconds).toBe(NOW_SECONDS + 1800));

  it.each<[string, Signal | undefined, string]>([
    [
      'to publish a metric of their own more often',
      ofTheirOwn,
      'with a storage resolution of 1, as 0',
    ],
    [
      'to measure otherwise where the metric is SageMaker’s',
      undefined,
      'Set "signal": "concurrency" in',
    ],
  ])('tells the owner %s', (_, signal, fix) => {
    const [told] = unseenLoad(
      look({ ...coarse, demand: 1, ...(signal && { signal }) }),
      NOW_SECONDS,
    );
    expect(told?.text).toContain(fix);
    expect(told?.text).toContain(' in /fast-scaler/targets/');
  });

  it.each([
    ['once it was told', NOW_SECONDS, 'coarse-signal'],
    ['not while it waits', null, undefined],
  ])('is shown to an operator %s', (_, toldAtSeconds, code) => {
    const { stored } = look({ ...coarse, ...found(toldAtSeconds) });
    expect(timingProblem(stored, NOW_SECONDS)?.code).toBe(code);
  });
});
