/** Marks the message of every fault that was injected, so that nobody takes it for a defect. */
export const INJECTED = '[injected]';

/** A function's process ended in the middle of its work: a crash, or its timeout. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** The answer to a call never came; the SDK takes it for a fault of the network and tries again. */
export class AnswerLost extends Error {
  override readonly name = 'TimeoutError';
}
