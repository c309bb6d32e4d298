import { expect, it } from 'vitest';
import { cancelPrewarms } from '../../lib/operate/prewarm.ts';
import type { OperatorRuntime } from '../../lib/operate/runtime.ts';
import type { Prewarms } from '../../lib/prewarm/prewarm.ts';
import { NOW_SECONDS, TARGET, World } from '../lib/fakes.ts';

// The service goes by the time of the event, in whole seconds; AWS's clock is known here to a second or two.
it.each([
  ['ahead', 1500],
  ['behind', -1500],
])('a cancellation is seen by a clock that is %s', async (_, skewMs) => {
  const until = { fromSeconds: NOW_SECONDS, untilSeconds: NOW_SECONDS + 3600 };
  let prewarms: Prewarms = {
    list: [{ minInstances: 6, ...until, askedAtSeconds: NOW_SECONDS }],
    cancelledAtSeconds: NOW_SECONDS - 60,
  };
  const record = () => {
    const enrolled = new World().enrolled();
    return { ...enrolled, targets: enrolled.targets.map((each) => ({ ...each, prewarms })) };
  };
  const runtime = {
    now: () => NOW_SECONDS * 1000 + skewMs,
    sleep: async () => {},
    table: { endpoint: async () => ({ record: record() }) },
    prewarmRequests: {
      put: async () => {
        prewarms = { list: [], cancelledAtSeconds: NOW_SECONDS };
      },
    },
  } as unknown as OperatorRuntime;
  await expect(cancelPrewarms(runtime, TARGET)).resolves.toMatchObject({ prewarms: [] });
});
