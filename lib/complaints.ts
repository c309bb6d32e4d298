import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// The small build of zod brings no wording of its own: every complaint would read "Invalid input".
z.config(en());

/** What a schema found wrong in one place. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The schema library's name for the kind of fault. */
  readonly code?: string | undefined;
}

/** Every complaint on a line of its own: where it is, what was expected. */
export function describeIssues(issues: readonly Issue[]): string {
  return issues
    .map(({ path, message }) => `  ${path.length > 0 ? path.join('.') : '(top level)'}: ${message}`)
    .join('\n');
}
