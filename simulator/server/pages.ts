import type { ServerResponse } from 'node:http';
import type { Page } from './account-server.ts';
import type { Feed, LiveEvent, LiveRun, LiveSnapshot } from './feed.ts';

/** Bytes that a slow reader of the event stream may leave unread before it is dropped. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024;

/** The feed as server-sent events: a `snapshot` first, then `step`, `decision` and `gone`. */
export function eventsPage(feed: Feed): Page {
  return (_request, response) => {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    send(response, { type: 'snapshot', data: feed.snapshot() });
    const unsubscribe = feed.subscribe((event) => {
      send(response, event);
      if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    });
    response.once('close', unsubscribe);
  };
}

function send(response: ServerResponse, { type, data }: LiveEvent): void {
  response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** The snapshot as JSON. */
export function statePage(feed: Feed): Page {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(feed.snapshot()));
  };
}

/** A plain listing of the endpoints. */
export function listingPage(feed: Feed): Page {
  return (_request, response) => {
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.end(listing(feed.snapshot()));
  };
}

const HEADINGS = [
  'variant',
  'status',
  'demand',
  'in service',
  'desired',
  'Min',
  'Max',
  'waiting',
  'alarms',
];

function listing({ accountId, region, speed, nowSeconds, runs }: LiveSnapshot): string {
  const now = new Date(nowSeconds * 1000).toISOString();
  const row = (cells: readonly string[], cell: 'td' | 'th') =>
    `<tr>${cells.map((text) => `<${cell}>${escapeHtml(text)}</${cell}>`).join('')}</tr>`;
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5">',
    '<title>fast-scaler emulate</title>',
    `<h1>Account ${escapeHtml(accountId)} in ${escapeHtml(region)}</h1>`,
    `<p>${now}, ${speed} times as fast as time outside.</p>`,
    runs.length === 0
      ? '<p>There is no endpoint.</p>'
      : `<table>${row(HEADINGS, 'th')}${runs.map((run) => row(cellsOf(run), 'td')).join('')}</table>`,
    '<p><a href="/_fast-scaler/state">As JSON</a>, <a href="/_fast-scaler/events">as events</a></p>',
  ].join('\n');
}

function cellsOf(run: LiveRun): string[] {
  const last = (column: readonly (number | null)[]) => {
    const value = column.at(-1);
    return value === undefined || value === null ? '–' : String(Math.round(value * 100) / 100);
  };
  return [
    `${run.endpointName}/${run.variantName}`,
    run.endpointStatus,
    last(run.demand),
    last(run.capacity),
    last(run.desired),
    last(run.minCapacity),
    last(run.maxCapacity),
    last(run.queue),
    run.alarms.map(({ name, state }) => `${name}: ${state}`).join(', ') || '–',
  ];
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
