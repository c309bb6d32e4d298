/** How long the attempts of a call may take. */
export interface CallLimits {
  /** Until there is a connection, milliseconds. */
  readonly connectMs: number;
  /** Until the answer begins, and then between two pieces of it, milliseconds. */
  readonly answerMs: number;
  /** Absent: as many as the SDK makes by itself, three or, of DynamoDB, four. */
  readonly attempts?: number;
}

/** The limits of the service's clients, by what they are used for. */
export interface ServiceLimits {
  readonly cycle: CallLimits;
  readonly enrolment: CallLimits;
  readonly listeners: CallLimits;
}

/**
 * Without a limit the SDK waits for ever for an answer that never comes, as on a connection that died while the function was
 * frozen, and the call costs the whole function. With one the attempt ends and the SDK makes another.
 */
export const LIMITS: ServiceLimits = {
  // All attempts of a call fit into the 15 s of a function, and after three the wake-up too.
  cycle: { connectMs: 1000, answerMs: 3000 },
  // Application Auto Scaling asks CloudWatch in turn when it reads or writes policies, which takes seconds.
  enrolment: { connectMs: 1000, answerMs: 8000 },
  // Whoever listens must not hold up a function for long: these are the last calls of a cycle, and a look comes every
  // ten seconds.
  listeners: { connectMs: 1000, answerMs: 2000, attempts: 2 },
};

/** Settings of a client whose calls are limited, unless its surroundings bring their own way to AWS. */
export function limited(
  { connectMs, answerMs, attempts }: CallLimits,
  clientConfig: Readonly<Record<string, unknown>>,
) {
  return {
    ...(attempts !== undefined && { maxAttempts: attempts }),
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: answerMs,
      // The other limit no longer counts once an answer has begun.
      socketTimeout: answerMs,
      throwOnRequestTimeout: true,
    },
    ...clientConfig,
  };
}
