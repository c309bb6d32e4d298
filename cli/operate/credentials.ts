import { loadSharedConfigFiles } from '@smithy/core/config';
import { EXIT, Exit } from '../exit.ts';
import type { Surroundings } from './surroundings.ts';

type Environment = Surroundings['environment'];

/** The SDK needs no logger; without one it warns on the console of what is settled here. */
const logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * How the clients find their credentials: as the AWS CLI does, for which a profile that an option
 * names comes before keys in the environment, and those before AWS_PROFILE.
 * @throws {Exit} when there is no such profile
 */
export async function credentialSettings(
  profile: string | undefined,
  environment: Environment,
): Promise<Record<string, unknown>> {
  const [from, name] =
    profile === undefined ? ['AWS_PROFILE', environment.AWS_PROFILE] : ['--profile', profile];
  if (name) await requireProfile(from, name);
  if (profile !== undefined) return { profile, logger };
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!name || !accessKeyId || !secretAccessKey) return { logger };
  const sessionToken = environment.AWS_SESSION_TOKEN;
  return {
    logger,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
  };
}

async function requireProfile(from: string, name: string): Promise<void> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const isKnown = (file: object) => Object.hasOwn(file, name);
  // Where nothing is configured there may still be a role of the machine, which the default one stands for.
  if (name === 'default' || isKnown(configFile) || isKnown(credentialsFile)) return;
  throw new Exit(
    EXIT.usage,
    `${from} ${name} names no profile of your AWS configuration: "aws configure list-profiles" lists them.`,
  );
}
