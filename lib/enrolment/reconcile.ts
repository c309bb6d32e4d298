import type { Fleet, FleetEntry } from '../aws/enrolment-store.ts';
import type { ScalingPolicy } from '../aws/scaling-policies.ts';
import { ConfigError } from '../config/parse.ts';
import { readDefaults } from '../config/resolve.ts';
import { parseResourceId, type ScalableTarget, variantTarget } from '../target.ts';
import { converge, type EnrolmentInputs, fingerprintOf } from './converge.ts';
import { DEFAULTS_PARAMETER, PARAMETER_PATH, parameterTarget } from './parameter-name.ts';
import { readTags } from './read-tags.ts';
import { release } from './release.ts';
import type { EnrolmentRuntime } from './runtime.ts';

/**
 * Compares everything that can enrol a target (parameters, tags, discovery) with what is enrolled,
 * and converges the differences; the net under lost events.
 * @param latestMs when to stop; the next call goes on with what is left
 */
export async function reconcile(runtime: EnrolmentRuntime, latestMs: number): Promise<void> {
  const { enrolments, logger, now } = runtime;
  const fleet = await enrolments.fleet();
  if (fleet.leaving) return;
  const wanted = await wantedTargets(runtime, fleet);
  const enrolled = new Map(fleet.entries.flatMap(targetsOf));
  const fault = faultCounter();
  for (const [resourceId, { target }] of enrolled) {
    if (wanted.has(resourceId)) continue;
    if (now() >= latestMs) return;
    if (!(await fault.guard(runtime, target, () => release(runtime, target, latestMs)))) return;
  }
  for (const [resourceId, { target, inputs }] of wanted) {
    const known = enrolled.get(resourceId);
    const isCurrent =
      known &&
      !known.entry.outdated &&
      known.convergence.fingerprint === fingerprintOf(inputs) &&
      known.convergence.dueAtSeconds > now() / 1000;
    if (isCurrent) continue;
    if (now() >= latestMs) return;
    const run = () => converge(runtime, target, inputs, latestMs);
    if (!(await fault.guard(runtime, target, run))) return;
  }
  logger.debug('reconciled', { wanted: wanted.size });
  fault.rethrow();
}

/** A target whose change fails must not keep the others from theirs. */
function faultCounter() {
  let first: unknown;
  return {
    async guard(
      { logger }: EnrolmentRuntime,
      { resourceId }: ScalableTarget,
      run: () => Promise<boolean>,
    ): Promise<boolean> {
      try {
        return await run();
      } catch (error) {
        logger.error('target could not be brought in line', { resourceId, error });
        first ??= error;
        return true;
      }
    },
    rethrow(): void {
      if (first !== undefined) throw first;
    },
  };
}

function targetsOf(entry: FleetEntry) {
  return [...entry.targets].flatMap(([resourceId, convergence]) => {
    const target = parseResourceId(resourceId);
    return target ? [[resourceId, { target, entry, convergence }] as const] : [];
  });
}

interface Wanted {
  readonly target: ScalableTarget;
  readonly inputs: EnrolmentInputs;
}

async function wantedTargets(
  runtime: EnrolmentRuntime,
  fleet: Fleet,
): Promise<ReadonlyMap<string, Wanted>> {
  const { parameters, policies, scalableTargets } = runtime;
  const [texts, registered, allPolicies, tags] = await Promise.all([
    parameters.readAll(PARAMETER_PATH),
    scalableTargets.describeAll(),
    policies.list(),
    readTags(runtime, fleet),
  ]);
  const defaults = texts.get(DEFAULTS_PARAMETER);
  const policiesOf = groupByTarget(allPolicies);
  const wanted = new Map<string, Wanted>();
  const want = (target: ScalableTarget, text?: string) => {
    if (wanted.has(target.resourceId)) return;
    const tag = tags.get(target.endpointName);
    const inputs = { defaults, tag, target: text, policies: policiesOf(target) };
    wanted.set(target.resourceId, { target, inputs });
  };
  for (const [name, text] of texts) {
    const target = parameterTarget(name);
    if (target) want(target, text);
  }
  const known = fleet.entries.flatMap(targetsOf).map(([, { target }]) => target);
  const registeredTargets = [...registered.keys()].flatMap((id) => parseResourceId(id) ?? []);
  for (const endpointName of tags.keys()) {
    for (const target of await variantsOf(runtime, endpointName, registeredTargets, known)) {
      want(target);
    }
  }
  switch (discovers(runtime, defaults)) {
    case true:
      for (const target of registeredTargets) want(target);
      break;
    case 'unknown':
      // Nobody knows whether these are still wanted, so they stay.
      for (const target of known) want(target);
      break;
  }
  return wanted;
}

function discovers(
  { logger }: EnrolmentRuntime,
  defaults: string | undefined,
): boolean | 'unknown' {
  try {
    return readDefaults(defaults, DEFAULTS_PARAMETER).discover;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    logger.error('the defaults are invalid', { error });
    return 'unknown';
  }
}

/**
 * The variants of a tagged endpoint: those with a scalable target, and those enrolled that still
 * exist (a deployment may just have deregistered them); all that there are when it has neither.
 */
async function variantsOf(
  { endpoints }: EnrolmentRuntime,
  endpointName: string,
  registered: readonly ScalableTarget[],
  known: readonly ScalableTarget[],
): Promise<ScalableTarget[]> {
  const isHere = (target: ScalableTarget) => target.endpointName === endpointName;
  const here = registered.filter(isHere);
  const others = known.filter(
    (target) => isHere(target) && !here.some((each) => each.resourceId === target.resourceId),
  );
  if (here.length > 0 && others.length === 0) return here;
  const endpoint = await endpoints.describe(endpointName);
  const variants = [...(endpoint?.variants.keys() ?? [])];
  if (here.length > 0) return [...here, ...others.filter((t) => variants.includes(t.variantName))];
  return variants.map((variantName) => variantTarget(endpointName, variantName));
}

function groupByTarget(policies: readonly ScalingPolicy[]) {
  const groups = Map.groupBy(policies, ({ resourceId }) => resourceId);
  return ({ resourceId }: ScalableTarget) => groups.get(resourceId) ?? [];
}
