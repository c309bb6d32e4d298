import { DEFAULT_STAGE, stackNames } from '../../lib/operate/stack-names.ts';
import { type EmulatorOptions, startEmulator } from '../../simulator/server/emulator.ts';

export const REGION = 'eu-west-1';

/** Of the service that is deployed. */
export const TABLE = stackNames(DEFAULT_STAGE).table;

export const CREDENTIALS = { accessKeyId: 'emulated', secretAccessKey: 'emulated' } as const;

/** An emulator in this process on a free port; the defects that it finds in itself are gathered. */
export async function startTestEmulator(options: Partial<EmulatorOptions> = {}) {
  const troubles: string[] = [];
  const emulator = await startEmulator({
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    speed: 20,
    startMs: Math.floor(Date.now() / 1000) * 1000,
    seed: 1,
    shape: { targetPerInstance: 1500, serviceSeconds: 0.2, leadTimeSeconds: 10 },
    withScaler: true,
    onTrouble: (message, error) => {
      // Without an error it only says that a busy machine could not keep up.
      if (error !== undefined) troubles.push(`${message}: ${error}`);
    },
    ...options,
  });
  const { clock } = emulator.parts;
  return {
    ...emulator,
    troubles,
    /** For an SDK client. */
    clientConfig: {
      region: REGION,
      endpoint: emulator.url,
      credentials: CREDENTIALS,
      maxAttempts: 1,
    },
    /**
     * Asks again each second of the account until there is an answer.
     * @throws when a quarter of an hour of the account has passed without one
     */
    async eventually<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> {
      for (let second = 0; second < 900; second += 1) {
        const answer = await ask();
        if (answer !== undefined) return answer;
        await new Promise<void>((resolve) => clock.after(1000, resolve));
      }
      throw new Error('No answer within a quarter of an hour.');
    },
  };
}
