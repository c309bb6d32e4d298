import { expect, it } from 'vitest';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import { resolve } from '../../lib/config/resolve.ts';
import { leadTimePrior, withLeadTimePrior } from '../../lib/enrolment/lead-time-prior.ts';
import { inputNames } from '../../lib/enrolment/parameter-name.ts';
import { variantTarget } from '../../lib/target.ts';

it.each<[string | null | undefined, number]>([
  ['ml.t2.medium', 240],
  ['ml.m5.xlarge', 240],
  ['ml.c7g.4xlarge', 240],
  ['ml.r6gd.16xlarge', 240],
  ['ml.g4dn.xlarge', 300],
  ['ml.g5.8xlarge', 300],
  ['ml.g6e.2xlarge', 300],
  ['ml.inf2.8xlarge', 300],
  ['ml.g5.12xlarge', 420],
  ['ml.g5.16xlarge', 300],
  ['ml.g6e.48xlarge', 420],
  ['ml.inf2.24xlarge', 420],
  ['ml.p3.2xlarge', 600],
  ['ml.p5.48xlarge', 600],
  ['ml.p4de.24xlarge', 600],
  ['ml.trn1.32xlarge', 600],
  ['ml.hpc7.large', 300],
  ['p5.48xlarge', 300],
  ['', 300],
  [null, 300],
  [undefined, 300],
])('%s takes %s s until it serves, as far as is known', (type, seconds) => {
  expect(leadTimePrior(type)).toBe(seconds);
});

it('what is the default for is a kind with one accelerator', () => {
  expect(leadTimePrior('ml.g5.xlarge')).toBe(DEFAULTS.leadTimeSeconds);
});

it.each([
  ['nobody', {}, 600],
  ['the account', { defaults: '{"leadTimeSeconds":300}' }, 300],
  ['the target', { target: '{"leadTimeSeconds":90}' }, 90],
])('a lead time that %s set', (_, inputs, seconds) => {
  const resolved = resolve(inputs, inputNames(variantTarget('a', 'b')));
  const { config, sources } = withLeadTimePrior(resolved, 'ml.p5.48xlarge');
  expect(config).toEqual({ ...resolved.config, leadTimeSeconds: seconds });
  expect(sources).toEqual(resolved.sources);
});
