import type { AccountSettings, CustomSignal, ScheduledWindow } from './schema.ts';

/** What a user needs to know of a setting beside its form. Read by the documentation only. */
export interface SettingReference {
  readonly meaning: string;
  /** Unit of the number, where the name does not carry it. */
  readonly unit?: string;
  /** What null means, where null is allowed. */
  readonly whenNull?: string;
}

/** Every setting, in the order in which a reader should meet them. */
export const REFERENCE: Readonly<Record<keyof AccountSettings, SettingReference>> = {
  mode: {
    meaning:
      '`act` moves Min and Max. `observe` decides and records everything, and writes nothing but its own state, alarms and metrics. `paused` looks at nothing and holds nothing. On the way out of `act` the owner’s Min and Max come back, and a backstop policy that the scaler put goes.',
  },
  signal: {
    meaning:
      'What measures the load. `invocations`: requests in ten-second windows; needs enhanced metrics that are published every 10 s. `concurrency`: requests inside the containers of one instance, always there. A metric object: your own metric, published every ten seconds with a storage resolution of 1. `auto` takes invocations where they are published every 10 s, else what callers count with the client library, if that is nearly all of the load, else concurrency; for a target in concurrent requests, what callers count, else concurrency.',
  },
  targetPerInstance: {
    meaning:
      'Load that one instance is meant to carry. With `auto` a number given here is in invocations a minute, and turned into concurrency by Little’s law, and by how peaks were seen to lie above the mean, where it must be.',
    unit: 'invocations a minute, concurrent requests, or the unit of your metric (a minute of it for `Sum`)',
    whenNull: 'read off the target-tracking policy that the target already has',
  },
  riskPrice: {
    meaning:
      'What one unserved instance-second is worth in instance-seconds: higher is faster and dearer.',
    unit: 'instance-seconds',
  },
  leadTimeSeconds: {
    meaning:
      'How long a new instance takes to serve, until it was measured once. Where nobody sets it, it goes by the kind of the instance: 240 to 600; the default is for kinds that are not known.',
  },
  scaleInStableSeconds: {
    meaning:
      'How long Min must have carried demand before capacity goes back to it, whatever the load before was, unless scale-ins were regretted of late or capacity changed too often within the hour.',
    whenNull: 'as long as the measured lead time, 60 to 180',
  },
  scaleOutSpacingSeconds: {
    meaning: 'Least time between two scale-outs.',
  },
  scaleInSpacingSeconds: {
    meaning: 'Least time between two scale-ins.',
  },
  wakeFraction: {
    meaning:
      'Part of the target per instance at which the ten-second alarm wakes the scaler, and below which it rests.',
    unit: 'fraction',
  },
  dailyPattern: {
    meaning:
      'Whether instances are asked for ahead of rises that the target’s own last days show at this time, as long as that would have paid on days it had not seen. Never lowers anything, never exceeds your Max.',
  },
  leaseSeconds: {
    meaning:
      'How long Min and Max stay moved if the scaler dies: a scheduled action in Application Auto Scaling then sets the owner’s back. Renewed while the scaler lives.',
  },
  minCapacity: {
    meaning:
      'Min of the scalable target, used only to register one where there is none. Of a registered target, Min is what its owner set there.',
    unit: 'instances',
    whenNull: 'no scalable target is registered',
  },
  maxCapacity: {
    meaning: 'Max of the scalable target, likewise.',
    unit: 'instances',
    whenNull: 'no scalable target is registered',
  },
  windows: {
    meaning:
      'Recurring spans in which at least, or at most, so many instances are wanted. Inside your Min and Max.',
  },
  maxInstanceHoursPerDay: {
    meaning:
      'Budget of the target for a day of UTC. Once it is spent, no more than your Min is held until midnight UTC.',
    unit: 'instance-hours',
    whenNull: 'no budget',
  },
  discover: {
    meaning:
      'Puts every scalable target of a SageMaker variant in the account that is not enrolled into `observe`, so that you see what the scaler would do.',
  },
  accountMaxInstanceHoursPerDay: {
    meaning:
      'Budget of all enrolled targets together for a day of UTC. Only in `/fast-scaler/defaults`.',
    unit: 'instance-hours',
    whenNull: 'no budget',
  },
};

/** The keys of one of the `windows`. */
export const WINDOW_REFERENCE: Readonly<Record<keyof ScheduledWindow, SettingReference>> = {
  cron: {
    meaning:
      'When the window begins: minute, hour, day of the month, month, day of the week (`0 8 * * 1-5`: working days at eight).',
  },
  timeZone: { meaning: 'IANA time zone of `cron`, such as `Europe/Berlin`.' },
  durationMinutes: {
    meaning: 'How long it lasts. A change of the clocks in between does not matter.',
  },
  minInstances: {
    meaning: 'At least so many serve from its beginning: they are asked for a lead time ahead.',
    unit: 'instances',
  },
  maxInstances: { meaning: 'At most so many, whatever demand needs.', unit: 'instances' },
};

/** The keys of a metric as `signal`. */
export const CUSTOM_SIGNAL_REFERENCE: Readonly<Record<keyof CustomSignal, SettingReference>> = {
  namespace: { meaning: 'CloudWatch namespace.' },
  metricName: { meaning: 'Metric name. It must be published in windows of 10 s or less.' },
  dimensions: { meaning: 'All dimensions of the metric, exactly.' },
  statistic: { meaning: 'How to read a window.' },
  loadScope: {
    meaning: 'Whether the metric counts the load of the whole variant or of one instance.',
  },
};
