import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import { type ConfigInputs, resolve } from '../../lib/config/resolve.ts';
import { inputNames } from '../../lib/enrolment/parameter-name.ts';
import { variantTarget } from '../../lib/target.ts';

const run = (inputs: ConfigInputs) => resolve(inputs, inputNames(variantTarget('a', 'b')));

describe('resolution', () => {
  it.each<[string, ConfigInputs, string, string]>([
    ['nothing but a parameter', { target: '{}' }, 'act', 'built-in'],
    ['the account', { defaults: '{"mode":"paused"}', target: '{}' }, 'paused', 'defaults'],
    ['the tag over the account', { defaults: '{"mode":"act"}', tag: 'observe' }, 'observe', 'tag'],
    ['the target over the tag', { tag: 'act', target: '{"mode":"paused"}' }, 'paused', 'target'],
    ['an empty parameter beside a tag', { tag: 'observe', target: '{}' }, 'observe', 'tag'],
    ['a discovery', {}, 'observe', 'discover'],
    ['a discovery over the account', { defaults: '{"mode":"act"}' }, 'observe', 'discover'],
    ['a discovery in a paused account', { defaults: '{"mode":"paused"}' }, 'paused', 'defaults'],
  ])('takes the mode of %s', (_, inputs, mode, source) => {
    const { config, sources } = run(inputs);
    expect([config.mode, sources.mode]).toEqual([mode, source]);
  });

  it('keeps the source of every value', () => {
    const { config, sources } = run({
      defaults: '{"riskPrice":20,"leaseSeconds":600,"discover":true}',
      target: '{"riskPrice":30,"scaleInStableSeconds":null}',
    });
    expect(config).toEqual({ ...DEFAULTS, riskPrice: 30, leaseSeconds: 600 });
    expect(sources).toMatchObject({
      riskPrice: 'target',
      leaseSeconds: 'defaults',
      scaleInStableSeconds: 'target',
      wakeFraction: 'built-in',
    });
    expect(Object.keys(sources).sort()).toEqual(Object.keys(DEFAULTS).sort());
  });

  it('tells the faults of all inputs at once, each with its name', () => {
    const inputs = { defaults: '{"riskPrise":1}', tag: 'on', target: '{' };
    for (const fault of [
      '/fast-scaler/defaults',
      'endpoint a is "on"',
      'targets/a/b is not JSON',
    ]) {
      expect(() => run(inputs)).toThrow(fault);
    }
  });

  it.each([
    ['equal', '{"minCapacity":4,"maxCapacity":4}', true],
    ['crossed', '{"minCapacity":5,"maxCapacity":4}', false],
  ])('checks capacities against each other: %s', (_, target, isValid) => {
    const attempt = () => run({ target });
    if (isValid) expect(attempt).not.toThrow();
    else
      expect(attempt).toThrow('minCapacity 5 (from target) is above maxCapacity 4 (from target)');
  });

  it('checks capacities of different inputs against each other', () => {
    const inputs = { defaults: '{"maxCapacity":4}', target: '{"minCapacity":5}' };
    expect(() => run(inputs)).toThrow('maxCapacity 4 (from defaults)');
  });

  it.each<[string, ConfigInputs, boolean]>([
    ['the target', { target: '{"minCapacity":5,"maxCapacity":4,"riskPrise":1}' }, true],
    ['the account', { defaults: '{"maxCapacity":4,"mod":1}', target: '{"minCapacity":5}' }, true],
    ['the tag', { tag: 'on', target: '{"minCapacity":5,"maxCapacity":4}' }, true],
    ['a capacity', { target: '{"minCapacity":5.5,"maxCapacity":4}' }, false],
    ['the text', { target: '{"minCapacity":5,"maxCapacity":4' }, false],
  ])('with a fault of %s capacities are still checked against each other', (_, inputs, isTold) => {
    const crossed = expect.stringMatching(/is above maxCapacity 4/);
    const told = isTold ? crossed : expect.not.stringMatching(/is above/);
    expect(() => run(inputs)).toThrow(expect.objectContaining({ message: told }));
  });
});
