import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICE_DIR, serverless } from '../../tools/serverless.ts';

/** A CloudFormation template, as far as tests look at it. */
export interface Template {
  readonly Parameters?: Readonly<
    Record<string, { readonly Default?: string; readonly AllowedPattern?: string }>
  >;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** The end of a zip archive that holds nothing. */
const EMPTY_ZIP = Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex');

/**
 * The template that the deploy tool makes of serverless.yml, with all that it adds by itself. Nothing
 * is bundled for it, which would take most of the time and leave no trace but the archives' names.
 * @param parameters as `--param` gives them
 */
export async function packagedTemplate(
  parameters: Readonly<Record<string, string>> = {},
): Promise<Template> {
  const folder = mkdtempSync(join(tmpdir(), 'fast-scaler-template-'));
  try {
    symlinkSync(join(SERVICE_DIR, 'resources'), join(folder, 'resources'));
    writeFileSync(join(folder, 'code.zip'), EMPTY_ZIP);
    writeFileSync(join(folder, 'serverless.yml'), withoutBundles());
    const given = Object.entries(parameters).flatMap(([name, value]) => [
      '--param',
      `${name}=${value}`,
    ]);
    await serverless(['package', '--package', 'packaged', ...given], {}, folder);
    const file = join(folder, 'packaged', 'cloudformation-template-update-stack.json');
    return JSON.parse(readFileSync(file, 'utf8')) as Template;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withoutBundles(): string {
  const text = readFileSync(join(SERVICE_DIR, 'serverless.yml'), 'utf8');
  const bundler = /^plugins:\n {2}- serverless-esbuild\n/m;
  const archives = /^ {2}individually: true$/m;
  assert.ok(bundler.test(text) && archives.test(text), 'serverless.yml bundles each function');
  return text.replace(bundler, '').replace(archives, '  artifact: code.zip');
}
