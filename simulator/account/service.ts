/** What an operation of the embedded account receives besides its input. */
export interface CallContext {
  readonly region: string;
  readonly accountId: string;
}

/**
 * One AWS operation: the decoded input (member names as on the wire, timestamps as epoch seconds)
 * to the output in the same form. Throws {@link AwsError} for every refusal.
 */
// biome-ignore lint/suspicious/noExplicitAny: each operation narrows its own wire input
export type Operation = (input: any, context: CallContext) => unknown | Promise<unknown>;

/** An AWS service of the embedded account: its operations by name. */
export interface AwsService {
  /** The name that a call log shows, for example `application-auto-scaling`. */
  readonly name: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** A refusal as AWS words it; the wire layer gives it the shape of the protocol in use. */
export class AwsError extends Error {
  readonly code: string;
  readonly statusCode: number;
  /** Further members of the error document, for example `ResourceType`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    statusCode = 400,
    members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.statusCode = statusCode;
    this.members = members;
  }
}

/** A `ValidationException`, the refusal that most services share. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
