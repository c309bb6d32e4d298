import { applyChange, applyDefaults } from '../lib/enrolment/apply-change.ts';
import type { EnrolmentRuntime } from '../lib/enrolment/runtime.ts';
import { parameterChange } from '../lib/lambda/events.ts';
import { eventHandler } from '../lib/lambda/handler.ts';
import { enrolmentRuntime } from '../lib/lambda/runtimes.ts';

/** A parameter was written or deleted: enrol, retune or release what it concerns. */
export const createHandler = (runtime: EnrolmentRuntime) =>
  eventHandler(runtime, parameterChange).handler(({ detail }) =>
    detail.name === 'defaults' ? applyDefaults(runtime) : applyChange(runtime, detail.name),
  );

export const handler = createHandler(enrolmentRuntime());
