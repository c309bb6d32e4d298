// Lints the CloudFormation template that `serverless package` makes. Every finding fails, warnings
// included. One region of each partition, since the stack may be deployed in any.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverless } from './serverless.ts';

const REGIONS = ['us-east-1', 'eu-west-1', 'us-gov-west-1', 'cn-north-1'];

const folder = mkdtempSync(join(tmpdir(), 'fast-scaler-template-'));
try {
  const isInstalled = !spawnSync('cfn-lint', ['--version'], { stdio: 'ignore' }).error;
  if (isInstalled) {
    await serverless(['package', '--package', folder]);
    const template = join(folder, 'cloudformation-template-update-stack.json');
    const { status } = spawnSync('cfn-lint', ['--template', template, '--regions', ...REGIONS], {
      stdio: 'inherit',
    });
    if (status === 0) console.log(`cfn-lint: no findings in ${REGIONS.join(', ')}`);
    process.exitCode = status === 0 ? 0 : 1;
  } else {
    console.log('not run: cfn-lint is not installed');
  }
} finally {
  rmSync(folder, { recursive: true });
}
