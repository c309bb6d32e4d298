import type { EnrolmentRuntime } from '../lib/enrolment/runtime.ts';
import { scheduleTick } from '../lib/lambda/events.ts';
import { eventHandler } from '../lib/lambda/handler.ts';
import { enrolmentRuntime } from '../lib/lambda/runtimes.ts';
import { sweep } from '../lib/sweep.ts';

/** Once a minute: ask for a look at every enrolled endpoint, bring enrolments in line. */
export const createHandler = (runtime: EnrolmentRuntime) =>
  eventHandler(runtime, scheduleTick).handler(() => sweep(runtime));

export const handler = createHandler(enrolmentRuntime());
