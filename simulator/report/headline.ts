import type { PolicyResult } from './data.ts';

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
  const asked = results
    .filter((result) => result.reactionSeconds !== null)
    .toSorted((a, b) => (a.reactionSeconds ?? 0) - (b.reactionSeconds ?? 0));
  const first = asked[0];
  if (!first) {
    return results.length === 0 ? 'No policy was run.' : 'Demand never passed capacity.';
  }
  const clauses = asked.map((result, index) => {
    const verb = index === 0 ? ' asked for capacity' : '';
    return `${policyName(result.policy)}${verb} after ${seconds(result.reactionSeconds ?? 0)}`;
  });
  const spared = results.filter((result) => result.reactionSeconds === null);
  if (spared.length > 0) {
    const names = spared.map((result) => policyName(result.policy)).join(' and ');
    clauses.push(`under ${names} demand never passed capacity`);
  }
  return `${clauses.join('; ')}.`;
}
