import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterNotFound,
  type ParameterType,
  ParameterVersionNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';

/** A parameter as it stands. */
export interface StandingParameter {
  readonly value: string;
  readonly version: number;
  readonly type: ParameterType;
}

/** Reads single parameters with their versions, and changes them. */
export interface ParameterWriter {
  /** Undefined when there is no such parameter, or no longer such a version of it. */
  read(name: string, version?: number): Promise<StandingParameter | undefined>;
  /** Writes a value, under the type that the parameter has. */
  put(name: string, value: string, standing: StandingParameter | undefined): Promise<void>;
  delete(name: string): Promise<void>;
}

export function parameterWriter(client: SSMClient): ParameterWriter {
  return {
    async read(name, version) {
      try {
        const Name = version === undefined ? name : `${name}:${version}`;
        const { Parameter } = await client.send(
          new GetParameterCommand({ Name, WithDecryption: true }),
        );
        return {
          value: Parameter?.Value ?? '',
          version: Parameter?.Version ?? 0,
          type: Parameter?.Type ?? 'String',
        };
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        if (error instanceof ParameterVersionNotFound) return undefined;
        throw error;
      }
    },

    async put(name, value, standing) {
      // A parameter that somebody made in between is not overwritten unseen.
      await client.send(
        new PutParameterCommand({
          Name: name,
          Value: value,
          Type: standing?.type ?? 'String',
          Overwrite: standing !== undefined,
        }),
      );
    },

    async delete(name) {
      await client.send(new DeleteParameterCommand({ Name: name }));
    },
  };
}
