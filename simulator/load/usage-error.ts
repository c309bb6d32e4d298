/** Something that the user gave cannot be used; the message says what, where and what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
