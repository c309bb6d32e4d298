/** Everything that the injector can do by chance while it is switched on, and what one unit of it is. */
export const STORM_KINDS = {
  'event-dropped': 'a delivery of an event to a rule never happens',
  'event-duplicated': 'a delivery happens twice, up to 10 s apart',
  'event-reordered': 'a delivery is late by up to 20 s, so that later events overtake it',
  'event-delayed': 'a delivery is late by up to an hour',
  'message-duplicated': 'a message of the queue is there twice',
  'sweep-skipped': 'the schedule does not fire',
  'call-throttled': 'an AWS call is refused for its rate',
  'call-failed': 'an AWS call fails with status 500',
  'call-timed-out': 'an AWS call takes effect and its answer is lost',
  'write-ack-lost': 'a write to DynamoDB takes effect and its answer is lost',
  'call-slow': 'an AWS call takes up to 3 s',
  'handler-killed': 'a function dies between two of its AWS calls, or before the first',
  'clock-skewed': 'the clock of a function instance is 30 s off',
  'metric-missing': 'a datapoint is never published',
  'metric-late': 'a datapoint becomes readable up to 45 s later',
  'metric-stale': 'a datapoint becomes readable one to five minutes later',
  'metric-zero': 'a datapoint says zero',
  'metric-absurd': 'a datapoint is a million times too high',
  'capacity-insufficient':
    'EC2 has no instances: updating for 35 minutes, then back at the old count',
} as const;

/** A kind of fault that happens by chance. */
export type StormKind = keyof typeof STORM_KINDS;

/** How often each thing happened. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(kind: string, count = 1): void {
    this.#counts.set(kind, this.of(kind) + count);
  }

  of(kind: string): number {
    return this.#counts.get(kind) ?? 0;
  }

  addAll(counts: Readonly<Record<string, number>>): void {
    for (const [kind, count] of Object.entries(counts)) this.add(kind, count);
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
