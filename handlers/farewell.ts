import { farewell, welcome } from '../lib/enrolment/farewell.ts';
import type { ReleaseRuntime } from '../lib/enrolment/runtime.ts';
import {
  putResponse,
  type RespondingRuntime,
  serveCustomResource,
} from '../lib/lambda/custom-resource.ts';
import { customResourceRequest } from '../lib/lambda/events.ts';
import { eventHandler } from '../lib/lambda/handler.ts';
import { releaseRuntime } from '../lib/lambda/runtimes.ts';

/** How long the function may be busy, milliseconds; it needs what is left of its timeout to answer. */
const BUDGET_MS = 270_000;

/** A stack event of CloudFormation: before the stack is deleted, every target is released. */
export const createHandler = (runtime: ReleaseRuntime & RespondingRuntime) =>
  eventHandler(runtime, customResourceRequest).handler((request) =>
    serveCustomResource(runtime, request, () =>
      request.RequestType === 'Delete'
        ? farewell(runtime, runtime.now() + BUDGET_MS)
        : welcome(runtime),
    ),
  );

export const handler = createHandler({ ...releaseRuntime(), respond: putResponse });
