import {
  fillIn,
  pageFile,
  pageScript,
  pageStyle,
  SHARED_MODULES,
  uplotScript,
} from '../report/render.ts';
import type { Page } from './account-server.ts';

const LIVE_MODULES = [...SHARED_MODULES, 'live-runs.js', 'live-endpoints.js', 'live.js'];

/** The newest quarter of an hour can be asked for; a report has no newest. */
const NEWEST = '<button type="button" class="quiet" id="newest">Last 15 min</button>';

/**
 * Only what this server serves as files is run or fetched: names of endpoints and alarms, which
 * anybody may choose who can call the account, are text on the page and never a part of it.
 */
const SECURITY = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** The report's page, fed by the events of an account, and the files that it is made of; by path. */
export function livePages(): Record<string, Page> {
  const toolbar = pageFile('toolbar.html').replace(/(?=\s*<\/fieldset>)/, `\n        ${NEWEST}`);
  return {
    '/': served('text/html', fillIn('live.html', { toolbar })),
    '/_fast-scaler/page.css': served('text/css', pageStyle('live.css')),
    '/_fast-scaler/page.js': served('text/javascript', pageScript(LIVE_MODULES)),
    '/_fast-scaler/uplot.js': served('text/javascript', uplotScript()),
  };
}

function served(type: string, text: string): Page {
  const body = Buffer.from(text);
  return (_request, response) => {
    response.writeHead(200, {
      'content-type': `${type}; charset=utf-8`,
      'content-length': body.length,
      'cache-control': 'no-store',
      ...SECURITY,
    });
    response.end(body);
  };
}
