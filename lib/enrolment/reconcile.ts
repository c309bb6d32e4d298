import type { Fleet, FleetEntry } from '../aws/enrolment-store.ts';
import type { ScalingPolicy } from '../aws/scaling-policies.ts';
import { ConfigError } from '../config/parse.ts';
import { readDefaults } from '../config/resolve.ts';
import { hashOf } from '../hash.ts';
import { noteValid, tellInvalid } from '../notify/configuration.ts';
import { parseResourceId, type ScalableTarget, variantTarget } from '../target.ts';
import { converge, type EnrolmentInputs, fingerprintOf } from './converge.ts';
import { turn } from './pacer.ts';
import {
  DEFAULTS_PARAMETER,
  PARAMETER_PATH,
  parameterTarget,
  targetParameterName,
} from './parameter-name.ts';
import { readTags, tagForChange } from './read-tags.ts';
import { releaseUnwanted } from './release.ts';
import type { EnrolmentRuntime } from './runtime.ts';
import type { Convergence } from './types.ts';

/** What was read longer ago is read again before it is acted upon, milliseconds. */
const FRESH_MS = 2000;

/**
 * Between two pages of ten parameters, milliseconds. Systems Manager takes forty reads a second from
 * an account (its service quotas); this leaves two thirds to everybody else.
 */
const PAGE_GAP_MS = 75;

/**
 * Compares everything that can enrol a target (parameters, tags, discovery) with what is enrolled,
 * and converges the differences; the net under lost events.
 * @param latestMs when to stop; the next call goes on with what is left
 */
export async function reconcile(runtime: EnrolmentRuntime, latestMs: number): Promise<void> {
  const { enrolments, logger, now, parameters } = runtime;
  // First, for they take their time: what is read after them is still true when it is acted upon.
  const tags = await readTags(runtime, await enrolments.fleet());
  const policies = await runtime.policies.list();
  const fleet = await enrolments.fleet();
  if (fleet.leaving) return;
  const readAtMs = now();
  const texts = await parameters.readAll(PARAMETER_PATH, () => runtime.sleep(PAGE_GAP_MS));
  const wanted = await wantedTargets(runtime, fleet, tags, policies, texts);
  const enrolled = new Map(fleet.entries.flatMap(targetsOf));
  const fault = firstFault();
  const inTurn = <T>(targets: Iterable<readonly [string, T]>) => shuffled([...targets], readAtMs);
  /** False when there is no time left; what one target was put off for does not concern the next. */
  const bringInLine = async (target: ScalableTarget, run: () => Promise<boolean>) => {
    if (!(await turn(runtime, 'enrolment', latestMs))) return false;
    await fault.guard(runtime, target, async () => {
      const isFresh = now() - readAtMs < FRESH_MS;
      if (isFresh || (await isAsRead(runtime, target, texts))) await run();
    });
    return true;
  };
  const bringAllInLine = async () => {
    for (const [resourceId, { target }] of inTurn(enrolled)) {
      if (wanted.has(resourceId)) continue;
      const run = () => releaseUntagged(runtime, target, tags, latestMs);
      if (!(await bringInLine(target, run))) return;
    }
    for (const [resourceId, { target, inputs }] of inTurn(wanted)) {
      if (isCurrent(enrolled.get(resourceId)?.convergence, inputs, now())) continue;
      // What another function has done meanwhile shall not take a turn, nor be undone.
      const { entry, leaving } = await enrolments.entry(target.endpointName);
      if (leaving) return;
      const latest = { ...inputs, news: entry.news };
      if (isCurrent(entry.targets.get(resourceId), latest, now())) continue;
      const run = () => converge(runtime, target, latest, latestMs);
      if (!(await bringInLine(target, run))) return;
    }
    logger.debug('reconciled', { wanted: wanted.size });
  };
  await bringAllInLine();
  fault.rethrow();
}

/** @returns as `release`; true also where there is a tag that was not known: the next sweep goes by it */
async function releaseUntagged(
  runtime: EnrolmentRuntime,
  target: ScalableTarget,
  tags: ReadonlyMap<string, string>,
  latestMs: number,
): Promise<boolean> {
  const { endpointName } = target;
  if (!tags.has(endpointName)) {
    const entry = { endpointName, tag: undefined };
    const tag = await tagForChange(runtime, entry, { latestMs, isRelease: true });
    if (tag !== undefined) return true;
  }
  return releaseUnwanted(runtime, target, latestMs);
}

/** Another order for every reader, so that two at a time meet half way instead of doing the same. */
function shuffled<T>(targets: (readonly [string, T])[], readAtMs: number) {
  const place = ([resourceId]: readonly [string, T]) => hashOf(`${resourceId}/${readAtMs}`);
  return targets.sort((a, b) => place(a) - place(b));
}

/** False when somebody changed the parameters meanwhile, and has most likely applied the change. */
async function isAsRead(
  { parameters }: EnrolmentRuntime,
  target: ScalableTarget,
  texts: ReadonlyMap<string, string>,
): Promise<boolean> {
  const names = [targetParameterName(target), DEFAULTS_PARAMETER];
  const values = await Promise.all(names.map((name) => parameters.read(name)));
  return values.every((value, i) => value === texts.get(names[i] as string));
}

function isCurrent(
  convergence: Convergence | undefined,
  inputs: EnrolmentInputs,
  nowMs: number,
): boolean {
  return (
    convergence !== undefined &&
    convergence.fingerprint === fingerprintOf(inputs) &&
    convergence.dueAtSeconds > nowMs / 1000
  );
}

/** A target whose change fails must not keep the others from theirs. */
function firstFault() {
  let first: unknown;
  return {
    async guard(
      { logger }: EnrolmentRuntime,
      { resourceId }: ScalableTarget,
      run: () => Promise<void>,
    ): Promise<void> {
      try {
        await run();
      } catch (error) {
        logger.error('target could not be brought in line', { resourceId, error });
        first ??= error;
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
    return target ? [[resourceId, { target, convergence }] as const] : [];
  });
}

interface Wanted {
  readonly target: ScalableTarget;
  readonly inputs: EnrolmentInputs;
}

async function wantedTargets(
  runtime: EnrolmentRuntime,
  fleet: Fleet,
  tags: ReadonlyMap<string, string>,
  policies: readonly ScalingPolicy[],
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Wanted>> {
  const { scalableTargets } = runtime;
  const defaults = texts.get(DEFAULTS_PARAMETER);
  const [registered, discovery] = await Promise.all([
    scalableTargets.describeAll(),
    discovers(runtime, defaults),
  ]);
  const policiesOf = groupByTarget(policies);
  const news = new Map(fleet.entries.map((entry) => [entry.endpointName, entry.news]));
  const wanted = new Map<string, Wanted>();
  const want = (target: ScalableTarget, text?: string) => {
    if (wanted.has(target.resourceId)) return;
    const { endpointName } = target;
    const inputs = {
      defaults,
      tag: tags.get(endpointName),
      target: text,
      policies: policiesOf(target),
      news: news.get(endpointName) ?? 0,
    };
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
  switch (discovery) {
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

/**
 * The owner of the defaults is told of a fault here too, and that it was mended is noted: nothing may be enrolled that
 * could tell, nor have been refused, so that it could note.
 */
async function discovers(
  runtime: EnrolmentRuntime,
  defaults: string | undefined,
): Promise<boolean | 'unknown'> {
  try {
    const { discover } = readDefaults(defaults, DEFAULTS_PARAMETER);
    await noteValid(runtime, DEFAULTS_PARAMETER, {});
    return discover;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    runtime.logger.error('the defaults are invalid', { error });
    await tellInvalid(runtime, DEFAULTS_PARAMETER, {}, error.message);
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
