import { type PolicyResult, SURGE_SECONDS } from './data.ts';

const NAMES: Readonly<Record<string, string>> = { 'target-tracking': 'target tracking' };

/** The name of a policy as prose writes it. */
export function policyName(policy: string): string {
  return NAMES[policy] ?? policy;
}

function seconds(value: number): string {
  return `${Number(value.toFixed(1))} s`;
}

/** One sentence that says what the run showed: who asked for capacity, and how soon. */
export function headline(results: readonly PolicyResult[]): string {
  if (results.length === 0) return 'No policy was run.';
  const surged = results.filter(({ surges }) => surges > 0);
  const asked = surged
    .filter(({ reactionSeconds }) => reactionSeconds !== null)
    .toSorted((a, b) => (a.reactionSeconds ?? 0) - (b.reactionSeconds ?? 0));
  const clauses = asked.map((result, index) => {
    const verb = index === 0 ? ' asked for capacity' : '';
    const after = `${policyName(result.policy)}${verb} after ${seconds(result.reactionSeconds ?? 0)}`;
    return result.answered < result.surges ? `${after} (${answeredOf(result)})` : after;
  });
  // Most of what was lacking was never asked for: there is no time to tell.
  const slack = surged.filter((result) => result.reactionSeconds === null && result.answered > 0);
  clauses.push(
    ...slack.map((result) => {
      const least = 2 * result.answered > result.surges ? ', the lesser ones' : '';
      return `${policyName(result.policy)} ${answeredOf(result)}${least}`;
    }),
  );
  const silent = surged.filter(({ answered }) => answered === 0);
  for (const [told, isStill] of [
    ['never asked for capacity', true],
    ['answered no surge', false],
  ] as const) {
    const those = silent.filter(({ changes }) => (changes === 0) === isStill);
    if (those.length > 0) clauses.push(`${named(those)} ${told}`);
  }
  const calm = results.filter(({ surges }) => surges === 0);
  for (const [told, isShort] of [
    [`demand passed the capacity asked for at most for moments of under ${SURGE_SECONDS} s`, true],
    ['demand never passed capacity', false],
  ] as const) {
    const those = calm.filter(({ unservedFraction }) => unservedFraction > 0 === isShort);
    if (those.length === results.length) return `${told.replace('demand', 'Demand')}.`;
    if (those.length > 0) clauses.push(`under ${named(those)} ${told}`);
  }
  const [first = '', ...others] = clauses;
  // A name at the beginning keeps its own spelling.
  const opening = first.startsWith('under ') ? first.replace('under', 'Under') : first;
  return `${[opening, ...others].join('; ')}.`;
}

function answeredOf({ answered, surges }: PolicyResult): string {
  return `answered ${answered} of ${surges} surges`;
}

function named(results: readonly PolicyResult[]): string {
  return results.map((result) => policyName(result.policy)).join(' and ');
}
