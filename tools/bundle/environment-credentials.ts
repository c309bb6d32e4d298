/**
 * Stands in for `@aws-sdk/credential-provider-node` in the deployed bundles (see serverless.yml):
 * a Lambda function always finds its role's credentials in these variables, and they stay valid for
 * as long as its environment lives.
 * @throws {Error} from the returned provider when a variable is missing
 */
export function defaultProvider() {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (!accessKeyId || !secretAccessKey) {
      throw new Error(
        'No AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. The deployed bundles read credentials from the environment only, as Lambda provides them.',
      );
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  };
}
