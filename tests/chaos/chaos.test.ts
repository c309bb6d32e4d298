import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Counts } from '../../simulator/faults/kinds.ts';
import { runSeed, storyOf } from './check.ts';
import { runStory } from './run-story.ts';
import type { Story } from './story.ts';
import { Trace } from './trace.ts';

const FOLDER = new URL('./stories/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Story;

/** What each stored story once did wrong, or would without the rule that it is about. */
const STORIES = {
  'overtaken-ceiling': 'a slow cycle’s ceiling, taken for lost and then for the owner’s',
  'overtaken-between-looks': 'the same when an endpoint’s event meets the hot loop',
  'lease-under-a-nudge': 'a lease deleted under the nudge that was about to be sent',
  'lease-of-a-lost-answer': 'a lease that nobody knew of, after the answer to a save was lost',
  'quota-below-minimum': 'a floor below the owner’s Min, for the quota allowed no more',
  'metrics-that-stop': 'capacity that goes down under load, for no data was taken for none',
  'lease-never-put': 'a lease that was saved and never put, after a function died',
  'lease-put-unsaved': 'a lease that nobody knew of, put by one of two cycles that saw the same',
  'released-under-a-nudge': 'a nudge that arrived after everything had been given back',
  'back-while-forgotten':
    'bounds of its own for the owner’s: an endpoint came back, and was forgotten',
  'need-at-maximum':
    'an overload without an answer, for the owner’s Max left one instance to ask for',
  'overload-left-alone': 'an overload without an answer, after an hour on a level given back late',
};

describe('a story that once violated something, or nearly', () => {
  it('each is told of', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(
      Object.keys(STORIES)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });

  it.each(Object.entries(STORIES))('%s: %s', async (name) => {
    expect((await runStory(read(`${name}.json`))).violations).toEqual([]);
  });
});

describe('stories by seed', () => {
  it('the first twenty hold, under many kinds of fault', async () => {
    const counts = new Counts();
    for (let seed = 1; seed <= 20; seed += 1) {
      const { violations, ...outcome } = await runSeed(seed);
      expect(violations).toEqual([]);
      counts.addAll(outcome.counts);
    }
    expect(Object.keys(counts.toJSON()).length).toBeGreaterThan(20);
    expect(counts.of('overload-answered')).toBeGreaterThan(10);
  });

  it('the first ten hold on endpoints whose invocations are counted by the minute', async () => {
    let answered = 0;
    for (let seed = 1; seed <= 10; seed += 1) {
      const { violations, counts } = await runSeed(seed, { countsByTheMinute: true });
      expect(violations).toEqual([]);
      answered += counts['overload-answered'] ?? 0;
    }
    expect(answered).toBeGreaterThan(5);
  });

  it('a seed always tells the same story, and it always runs the same way', async () => {
    const traceOf = async () => {
      let trace: Trace | undefined;
      await runStory(storyOf(11), (world) => {
        trace = new Trace(world);
        return (what) => trace?.add(what);
      });
      return String(trace);
    };
    const once = await traceOf();
    expect(once.split('\n').length).toBeGreaterThan(100);
    expect(await traceOf()).toBe(once);
    expect(storyOf(12)).not.toEqual(storyOf(11));
  });
});
