import { SignatureV4 } from '@smithy/signature-v4';

/**
 * Stands in for `@aws-sdk/signature-v4-multi-region` in the deployed bundles (see serverless.yml): only
 * calls to several regions at once (EventBridge global endpoints) are signed otherwise, and none is made.
 */
export class SignatureV4MultiRegion extends SignatureV4 {
  static sigv4aDependency(): 'none' {
    return 'none';
  }
}
