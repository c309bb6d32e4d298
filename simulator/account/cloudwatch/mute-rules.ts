import type {
  GetAlarmMuteRuleInput,
  ListAlarmMuteRulesInput,
  PutAlarmMuteRuleInput,
} from '@aws-sdk/client-cloudwatch';
import type { VirtualClock } from '../clock.ts';
import { requireRange } from '../input.ts';
import type { CallContext } from '../service.ts';
import { isoOffset } from './alarm-reason.ts';
import { resourceNotFoundException, validationFailure } from './errors.ts';
import { muteDurationMs, muteStarts } from './mute-schedule.ts';
import { page } from './paging.ts';

const DEFAULT_RECORDS = 50;
const MAX_RECORDS = 100;
const MAX_ALARMS = 100;

/** PutAlarmMuteRule as on the wire: times are epoch seconds. */
export interface PutAlarmMuteRuleWire
  extends Omit<PutAlarmMuteRuleInput, 'StartDate' | 'ExpireDate'> {
  readonly StartDate?: number;
  readonly ExpireDate?: number;
}

interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

interface MuteRule {
  readonly name: string;
  readonly arn: string;
  readonly input: PutAlarmMuteRuleWire;
  readonly updatedSeconds: number;
  /**
   * The first window that ends after `nowMs`, as far as it lies from StartDate to before
   * ExpireDate; undefined: there is none any more.
   */
  window(nowMs: number): Window | undefined;
}

/** What an event of a muted alarm carries. */
export interface MuteDetail {
  readonly mutedByArn: string;
  readonly muteWindowStart: string;
  readonly muteWindowEnd: string;
}

/** The alarm mute rules of an account: while one is active, the actions of its alarms do not run. */
export class MuteRules {
  readonly #clock: VirtualClock;
  readonly #context: CallContext;
  readonly #rules = new Map<string, MuteRule>();

  constructor(clock: VirtualClock, context: CallContext) {
    this.#clock = clock;
    this.#context = context;
  }

  put(input: PutAlarmMuteRuleWire): void {
    const { Name, Rule, MuteTargets, StartDate, ExpireDate } = input;
    if (!Name || !Rule?.Schedule?.Expression || !Rule.Schedule.Duration) {
      throw validationFailure(
        'Name, Rule.Schedule.Expression and Rule.Schedule.Duration are required.',
      );
    }
    if ((MuteTargets?.AlarmNames?.length ?? 0) > MAX_ALARMS) {
      throw validationFailure(`A mute rule takes at most ${MAX_ALARMS} alarm names.`);
    }
    if (StartDate !== undefined && ExpireDate !== undefined && StartDate >= ExpireDate) {
      throw validationFailure('StartDate must be before ExpireDate.');
    }
    const { Expression, Duration, Timezone = 'UTC' } = Rule.Schedule;
    const durationMs = muteDurationMs(Duration);
    const startAfter = muteStarts(Expression, Timezone);
    const validFromMs = toMs(StartDate) ?? Number.NEGATIVE_INFINITY;
    const validUntilMs = toMs(ExpireDate) ?? Number.POSITIVE_INFINITY;
    const { region, accountId } = this.#context;
    this.#rules.set(Name, {
      name: Name,
      arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm-mute-rule:${Name}`,
      input,
      updatedSeconds: this.#clock.nowSeconds,
      window(nowMs) {
        if (nowMs >= validUntilMs) return undefined;
        const startMs = startAfter(Math.max(nowMs, validFromMs) - durationMs);
        if (startMs === undefined || startMs >= validUntilMs) return undefined;
        return {
          fromMs: Math.max(startMs, validFromMs),
          untilMs: Math.min(startMs + durationMs, validUntilMs),
        };
      },
    });
  }

  get({ AlarmMuteRuleName = '' }: GetAlarmMuteRuleInput) {
    const rule = this.#rules.get(AlarmMuteRuleName);
    if (!rule) throw resourceNotFoundException(AlarmMuteRuleName);
    const { Name, Description, Rule, MuteTargets, StartDate } = rule.input;
    return { Name, Description, Rule, MuteTargets, StartDate, ...this.#summary(rule) };
  }

  list({ AlarmName, Statuses, MaxRecords = DEFAULT_RECORDS, NextToken }: ListAlarmMuteRulesInput) {
    requireRange('maxRecords', MaxRecords, 1, MAX_RECORDS);
    const found = [...this.#rules.values()]
      .filter((rule) => AlarmName === undefined || mutes(rule, AlarmName))
      .map((rule) => this.#summary(rule))
      .filter(({ Status }) => !Statuses || Statuses.includes(Status));
    const { items, ...rest } = page(found, MaxRecords, NextToken);
    return { AlarmMuteRuleSummaries: items, ...rest };
  }

  /** Deleting a rule that is not there is no error. */
  delete(name: string): void {
    this.#rules.delete(name);
  }

  /** By what an alarm is muted at this moment. */
  detail(alarmName: string): MuteDetail | undefined {
    for (const rule of this.#rules.values()) {
      const window = rule.window(this.#clock.nowMs);
      if (!window || window.fromMs > this.#clock.nowMs || !mutes(rule, alarmName)) continue;
      return {
        mutedByArn: rule.arn,
        muteWindowStart: isoOffset(window.fromMs),
        muteWindowEnd: isoOffset(window.untilMs),
      };
    }
    return undefined;
  }

  #summary(rule: MuteRule) {
    const { nowMs } = this.#clock;
    const window = rule.window(nowMs);
    const Status = !window ? 'EXPIRED' : window.fromMs <= nowMs ? 'ACTIVE' : 'SCHEDULED';
    const { Rule, ExpireDate } = rule.input;
    const isOneTime = Rule?.Schedule?.Expression?.startsWith('at(');
    return {
      AlarmMuteRuleArn: rule.arn,
      ExpireDate,
      Status: Status as 'EXPIRED' | 'ACTIVE' | 'SCHEDULED',
      MuteType: isOneTime ? 'ONE_TIME' : 'RECURRING',
      LastUpdatedTimestamp: rule.updatedSeconds,
    };
  }
}

function toMs(epochSeconds: number | undefined): number | undefined {
  return epochSeconds === undefined ? undefined : epochSeconds * 1000;
}

function mutes({ input }: MuteRule, alarmName: string): boolean {
  return input.MuteTargets?.AlarmNames?.includes(alarmName) ?? false;
}
