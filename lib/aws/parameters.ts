import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';

/** Reads parameters. */
export interface Parameters {
  /** Undefined when there is no such parameter. */
  read(name: string): Promise<string | undefined>;
}

export function parameterStore(client: SSMClient): Parameters {
  return {
    async read(name) {
      try {
        const output = await client.send(
          new GetParameterCommand({ Name: name, WithDecryption: true }),
        );
        return output.Parameter?.Value;
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        throw error;
      }
    },
  };
}
