import {
  GetParameterCommand,
  GetParametersByPathCommand,
  ParameterNotFound,
  type SSMClient,
} from '@aws-sdk/client-ssm';

/** Reads parameters. */
export interface Parameters {
  /** Undefined when there is no such parameter. */
  read(name: string): Promise<string | undefined>;
  /**
   * Every parameter under a path, by name, read in pages of ten.
   * @param pause awaited between two pages
   */
  readAll(path: string, pause?: () => Promise<void>): Promise<ReadonlyMap<string, string>>;
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

    async readAll(path, pause) {
      const parameters = new Map<string, string>();
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new GetParametersByPathCommand({
            Path: path,
            Recursive: true,
            WithDecryption: true,
            MaxResults: 10,
            ...(NextToken ? { NextToken } : {}),
          }),
        );
        for (const { Name, Value } of page.Parameters ?? []) {
          if (Name && Value !== undefined) parameters.set(Name, Value);
        }
        NextToken = page.NextToken;
        if (NextToken) await pause?.();
      } while (NextToken);
      return parameters;
    },
  };
}
