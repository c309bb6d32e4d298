import { AwsError, validationError } from '../service.ts';

export function objectNotFound(message: string): AwsError {
  return new AwsError('ObjectNotFoundException', message);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceededException', message);
}

export function invalidSchedule(details: string): AwsError {
  return validationError(`Invalid schedule expression. Details: ${details}`);
}

export function invalidNextToken(): AwsError {
  return new AwsError('InvalidNextTokenException', 'The next token supplied was invalid.');
}

export function resourceNotFound(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Resource not found: ${arn}`, 400, {
    ResourceName: arn,
  });
}
