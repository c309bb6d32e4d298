import type { EndpointReading } from '../aws/endpoints.ts';
import type { StoredTarget } from '../aws/state-store.ts';
import type { ScalableTarget } from '../target.ts';
import type { EnrolmentRuntime } from './runtime.ts';
import type { Enrolment, MeasuredLatency } from './types.ts';

/** As long as this, seconds, it is looked every few minutes whether there were. */
const PROVISIONAL_SECONDS = 3600;

/** Requests of another endpoint configuration whose mean tells its latency. */
const ENOUGH_REQUESTS = 30;

/**
 * A latency is measured once for an endpoint configuration: measured again under load it would have
 * the queue in it, and the target would rise with the load that it is meant to answer. When another comes
 * into force, the hour before is all of the earlier one's, which stands in until enough requests were seen since.
 *
 * The first one may have been measured amid a surge. So for an hour a shorter one replaces it, and a longer one never does.
 *
 * @param mostPerInstance requests a minute that an instance is meant to carry; null: not known
 */
export async function latencyOf(
  { measurements, now }: EnrolmentRuntime,
  target: ScalableTarget,
  endpoint: EndpointReading | undefined,
  stored: StoredTarget | undefined,
  mostPerInstance: number | null,
): Promise<MeasuredLatency | null> {
  if (!endpoint) return null;
  const { endpointConfigName, status } = endpoint;
  const nowSeconds = now() / 1000;
  const known = stored?.enrolment.latency;
  if (!known) {
    const measured = await measurements.latency(target, nowSeconds, mostPerInstance);
    return measured && { ...measured, endpointConfigName, firstAtSeconds: nowSeconds };
  }
  const isSame = known.endpointConfigName === endpointConfigName;
  if (isSame && known.sinceSeconds === undefined) {
    const isUsed = stored?.enrolment.signal?.peaks !== undefined;
    const isFirst = isUsed && isWithinHour(known.firstAtSeconds, nowSeconds);
    if (known.spread !== undefined && !isFirst) return known;
    const measured = await measurements.latency(target, nowSeconds, mostPerInstance);
    if (!measured) return known;
    if (isFirst && measured.seconds < known.seconds) return { ...known, ...measured };
    // An earlier version measured the mean alone.
    return { ...known, spread: known.spread ?? measured.spread };
  }
  const since = isSame ? (known.sinceSeconds ?? nowSeconds) : nowSeconds;
  const standIn = { ...known, endpointConfigName };
  // While an endpoint is changed, both may answer.
  if (status !== 'InService') return { ...standIn, sinceSeconds: nowSeconds };
  const recent = { seconds: since, enough: ENOUGH_REQUESTS };
  const measured = await measurements.latency(target, nowSeconds, mostPerInstance, recent);
  return measured ? { ...measured, endpointConfigName } : { ...standIn, sinceSeconds: since };
}

/** Whether the latency that a target goes by is likely to be replaced soon, or the first one is awaited. */
export function isProvisional({ latency, signal }: LatencyUse, nowSeconds: number): boolean {
  if (signal?.peaks?.isAssumed) return true;
  const firstAtSeconds = signal?.peaks && latency?.firstAtSeconds;
  return [latency?.sinceSeconds, firstAtSeconds].some((each) => isWithinHour(each, nowSeconds));
}

type LatencyUse = Pick<Enrolment, 'latency' | 'signal'>;

function isWithinHour(sinceSeconds: number | undefined, nowSeconds: number): boolean {
  return sinceSeconds !== undefined && nowSeconds - sinceSeconds < PROVISIONAL_SECONDS;
}
