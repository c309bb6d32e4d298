import { beforeAll, describe, expect, it } from 'vitest';
import { packagedTemplate, type Template } from '../deploy/template.ts';

const BOUNDARY = 'arn:aws:iam::123456789012:policy/boundary';
const PATH = '/teams/ml/';

let plain: Template;
let asked: Template;

beforeAll(async () => {
  [plain, asked] = await Promise.all([
    packagedTemplate(),
    packagedTemplate({ permissionsBoundary: BOUNDARY, rolePath: PATH }),
  ]);
});

/** What a role's property comes to: what is given, or nothing. */
const where = (condition: string, parameter: string) => ({
  'Fn::If': [condition, { Ref: parameter }, { Ref: 'AWS::NoValue' }],
});

const givenWhen = (parameter: string) => ({
  'Fn::Not': [{ 'Fn::Equals': [{ Ref: parameter }, ''] }],
});

const isRole = (type: string) => type === 'AWS::IAM::Role';

const defaults = ({ Parameters = {} }: Template) =>
  Object.fromEntries(Object.entries(Parameters).map(([name, { Default }]) => [name, Default]));

describe('a permissions boundary and a path of roles', () => {
  it('are on every role of the template, also on any that the deploy tool makes', () => {
    const roles = Object.entries(asked.Resources).filter(([, { Type }]) => isRole(Type));
    expect(roles.length).toBeGreaterThan(0);
    for (const [id, { Properties }] of roles) {
      expect([id, Properties?.PermissionsBoundary, Properties?.Path]).toEqual([
        id,
        where('HasPermissionsBoundary', 'PermissionsBoundary'),
        where('HasRolePath', 'RolePath'),
      ]);
    }
  });

  it('leave nothing aside: rights come with roles only', () => {
    const types = Object.values(asked.Resources).map(({ Type }) => Type);
    const ofOthers = types.filter((type) => type.startsWith('AWS::IAM::') && !isRole(type));
    expect(ofOthers).toEqual([]);
  });

  it('are there where they are given', () => {
    expect(defaults(asked)).toEqual({ PermissionsBoundary: BOUNDARY, RolePath: PATH });
    expect(asked.Conditions).toEqual({
      HasPermissionsBoundary: givenWhen('PermissionsBoundary'),
      HasRolePath: givenWhen('RolePath'),
    });
  });

  it('are not there where nobody gives them', () => {
    expect(defaults(plain)).toEqual({ PermissionsBoundary: '', RolePath: '' });
  });

  it('make no other difference', () => {
    const { Parameters: _, ...template } = plain;
    const { Parameters: __, ...other } = asked;
    const withoutTimes = (value: object) =>
      JSON.stringify(value).replace(/\d+-\d{4}-\d\d-\d\dT[\d:.]+Z/g, '');
    expect(withoutTimes(other)).toBe(withoutTimes(template));
  });
});

describe('CloudFormation takes', () => {
  const taken = (parameter: string, value: string) =>
    new RegExp(plain.Parameters?.[parameter]?.AllowedPattern ?? '').test(value);

  it.each<[parameter: string, value: string, isTaken: boolean]>([
    ['PermissionsBoundary', '', true],
    ['PermissionsBoundary', BOUNDARY, true],
    ['PermissionsBoundary', 'arn:aws-cn:iam::123456789012:policy/teams/ml/boundary', true],
    ['PermissionsBoundary', 'arn:aws:iam::aws:policy/PowerUserAccess', true],
    ['PermissionsBoundary', 'boundary', false],
    ['PermissionsBoundary', 'arn:aws:iam::123456789012:role/boundary', false],
    ['RolePath', '', true],
    ['RolePath', '/', true],
    ['RolePath', PATH, true],
    ['RolePath', 'teams/ml/', false],
    ['RolePath', '/teams/ml', false],
    ['RolePath', '/teams ml/', false],
  ])('a %s %j: %s', (parameter, value, isTaken) => {
    expect(taken(parameter, value)).toBe(isTaken);
  });
});
