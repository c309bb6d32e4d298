import {
  type CloudWatchClient,
  GetAlarmMuteRuleCommand,
  ListAlarmMuteRulesCommand,
} from '@aws-sdk/client-cloudwatch';

/** A rule by which somebody mutes alarms. */
export interface MuteRule {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly updatedAtMs: number;
}

/** Reads alarm mute rules. */
export interface MuteRules {
  /** Rules that mute their alarms at this moment. */
  active(): Promise<MuteRule[]>;
  /** Names of the alarms that a rule mutes. */
  alarmNames(rule: MuteRule): Promise<readonly string[]>;
}

/** `arn:<partition>:cloudwatch:<region>:<account>:alarm-mute-rule:<name>` */
const ARN = /^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm-mute-rule:(.+)$/;

export function cloudWatchMuteRules(client: CloudWatchClient): MuteRules {
  return {
    async active() {
      const rules: MuteRule[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new ListAlarmMuteRulesCommand({
            Statuses: ['ACTIVE'],
            MaxRecords: 100,
            ...(NextToken ? { NextToken } : {}),
          }),
        );
        for (const { AlarmMuteRuleArn = '', LastUpdatedTimestamp } of page.AlarmMuteRuleSummaries ??
          []) {
          const name = ARN.exec(AlarmMuteRuleArn)?.[1];
          if (name) rules.push({ name, updatedAtMs: LastUpdatedTimestamp?.getTime() ?? 0 });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return rules;
    },

    async alarmNames({ name }) {
      const rule = await client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: name }));
      return rule.MuteTargets?.AlarmNames ?? [];
    },
  };
}
