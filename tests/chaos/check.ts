import fc from 'fast-check';
import { type Outcome, runStory } from './run-story.ts';
import { type Story, story } from './story.ts';
import { Trace } from './trace.ts';

/** What is said of a story beside its seed. */
export type Variation = Pick<Story, 'countsByTheMinute'>;

/** The story of a seed. */
export function storyOf(seed: number, variation: Variation = {}): Story {
  let told: Story | undefined;
  const listen = fc.property(story, (each) => {
    told = each;
  });
  fc.check(listen, { seed, numRuns: 1 });
  return { ...(told as Story), ...variation };
}

/** Runs the story of a seed. */
export function runSeed(seed: number, variation?: Variation): Promise<Outcome> {
  return runStory(storyOf(seed, variation));
}

/** A story that violates something, as small as it could be made, and what happens in it. */
export interface Counterexample {
  readonly story: Story;
  readonly violations: readonly string[];
  readonly trace: string;
}

/**
 * Takes away from the story of a seed whatever it does not need to violate something.
 * @param seconds when to stop and give the smallest one found, by the wall clock
 */
export async function shrink(
  seed: number,
  seconds: number,
  variation: Variation = {},
): Promise<Counterexample> {
  let smallest = storyOf(seed, variation);
  let kind: string | undefined;
  const property = fc.asyncProperty(story, async (told) => {
    const each = { ...told, ...variation };
    const { violations } = await runStory(each);
    kind ??= kindOf(violations[0]);
    // A smaller story that violates something else says nothing of this one.
    const violation = violations.find((text) => kindOf(text) === kind);
    if (violation === undefined) return;
    smallest = each;
    throw new Error(violation);
  });
  await fc.check(property, { seed, numRuns: 1, interruptAfterTimeLimit: seconds * 1000 });
  let trace: Trace | undefined;
  const { violations } = await runStory(smallest, (world) => {
    trace = new Trace(world);
    return (what) => trace?.add(what);
  });
  return { story: smallest, violations, trace: String(trace) };
}

/** A violation without its numbers. */
function kindOf(violation: string | undefined): string | undefined {
  return violation?.replaceAll(/\d+(\.\d+)?/g, '#');
}
