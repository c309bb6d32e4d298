import { TAG_KEY } from '../../../lib/enrolment/parameter-name.ts';
import { shownIn } from '../shown.ts';
import { LifecycleWorld } from '../world.ts';
import { CHECKOUT, type EndpointOptions, type ScheduledAction, type World } from './world.ts';

const NAMES = {
  ServiceNamespace: 'sagemaker',
  ResourceId: CHECKOUT.resourceId,
  ScalableDimension: CHECKOUT.scalableDimension,
} as const;
const EndpointName = CHECKOUT.endpointName;

/** The embedded account, with every function under its own role. */
export async function embeddedWorld(used: Set<string>): Promise<World> {
  const world = await LifecycleWorld.create(1, {}, used);
  const { account, autoScaling, sageMaker, ssm } = world.parts;
  return {
    name: 'the embedded account',
    run: (seconds) => world.run(seconds),

    setDemand: (instances) => world.setDemand(instances),
    async addEndpoint({ isFast = true, ...options }: EndpointOptions = {}) {
      world.addEndpoint({ ...options, isEnhanced: isFast });
    },
    async changeInstanceType() {
      sageMaker.createEndpointConfig({
        EndpointConfigName: 'checkout-config-2',
        ProductionVariants: [
          {
            VariantName: CHECKOUT.variantName,
            ModelName: 'checkout-model',
            InstanceType: 'ml.g5.2xlarge',
            InitialInstanceCount: 1,
          },
        ],
      });
      await world.untilInService();
      sageMaker.updateEndpoint({ EndpointName, EndpointConfigName: 'checkout-config-2' });
    },
    async deleteEndpoint() {
      sageMaker.deleteEndpoint({ EndpointName });
    },
    async tag(value) {
      const { EndpointArn: ResourceArn } = sageMaker.describeEndpoint({ EndpointName });
      if (value === null) {
        await account.perform(sageMaker, 'DeleteTags', { ResourceArn, TagKeys: [TAG_KEY] });
        return;
      }
      const Tags = [{ Key: TAG_KEY, Value: value }];
      await account.perform(sageMaker, 'AddTags', { ResourceArn, Tags });
    },
    async register(bounds) {
      world.register(CHECKOUT, bounds);
    },
    async deregister() {
      world.deregister(CHECKOUT);
    },
    async putOwnersPolicy() {
      world.putOwnersPolicy(CHECKOUT);
    },
    async putScheduledAction({ name, schedule, bounds }: ScheduledAction) {
      autoScaling.putScheduledAction({
        ...NAMES,
        ScheduledActionName: name,
        Schedule: schedule,
        ScalableTargetAction: { MinCapacity: bounds.min, MaxCapacity: bounds.max },
      });
    },
    putParameter: (name, text) => world.putParameter(name, text),
    async deleteParameter(name) {
      await account.perform(ssm, 'DeleteParameter', { Name: name });
    },
    removeStack: () => world.deployment.remove(),

    bounds: async () => world.bounds(CHECKOUT) ?? null,
    alarmThreshold: async () => world.alarmThreshold(CHECKOUT) ?? null,
    policies: async () => (world.bounds(CHECKOUT) ? world.policies(CHECKOUT) : []),
    async scheduledActions() {
      if (!world.bounds(CHECKOUT)) return [];
      const { ScheduledActions } = autoScaling.describeScheduledActions(NAMES);
      return ScheduledActions.map(({ ScheduledActionName, Schedule, ScalableTargetAction }) => ({
        name: String(ScheduledActionName),
        schedule: String(Schedule),
        bounds: {
          min: ScalableTargetAction?.MinCapacity ?? Number.NaN,
          max: ScalableTargetAction?.MaxCapacity ?? Number.NaN,
        },
      }));
    },
    shown: (target) => shownIn(world, target),
    decisions: () => world.deployment.decisions(EndpointName),
    get calls() {
      return world.calls.map(({ operation }) => operation);
    },
    faults: () => [
      ...world.roles.denials,
      ...world.deployment.failures.map(({ functionName, error }) => `${functionName}: ${error}`),
    ],
    stop: async () => {},
  };
}
