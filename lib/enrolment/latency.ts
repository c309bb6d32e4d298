import type { EndpointReading } from '../aws/endpoints.ts';
import type { StoredTarget } from '../aws/state-store.ts';
import type { ScalableTarget } from '../target.ts';
import type { EnrolmentRuntime } from './runtime.ts';
import type { MeasuredLatency } from './types.ts';

/** As long as this, seconds, it is looked every few minutes whether there were. */
const PROVISIONAL_SECONDS = 3600;

/** Requests of another endpoint configuration whose mean tells its latency. */
const ENOUGH_REQUESTS = 30;

/**
 * A latency is measured once for an endpoint configuration: measured again under load it would have
 * the queue in it, and the target would rise with the load that it is meant to answer. When another comes
 * into force, the hour before is all of the earlier one's, which stands in until enough requests were seen since.
 */
export async function latencyOf(
  { measurements, now }: EnrolmentRuntime,
  target: ScalableTarget,
  endpoint: EndpointReading | undefined,
  stored: StoredTarget | undefined,
): Promise<MeasuredLatency | null> {
  if (!endpoint) return null;
  const { endpointConfigName, status } = endpoint;
  const nowSeconds = now() / 1000;
  const known = stored?.enrolment.latency;
  if (!known) {
    const measured = await measurements.latency(target, nowSeconds);
    return measured && { ...measured, endpointConfigName };
  }
  const isSame = known.endpointConfigName === endpointConfigName;
  if (isSame && known.sinceSeconds === undefined) {
    // An earlier version measured the mean alone.
    const measured =
      known.spread === undefined ? await measurements.latency(target, nowSeconds) : null;
    return measured ? { ...known, spread: measured.spread } : known;
  }
  const since = isSame ? (known.sinceSeconds ?? nowSeconds) : nowSeconds;
  const standIn = { ...known, endpointConfigName };
  // While an endpoint is changed, both may answer.
  if (status !== 'InService') return { ...standIn, sinceSeconds: nowSeconds };
  const recent = { seconds: since, enough: ENOUGH_REQUESTS };
  const measured = await measurements.latency(target, nowSeconds, recent);
  return measured ? { ...measured, endpointConfigName } : { ...standIn, sinceSeconds: since };
}

/** Whether a latency of another endpoint configuration is likely to be replaced soon. */
export function isProvisional(latency: MeasuredLatency | undefined, nowSeconds: number): boolean {
  const sinceSeconds = latency?.sinceSeconds;
  return sinceSeconds !== undefined && nowSeconds - sinceSeconds < PROVISIONAL_SECONDS;
}
