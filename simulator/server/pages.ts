import type { ServerResponse } from 'node:http';
import type { Page } from './account-server.ts';
import type { Feed, LiveEvent } from './feed.ts';

/** Bytes that a slow reader of the event stream may leave unread before it is dropped. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024;

/** The feed as server-sent events: a `snapshot` first, then the others. */
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
