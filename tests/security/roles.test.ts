import { describe, expect, it } from 'vitest';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { createAccount } from '../../simulator/account/create-account.ts';
import { enforceRoles } from '../../simulator/account/iam/enforce.ts';
import type { FunctionRole } from '../../simulator/account/iam/roles.ts';
import { deployService } from '../../simulator/run/deploy.ts';
import { createEndpoint, QUESTION_COOLDOWNS } from '../../simulator/run/endpoint.ts';
import { serviceRoles } from '../lifecycle/roles.ts';
import { START_SECONDS } from '../lifecycle/world.ts';
import { CHECKOUT, PER_INSTANCE, USUAL_ENDPOINT, USUAL_MODEL } from '../usual-endpoint.ts';
import { WITHOUT_RESOURCE } from './without-resource.ts';

const rights = [...serviceRoles()].flatMap(([functionName, { statements }]) =>
  statements.flatMap(({ actions, resources, policy }) =>
    actions.map((action) => [`${functionName}, ${policy}, ${action}`, action, resources] as const),
  ),
);

describe('every right of every role', () => {
  it.each(rights)('%s: one action, on no more than there must be', (_, action, resources) => {
    expect(action).toMatch(/^[a-z-]+:[A-Za-z]+$/);
    if (WITHOUT_RESOURCE.includes(action)) expect(resources).toEqual(['*']);
    else
      for (const resource of resources)
        expect(resource).toMatch(/^arn:aws:[a-z-]+:[^:]*:123456789012:.+/);
  });
});

it('every function has a role of its own', () => {
  const arns = [...serviceRoles().values()].map(({ arn }) => arn.split('/')[1]);
  expect(new Set(arns).size).toBe(arns.length);
});

/** The roles without one action, of one function. */
function without(functionName: string, action: string): Map<string, FunctionRole> {
  const roles = new Map(serviceRoles());
  const role = roles.get(functionName) as FunctionRole;
  const statements = role.statements.map((statement) => ({
    ...statement,
    actions: statement.actions.filter((each) => each !== action),
  }));
  return roles.set(functionName, { ...role, statements });
}

/** A surge on an enrolled endpoint, under these roles. */
async function surgeUnder(roles: ReadonlyMap<string, FunctionRole>) {
  const parts = createAccount({
    startMs: START_SECONDS * 1000,
    seed: 1,
    model: USUAL_MODEL,
  });
  createEndpoint(parts, { ...USUAL_ENDPOINT, ...QUESTION_COOLDOWNS });
  const { denials } = enforceRoles(parts.account, roles);
  const deployment = await deployService(parts);
  parts.plant.setLoad(CHECKOUT.endpointName, CHECKOUT.variantName, () => 9 * PER_INSTANCE);
  await parts.account.perform(parts.ssm, 'PutParameter', {
    Name: targetParameterName(CHECKOUT),
    Type: 'String',
    Value: '{}',
  });
  await parts.clock.runUntil((START_SECONDS + 100) * 1000);
  return { denials, records: await deployment.decisions(CHECKOUT.endpointName) };
}

describe('a call outside the role', () => {
  it('is there for nobody: with its rights, each function does its work', async () => {
    const { denials, records } = await surgeUnder(serviceRoles());
    expect(denials).toEqual([]);
    expect(records.map(({ outcome }) => outcome.status)).toContain('taken');
  });

  it.each([
    ['parameter', 'cloudwatch:PutMetricAlarm', 'no identity-based policy allows'],
    ['parameter', 'ssm:GetParameter', 'parameter/fast-scaler/targets/checkout/AllTraffic'],
    ['alarm', 'dynamodb:UpdateItem', 'table/Table'],
    ['recheck', 'cloudwatch:GetMetricData', 'on resource: *'],
    ['sweep', 'sagemaker:ListTags', 'endpoint/checkout'],
  ])('is denied and told: %s without %s', async (functionName, action, told) => {
    const { denials } = await surgeUnder(without(functionName, action));
    const denial = denials.find((text) => text.includes(`perform: ${action} `)) ?? '';
    expect(denial).toContain(told);
    expect(denial).toContain(`sagemaker-fast-scaler-prod-${functionName}`);
  });

  it('reaches the function as AWS says it: a nudge that may not be fails and is recorded', async () => {
    const roles = ['alarm', 'endpoint', 'recheck'].reduce(
      (all, name) =>
        all.set(
          name,
          without(name, 'sagemaker:UpdateEndpointWeightsAndCapacities').get(name) as FunctionRole,
        ),
      new Map(serviceRoles()),
    );
    const { records } = await surgeUnder(roles);
    const [failed] = records.filter(({ outcome }) => outcome.status === 'failed');
    // Application Auto Scaling itself refuses, for what it tried with the caller's rights.
    expect(failed?.outcome).toMatchObject({ errorCode: 'ValidationException' });
    expect(records.map(({ outcome }) => outcome.status)).not.toContain('taken');
  });
});
