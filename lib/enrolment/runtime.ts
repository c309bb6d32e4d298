import type { Alarms } from '../aws/alarms.ts';
import type { EndpointTags } from '../aws/endpoint-tags.ts';
import type { Endpoints } from '../aws/endpoints.ts';
import type { Measurements } from '../aws/measurements.ts';
import type { MuteRules } from '../aws/mute-rules.ts';
import type { Parameters } from '../aws/parameters.ts';
import type { Rechecks } from '../aws/rechecks.ts';
import type { ScalableTargets } from '../aws/scalable-targets.ts';
import type { ScalingPolicies } from '../aws/scaling-policies.ts';
import type { VariantInstances } from '../aws/variant-instances.ts';
import type { DecisionRuntime } from '../cycle/decisions.ts';
import type { ConfigurationNoticeRuntime } from '../notify/configuration.ts';
import type { PacerRuntime } from './pacer.ts';

/** What releasing a target works with. */
export interface ReleaseRuntime extends DecisionRuntime, PacerRuntime {
  readonly alarms: Alarms;
  readonly policies: ScalingPolicies;
  readonly scalableTargets: ScalableTargets;
}

/** What enrolment works with. */
export interface EnrolmentRuntime extends ReleaseRuntime, ConfigurationNoticeRuntime {
  readonly endpoints: Endpoints;
  readonly measurements: Measurements;
  readonly muteRules: MuteRules;
  readonly parameters: Parameters;
  readonly rechecks: Rechecks;
  readonly tags: EndpointTags;
  readonly variantInstances: VariantInstances;
}
