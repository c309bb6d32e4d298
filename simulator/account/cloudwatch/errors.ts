import { AwsError } from '../service.ts';

// CloudWatch's error codes are those of its former query protocol: no "Exception" at the end.

export function validationFailure(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

export function invalidParameterValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

export function invalidParameterCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombination', message);
}

export function missingParameter(name: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
}

export function resourceNotFound(message: string): AwsError {
  return new AwsError('ResourceNotFound', message, 404);
}

/** What the tag operations throw, unlike the rest of CloudWatch. */
export function resourceNotFoundException(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Unknown resource ${arn}.`, 404, {
    ResourceType: 'Alarm',
    ResourceId: arn,
  });
}

export function invalidNextToken(): AwsError {
  return new AwsError('InvalidNextToken', 'The next token specified is invalid.');
}
