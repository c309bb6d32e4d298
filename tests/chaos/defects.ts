import type { Edit } from '../../tools/spoilt-copy.ts';

/** What must go red when a defect is in the code: stories by seed, or a file of tests. */
export type Net =
  | { readonly stories: { readonly from: number; readonly runs: number } }
  | { readonly tests: string; readonly named?: string };

/** One line of the production code, made wrong. */
export interface Defect extends Edit {
  readonly what: string;
  readonly net: Net;
}

/** The first stories: the same that every run of the chaos test begins with. */
const FIRST = { stories: { from: 1, runs: 240 } };
const KEPT = { tests: 'tests/chaos/chaos.test.ts', named: 'once violated' };

/** Defects of the kinds that matter: what they break is told in docs/robustness.md. */
export const DEFECTS: readonly Defect[] = [
  {
    what: 'the version condition of a save is skipped',
    file: 'lib/aws/state-store.ts',
    from: "ConditionExpression: 'version = :current',",
    to: "ConditionExpression: 'version = :current OR attribute_exists(version)',",
    net: { tests: 'tests/contracts/cycle-race.test.ts', named: 'of them nudge once' },
  },
  {
    what: 'the restore action is not put before a nudge',
    file: 'lib/cycle/cycle.ts',
    from: "if (lease?.action === 'put') await scalableTargets.putLease(stored.target, lease.lease);",
    to: '',
    net: FIRST,
  },
  {
    what: 'the lease is not renewed',
    file: 'lib/control/lease.ts',
    from: 'leftSeconds >= leaseSeconds / 2 &&',
    to: '',
    net: { tests: 'tests/lifecycle/leases.test.ts', named: 'renewed' },
  },
  {
    what: 'a lease is deleted under a nudge that is on its way',
    file: 'lib/control/lease.ts',
    from: 'if (!isUnderWay(putAtSeconds) && !isUnderWay(leaseUnsureSinceSeconds)) {',
    to: 'if (true) {',
    net: { tests: 'tests/control/lease.test.ts', named: 'stays while its nudge may be on its way' },
  },
  {
    what: 'a lease counts as put before it is',
    file: 'lib/control/lease.ts',
    from: 'leaseUnsureSinceSeconds: nowSeconds,',
    to: "lease: change.action === 'put' ? change.lease : null,\n    leaseUnsureSinceSeconds: null,",
    net: { tests: 'tests/lib/cycle.test.ts', named: 'are no lease when they could not be put' },
  },
  {
    what: 'a write that is on its way is forgotten',
    file: 'lib/control/baseline.ts',
    from: '      { bounds, atSeconds: nowSeconds },\n',
    to: '',
    net: KEPT,
  },
  {
    what: 'a write that stale reads hide is forgotten',
    file: 'lib/control/baseline.ts',
    from: 'index > seen ? STALE_SECONDS : UNDER_WAY_SECONDS',
    to: 'UNDER_WAY_SECONDS',
    net: { tests: 'tests/control/baseline.test.ts', named: 'while reads may be stale' },
  },
  {
    what: 'Updating is ignored',
    file: 'lib/cycle/look.ts',
    from: 'return { ...counts, locked: isLocked(status), scalable',
    to: 'return { ...counts, locked: false, scalable',
    net: { tests: 'tests/lib/cycle.test.ts' },
  },
  {
    what: 'a batch that comes at once counts as a queue',
    file: 'lib/control/hidden.ts',
    from: 'window.allBusy && isAboveExplained',
    to: 'isAboveExplained',
    net: { tests: 'tests/control/hidden.test.ts', named: 'comes at once and is over' },
  },
  {
    what: 'a queue counts as the load of so many instances',
    file: 'lib/control/peaks.ts',
    from: 'Math.min(underWay / atTarget, comes())',
    to: 'underWay / atTarget',
    net: { tests: 'tests/control/peaks.test.ts', named: 'is no queue, but what comes' },
  },
  {
    what: 'missing data counts as zero',
    file: 'lib/aws/load.ts',
    from: '      return series;\n',
    to: `      return series.map((points) => {
        const known = new Set(points.map(({ startSeconds }) => startSeconds));
        const filled = [...points];
        for (let at = Math.ceil(fromSeconds / 10) * 10; at < toSeconds - 20; at += 10) {
          if (!known.has(at)) filled.push({ startSeconds: at, value: 0 });
        }
        return filled.sort((a, b) => a.startSeconds - b.startSeconds);
      });
`,
    net: KEPT,
  },
  {
    what: 'Max is forgotten when Min is set',
    file: 'lib/control/propose.ts',
    from: 'bounds: { min: wanted, max }',
    to: 'bounds: { min: wanted, max: bounds.max }',
    net: FIRST,
  },
  {
    what: 'the ceiling is never given back',
    file: 'lib/control/held.ts',
    from: 'const max = Math.max(limits.bounds.max, Math.min(desired, baseline.max));',
    to: 'const max = bounds.max;',
    net: FIRST,
  },
  {
    what: 'the owner’s bounds do not bound',
    file: 'lib/control/decide.ts',
    from: 'const bounded = clamp(allowed, baseline);',
    to: 'const bounded = allowed;',
    net: FIRST,
  },
  {
    what: 'a window’s ceiling does not bound',
    file: 'lib/control/limits.ts',
    from: 'result = atMost.instances;',
    to: '',
    net: { tests: 'tests/control/properties.test.ts', named: 'no more than windows' },
  },
  {
    what: 'a spent budget does not bound',
    file: 'lib/control/limits.ts',
    from: 'result = ownersMin;',
    to: '',
    net: { tests: 'tests/control/properties.test.ts', named: 'no more than windows' },
  },
  {
    what: 'a right that only a refused request needs is missing',
    file: 'resources/policies.yml',
    from: '          - application-autoscaling:DescribeScalingActivities\n',
    to: '',
    net: FIRST,
  },
  {
    what: 'the owner’s edit of Max is ignored',
    file: 'lib/control/baseline.ts',
    from: "const max = isOurs('max') ? baseline.max : observed.max;",
    to: 'const max = baseline.max;',
    net: FIRST,
  },
  {
    what: 'a nudge that was lost is not sent again',
    file: 'lib/control/propose.ts',
    from: '  if (wanted > desired) {\n    if (locked)',
    to: '  if (wanted > Math.max(desired, bounds.min)) {\n    if (locked)',
    net: { tests: 'tests/scenarios/loop.test.ts', named: 'is sent again when the endpo' },
  },
  {
    what: 'the sweep never takes over a dead loop',
    file: 'lib/aws/state-store.ts',
    from: "'(attribute_not_exists(overdueAtMs) OR overdueAtMs <= :now)'",
    to: "'(attribute_not_exists(overdueAtMs) OR overdueAtMs <= :now) AND attribute_not_exists(pk)'",
    net: FIRST,
  },
  {
    what: 'the loop comes back without a delay',
    file: 'lib/cycle/cycle.ts',
    from: 'await runtime.rechecks.send(recheck, delaySeconds);',
    to: 'await runtime.rechecks.send(recheck, Math.min(delaySeconds, 1));',
    net: FIRST,
  },
  {
    what: 'every look calls for two more',
    file: 'lib/cycle/cycle.ts',
    from: 'await runtime.rechecks.send(recheck, delaySeconds);',
    to: 'for (const _ of [1, 2]) await runtime.rechecks.send(recheck, delaySeconds);',
    net: FIRST,
  },
  {
    what: 'any number of surge events is answered',
    file: 'lib/aws/state-store.ts',
    from: "'(attribute_not_exists(overdueAtMs) OR overdueAtMs <= :fresh)'",
    to: "'(attribute_not_exists(overdueAtMs) OR overdueAtMs <= :fresh OR attribute_exists(pk))'",
    net: { tests: 'tests/contracts/cycle-race.test.ts', named: 'a flood of surges' },
  },
  {
    what: 'Min and Max are sent the wrong way round',
    file: 'lib/aws/scalable-targets.ts',
    from: 'MinCapacity: min,\n          MaxCapacity: max,',
    to: 'MinCapacity: max,\n          MaxCapacity: min,',
    net: FIRST,
  },
  {
    what: 'a quota that allows less than the owner’s Min lowers it',
    file: 'lib/control/futile.ts',
    from: 'return possible < ownersMin ? desired : possible;',
    to: 'return possible;',
    net: KEPT,
  },
  {
    what: 'what a quota refused is asked for again and again',
    file: 'lib/control/futile.ts',
    from: 'if (!futile || nowSeconds >= futile.retryAtSeconds) return wanted;',
    to: 'if (!futile || nowSeconds >= 0) return wanted;',
    net: { tests: 'tests/scenarios/futile.test.ts' },
  },
  {
    what: 'work grows with demand, however absurd',
    file: 'lib/control/in-use.ts',
    from: 'const most = Math.min(capacity, MOST_INSTANCES);',
    to: 'const most = capacity;',
    net: { tests: 'tests/control/decide.test.ts', named: 'count up' },
  },
  {
    what: 'scores under other rules are worked with',
    file: 'lib/aws/endpoint-item.ts',
    from: 'return isOfTheseRules ? state : { ...state, tuning: null };',
    to: 'return state;',
    net: { tests: 'tests/contracts/stored-items.test.ts', named: 'scores' },
  },
  {
    what: 'a released target keeps its bounds',
    file: 'lib/control/stand-down.ts',
    from: 'return sameBounds(baseline, observed) ? null : baseline;',
    to: 'return null;',
    net: FIRST,
  },
  {
    what: 'a stack goes though a target could not be released',
    file: 'lib/enrolment/farewell.ts',
    from: '      faults.push(error);\n      left.push(resourceId);',
    to: '      faults.push(error);',
    net: FIRST,
  },
  {
    what: 'what is done of a lease is not always saved first',
    file: 'lib/cycle/cycle.ts',
    from: 'looks.some(({ lease }) => lease) || ',
    to: '',
    net: { tests: 'tests/lib/cycle.test.ts', named: 'saved the very same' },
  },
  {
    what: 'a release does not wait for nudges on their way',
    file: 'lib/enrolment/release.ts',
    from: '  if (waitMs <= 0) return true;',
    to: '  if (waitMs <= NUDGE_MS) return true;',
    net: { tests: 'tests/lib/release.test.ts', named: 'must have arrived' },
  },
  {
    what: 'a target that was enrolled anew is forgotten by the release before',
    file: 'lib/enrolment/release.ts',
    from: 'return !stored || stored.enrolment.signal === null;',
    to: 'return true;',
    net: { tests: 'tests/lib/release.test.ts', named: 'enrolled anew' },
  },
  {
    what: 'an endpoint that came back is forgotten',
    file: 'lib/enrolment/converge.ts',
    from: 'enrolments.forget(target, (item) => item.version === version)',
    to: 'enrolments.forget(target)',
    net: { tests: 'tests/lib/converge.test.ts', named: 'while there is no endpoint' },
  },
  {
    what: 'an invalid configuration is taken for none',
    file: 'lib/enrolment/converge.ts',
    from: '  if (!resolved) {\n',
    to: '  if (!resolved) {\n    await enrolments.forget(target);\n',
    net: { tests: 'tests/lib/converge.test.ts' },
  },
  {
    what: 'calls with a quota are not paced',
    file: 'lib/enrolment/pacer.ts',
    from: '  const waitMs = atMs - now();',
    to: '  const waitMs = 0;',
    net: { tests: 'tests/lifecycle/quotas.test.ts', named: 'a hundred endpoints' },
  },
  {
    what: 'an item of a newer schema is read and overwritten',
    file: 'lib/aws/endpoint-item.ts',
    from: 'if (schemaVersion <= SCHEMA_VERSION) {',
    to: 'if (schemaVersion > 0) {',
    net: { tests: 'tests/contracts/stored-items.test.ts' },
  },
  {
    what: 'capacity may change as often as it likes',
    file: 'lib/control/guards.ts',
    from: '.length >= most',
    to: '.length >= Number.POSITIVE_INFINITY',
    net: { tests: 'tests/control/decide.test.ts', named: 'too many changes' },
  },
  {
    what: 'a need that the owner’s Max makes small waits',
    file: 'lib/control/propose.ts',
    from: 'Math.max(wanted, byLoad) - desired',
    to: 'wanted - desired',
    net: { tests: 'tests/control/small-changes.test.ts' },
  },
  {
    what: 'the lease of an earlier scaler is not read',
    file: 'lib/enrolment/converge.ts',
    from: 'stored ? undefined : scalableTargets.lease(target),',
    to: 'undefined,',
    net: { tests: 'tests/lifecycle/leases.test.ts', named: 'knows nothing of it' },
  },
  {
    what: 'a load that falls silent leaves its alarm in breach',
    file: 'lib/aws/alarms.ts',
    from: "TreatMissingData: 'notBreaching',",
    to: "TreatMissingData: 'ignore',",
    net: { tests: 'tests/scenarios/silence.test.ts', named: 'is met at once' },
  },
  {
    what: 'news of an endpoint are those of one target only',
    file: 'lib/enrolment/converge.ts',
    from: 'JSON.stringify([defaults, tag, target, owners, news])',
    to: 'JSON.stringify([defaults, tag, target, owners])',
    net: { tests: 'tests/lib/reconcile.test.ts', named: 'has each of its targets' },
  },
  {
    what: 'enrolment goes on while the stack is being deleted',
    file: 'lib/enrolment/reconcile.ts',
    from: 'if (leaving) return;',
    to: '',
    net: { tests: 'tests/lib/reconcile.test.ts', named: 'once the stack is being deleted' },
  },
  {
    what: 'a target that observes takes the turn of one that acts',
    file: 'lib/control/coordinate.ts',
    from: "return mode === 'act' && movesCapacity(decision);",
    to: 'return mode !== null && movesCapacity(decision);',
    net: { tests: 'tests/control/coordinate.test.ts', named: 'only observes' },
  },
  {
    what: 'the window under way counts as a whole one',
    file: 'lib/cycle/read-loads.ts',
    from: 'startSeconds + WINDOW_SECONDS <= readableUntil;',
    to: 'startSeconds <= readableUntil;',
    net: { tests: 'tests/lib/read-loads.test.ts', named: 'under way' },
  },
  {
    what: 'a recurring load is met a lead time late',
    file: 'lib/control/ahead.ts',
    from: 'const landed = Math.min(i + lead, horizon);',
    to: 'const landed = i;',
    net: { tests: 'tests/control/recurring.test.ts' },
  },
  {
    what: 'capacity is given back though nobody knows what an instance carries',
    file: 'lib/control/propose.ts',
    from: "if (!isLimit && isUnreadable(context)) return 'latency-unknown';",
    to: '',
    net: { tests: 'tests/control/decide.test.ts', named: 'while the latency is not known' },
  },
  {
    what: 'a minute beside an overloaded one tells the latency',
    file: 'lib/aws/latency-minutes.ts',
    from: '[-1, 0, 1].every(',
    to: '[0].every(',
    net: { tests: 'tests/lib/latency-minutes.test.ts', named: 'minutes before and after' },
  },
  {
    what: 'requests that gather before the first latency are no demand',
    file: 'lib/control/peaks.ts',
    from: 'const demand = isAssumed ? Math.max(known, gathers()) : known;',
    to: 'const demand = known;',
    net: { tests: 'tests/lifecycle/default-endpoint.test.ts', named: 'answers its first surge' },
  },
  {
    what: 'the lease of a target that nobody remembers is deleted',
    file: 'lib/enrolment/release.ts',
    from: '  if (!stored) return;\n',
    to: '  if (!stored) return scalableTargets.deleteLease(target);\n',
    net: { tests: 'tests/lifecycle/leases.test.ts', named: 'leaves the lease to AWS' },
  },
  {
    what: 'a target is listed only once all is done for it',
    file: 'lib/enrolment/converge.ts',
    from: '  await putOnList(runtime, target);\n',
    to: '',
    net: { tests: 'tests/lifecycle/half-done.test.ts', named: 'is let go of' },
  },
  {
    what: 'a ceiling waits where the load asks for less than it',
    file: 'lib/control/propose.ts',
    from: 'desired > max && wanted < max ? [wanted, max] : [wanted];',
    to: '[wanted];',
    net: { tests: 'tests/control/limits-and-load.test.ts', named: 'a ceiling' },
  },
  {
    what: 'a blind look under a floor takes back what the owner’s policy asked for',
    file: 'lib/control/decide.ts',
    from: 'desired > bounds.min ? desired : (state.withoutWindows ?? desired);',
    to: 'state.withoutWindows ?? desired;',
    net: { tests: 'tests/control/limits-and-load.test.ts', named: 'somebody else' },
  },
];
