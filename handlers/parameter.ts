import { converge, type EnrolmentRuntime } from '../lib/enrolment/enrol.ts';
import { parameterChange } from '../lib/events.ts';
import { eventHandler } from '../lib/handler.ts';
import { enrolmentRuntime } from '../lib/runtimes.ts';

/** A target's parameter was written or deleted: enrol, retune or release the target. */
export const createHandler = (runtime: EnrolmentRuntime) =>
  eventHandler(runtime, parameterChange).handler(({ detail }) => converge(runtime, detail.name));

export const handler = createHandler(enrolmentRuntime());
