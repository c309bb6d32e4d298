import type { Enrolment, Problem } from '../enrolment/types.ts';

/** Whether the service itself registers a scalable target, as soon as the endpoint is in service. */
export function registersLater({
  config: { mode, minCapacity, maxCapacity },
  wasRegistered,
}: Pick<Enrolment, 'config' | 'wasRegistered'>): boolean {
  return mode === 'act' && minCapacity !== null && maxCapacity !== null && !wasRegistered;
}

/** Whether a problem is over by itself: the service needs an endpoint in service, and nothing else. */
export function passesByItself(
  enrolment: Pick<Enrolment, 'config' | 'wasRegistered'>,
  { code }: Problem,
): boolean {
  return registersLater(enrolment) && code === 'unregistered';
}
