import type { Fleet } from '../aws/enrolment-store.ts';
import type { EndpointMemory } from '../aws/operator-table.ts';
import { type Attempt, isDenied } from './attempts.ts';
import type { Finding } from './finding.ts';
import type { OperatorRuntime } from './runtime.ts';
import { LOOK_OVERDUE_MS } from './status.ts';

/** How far back a sign of the sweep is looked for, seconds; it runs every minute. */
const HEARTBEAT_SECONDS = 600;

/** What is wrong with the stack itself. */
export async function stackFindings(
  runtime: OperatorRuntime,
  attempt: Attempt,
  fleet: Fleet | undefined,
  patients: readonly {
    readonly targets: readonly { readonly memory: EndpointMemory | undefined }[];
  }[],
): Promise<Finding[]> {
  if (!fleet) return notThere(runtime);
  if (fleet.leaving) {
    return [
      {
        code: 'stack-leaving',
        severity: 'error',
        what: 'The stack is being deleted: every endpoint is released and none is enrolled.',
        fix: `If that was broken off, a stack can only be deleted again: npx serverless remove --stage ${runtime.names.stage} --region ${await runtime.region()}; then deploy it anew.`,
      },
    ];
  }
  const looks = patients.flatMap(({ targets }) =>
    targets.flatMap(({ memory }) => memory?.lookedAtMs ?? []),
  );
  if (looks.some((lookedAtMs) => runtime.now() - lookedAtMs <= LOOK_OVERDUE_MS)) return [];
  return sweepMissing(runtime, attempt);
}

async function notThere({ enrolments, names, region }: OperatorRuntime): Promise<Finding[]> {
  try {
    await enrolments.fleet();
    return [];
  } catch (error) {
    // Told already, as a permission that the caller lacks.
    if (isDenied(error)) return [];
    return [
      {
        code: 'stack-missing',
        severity: 'error',
        what: `There is no table ${names.table} in this account and region: the stack is not deployed here, or under another stage.`,
        fix: `npx serverless deploy --stage ${names.stage} --region ${await region()}, or name the stage with --stage.`,
      },
    ];
  }
}

/** With nothing enrolled, or nothing looked at, the count of invocations has to tell. */
async function sweepMissing(
  { functions, names, now, region }: OperatorRuntime,
  attempt: Attempt,
): Promise<Finding[]> {
  let isKnown = true;
  const read = async () => functions.count(names.sweepFunction, HEARTBEAT_SECONDS, now() / 1000);
  const count = await attempt('cloudwatch:GetMetricData', 'the sweep is not checked', async () => {
    isKnown = false;
    const found = await read();
    isKnown = true;
    return found;
  });
  if (!isKnown || (count ?? 0) > 0) return [];
  return [
    {
      code: 'sweep-missing',
      severity: 'error',
      what: `The function ${names.sweepFunction} did not run in the last ten minutes: tags are not found, and lost events are not made good.`,
      fix: `npx serverless deploy --stage ${names.stage} --region ${await region()} restores its schedule (deployed only now, it needs two minutes); its log group /aws/lambda/${names.sweepFunction} says more.`,
    },
  ];
}
