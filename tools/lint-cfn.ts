// Lints the CloudFormation template that `serverless package` makes. Every finding fails, warnings
// included. One region of each partition, since the stack may be deployed in any; with and without what
// an organisation may ask of roles.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverless } from './serverless.ts';

const REGIONS = ['us-east-1', 'eu-west-1', 'us-gov-west-1', 'cn-north-1'];

/** What the stack's parameters are, beside their defaults. */
const ROLE_PARAMETERS = [
  'PermissionsBoundary=arn:aws:iam::123456789012:policy/boundary',
  'RolePath=/teams/ml/',
];

const folder = mkdtempSync(join(tmpdir(), 'fast-scaler-template-'));
try {
  const isInstalled = !spawnSync('cfn-lint', ['--version'], { stdio: 'ignore' }).error;
  if (isInstalled) {
    await serverless(['package', '--package', folder]);
    const template = join(folder, 'cloudformation-template-update-stack.json');
    const lint = (...args: readonly string[]) =>
      spawnSync('cfn-lint', ['--template', template, '--regions', ...REGIONS, ...args], {
        stdio: 'inherit',
      }).status === 0;
    const isClean = [lint(), lint('--parameters', ...ROLE_PARAMETERS)].every(Boolean);
    if (isClean) console.log(`cfn-lint: no findings in ${REGIONS.join(', ')}`);
    process.exitCode = isClean ? 0 : 1;
  } else {
    console.log('not run: cfn-lint is not installed');
  }
} finally {
  rmSync(folder, { recursive: true });
}
