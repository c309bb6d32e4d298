import { INITIAL_STATE } from '../../lib/control/state.ts';
import type { Decision, Observation, TargetState } from '../../lib/control/types.ts';
import type { Look, Watched } from '../../lib/cycle/look.ts';
import { CONFIG, enrolmentOf, TARGET } from '../lib/fakes.ts';

/** What a look saw, as far as a test tells it. */
export interface Seen {
  readonly mode?: 'act' | 'observe' | 'paused';
  readonly maxInstanceHoursPerDay?: number | null;
  readonly problems?: Watched['enrolment']['problems'];
  /** State before the look. */
  readonly before?: Partial<TargetState>;
  /** State after it. */
  readonly after?: Partial<TargetState>;
  readonly steps?: readonly Partial<Decision['steps'][number]>[];
  readonly demand?: number | null;
  readonly bounds?: Observation['bounds'];
  readonly desired?: number;
  readonly endpointStatus?: string | null;
}

/** A look at a target in mode `act`, at rest at one instance, where nothing else is said. */
export function lookOf(seen: Seen = {}): Look {
  const mode = seen.mode ?? 'act';
  const { maxInstanceHoursPerDay = null, desired = 1, bounds = { min: 1, max: 20 } } = seen;
  const config = { ...CONFIG, mode, maxInstanceHoursPerDay };
  const enrolment = { ...enrolmentOf(config), problems: seen.problems ?? [] };
  const { signal } = enrolment;
  const state = { ...INITIAL_STATE, ...seen.before };
  const baseline = { min: 1, max: 20 };
  const step = { name: 'hold', before: null, after: null, reason: 'capacity-sufficient' };
  return {
    stored: { target: TARGET, enrolment, state, signal },
    control: { ...CONFIG, mode },
    standsDown: false,
    endpointStatus: seen.endpointStatus === undefined ? 'InService' : seen.endpointStatus,
    observation: {
      load: [],
      capacity: { inService: desired, desired, locked: false, scalable: true },
      bounds,
    },
    windows: [],
    decision: {
      demand: seen.demand ?? null,
      wanted: null,
      proposal: null,
      steps: (seen.steps ?? []).map((each) => ({ ...step, constrained: false, ...each })),
      state: { ...INITIAL_STATE, baseline, ...seen.after },
      nextLookAtSeconds: null,
    },
    lease: null,
    gain: null,
  } as unknown as Look;
}
