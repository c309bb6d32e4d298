import { defineConfig } from 'vitest/config';
import { SETTINGS } from '../settings.ts';

/** Any test by its file, as the nets of the defects name them. */
export default defineConfig({ test: { ...SETTINGS, include: ['tests/**/*.test.ts'] } });
