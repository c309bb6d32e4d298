import { ENROLLING } from './enrolling.ts';
import { LEAVING } from './leaving.ts';
import { SHARING } from './sharing.ts';
import type { Story } from './steps.ts';
import { TUNING } from './tuning.ts';

/** What must hold in every AWS account. */
export const STORIES: readonly Story[] = [...ENROLLING, ...TUNING, ...SHARING, ...LEAVING];
