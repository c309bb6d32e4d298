import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// The small build of zod brings no wording of its own: every complaint would read "Invalid input".
z.config(en());
