import { createHash } from 'node:crypto';
import type { NoticeStore } from '../aws/notice-store.ts';
import type { Subject } from './message.ts';
import { type Notice, noted, told } from './notices.ts';
import { type TellRuntime, tell } from './tell.ts';

/** What telling of configurations works with. */
export interface ConfigurationNoticeRuntime extends TellRuntime {
  readonly notices: NoticeStore;
}

/** What was told is forgotten after this long without a change, seconds. */
const KEEP_SECONDS = 90 * 24 * 3600;

/**
 * Tells the owner that a configuration is not valid: once for the same complaint, whoever finds it.
 * @param complaint what is wrong, where, a line each
 */
export async function tellInvalid(
  runtime: ConfigurationNoticeRuntime,
  name: string,
  subject: Subject,
  complaint: string,
): Promise<void> {
  const digest = createHash('sha256').update(complaint).digest('base64url').slice(0, 16);
  await bringUpToDate(runtime, name, subject, [
    {
      kind: 'configuration-invalid',
      digest,
      text: `Configuration not taken; what was in force before stays so. ${complaint.trim()}`,
      details: { name, complaint },
    },
  ]);
}

/** Notes that a configuration is valid (again): the next fault is news. */
export function noteValid(
  runtime: ConfigurationNoticeRuntime,
  name: string,
  subject: Subject,
): Promise<void> {
  return bringUpToDate(runtime, name, subject, []);
}

/** Compares what is the case with what was told under a name, and tells what is new. */
export async function bringUpToDate(
  runtime: ConfigurationNoticeRuntime,
  name: string,
  subject: Subject,
  present: readonly Notice[],
): Promise<void> {
  const { notices, now } = runtime;
  const nowSeconds = now() / 1000;
  const expiresAtSeconds = nowSeconds + KEEP_SECONDS;
  const stored = await notices.read(name);
  const { book, due } = noted(stored.book, present, nowSeconds);
  if (JSON.stringify(book) === JSON.stringify(stored.book)) return;
  const isFirst = await notices.save(name, { book, version: stored.version }, expiresAtSeconds);
  if (!isFirst) return;
  let after = book;
  for (const notice of due) {
    if (await tell(runtime, notice, subject)) after = told(after, notice, nowSeconds);
  }
  if (after === book) return;
  await notices.save(name, { book: after, version: stored.version + 1 }, expiresAtSeconds);
}
