/** How a service is named on the wire. */
export interface ServiceNames {
  /** The name that the account knows it by. */
  readonly name: string;
  /** First part of `X-Amz-Target` in the AWS JSON protocols; the service in RPC v2 paths. */
  readonly targetPrefix?: string;
  /** In the credential scope of a signature. */
  readonly signingName: string;
  /** Of services that have, or had, an AWS query protocol: version and namespace of its documents. */
  readonly query?: { readonly version: string; readonly namespace: string };
}

/** The services that the embedded account can have, as the API models of their SDK clients name them. */
export const SERVICES: readonly ServiceNames[] = [
  {
    name: 'application-auto-scaling',
    targetPrefix: 'AnyScaleFrontendService',
    signingName: 'application-autoscaling',
  },
  {
    name: 'cloudwatch',
    targetPrefix: 'GraniteServiceVersion20100801',
    signingName: 'monitoring',
    query: {
      version: '2010-08-01',
      namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    },
  },
  { name: 'sagemaker', targetPrefix: 'SageMaker', signingName: 'sagemaker' },
  { name: 'sagemaker-runtime', signingName: 'sagemaker' },
  { name: 'dynamodb', targetPrefix: 'DynamoDB_20120810', signingName: 'dynamodb' },
  {
    name: 'sqs',
    targetPrefix: 'AmazonSQS',
    signingName: 'sqs',
    query: { version: '2012-11-05', namespace: 'http://queue.amazonaws.com/doc/2012-11-05/' },
  },
  {
    name: 'sns',
    signingName: 'sns',
    query: { version: '2010-03-31', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/' },
  },
  { name: 'service-quotas', targetPrefix: 'ServiceQuotasV20190624', signingName: 'servicequotas' },
  { name: 'ssm', targetPrefix: 'AmazonSSM', signingName: 'ssm' },
  { name: 'eventbridge', targetPrefix: 'AWSEvents', signingName: 'events' },
];

/** The service of an `X-Amz-Target` prefix; undefined: none has it. */
export function serviceByTarget(prefix: string): ServiceNames | undefined {
  return SERVICES.find(({ targetPrefix }) => targetPrefix === prefix);
}
