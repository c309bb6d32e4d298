import type { TargetConfig } from './schema.ts';

/** The settings that nobody set. */
export const DEFAULTS: TargetConfig = {
  mode: 'act',
  signal: 'auto',
  targetPerInstance: null,
  riskPrice: 10,
  leadTimeSeconds: 300,
  scaleInStableSeconds: null,
  scaleOutSpacingSeconds: 20,
  scaleInSpacingSeconds: 60,
  wakeFraction: 0.8,
  dailyPattern: true,
  leaseSeconds: 900,
  minCapacity: null,
  maxCapacity: null,
  windows: [],
  maxInstanceHoursPerDay: null,
};
