import { AwsError } from '../service.ts';

/** A refusal under the name that SQS uses in its JSON protocol, for example `QueueDoesNotExist`. */
export function sqsError(code: string, message: string): AwsError {
  return new AwsError(code, message);
}

/** Refuses a whole number outside [least, most], in the words of SQS. */
export function checkWholeNumber(
  parameter: string,
  value: number,
  least: number,
  most: number,
): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw sqsError(
    'InvalidParameterValueException',
    `Value ${value} for parameter ${parameter} is invalid. ` +
      `Reason: ${parameter} must be >= ${least} and <= ${most}.`,
  );
}

export function missingParameter(name: string): AwsError {
  return sqsError('MissingParameter', `The request must contain the parameter ${name}.`);
}
