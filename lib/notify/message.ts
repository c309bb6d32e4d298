import { type Kind, ruleOf, type Severity } from './kinds.ts';
import type { Notice } from './notices.ts';

/** What a notice is about: a target, or for the account's own parameter neither name. */
export interface Subject {
  readonly endpointName?: string | undefined;
  readonly resourceId?: string | undefined;
}

/** A notification as it is published. */
export interface Message {
  readonly subject: string;
  /** One line for people, JSON after it. */
  readonly body: string;
  /** What subscriptions filter by. */
  readonly attributes: {
    readonly kind: Kind;
    readonly severity: Severity;
    /** Absent when it concerns the whole account. */
    readonly endpoint?: string;
  };
}

/** SNS takes subjects of ASCII characters, fewer than 100 (Publish, API reference). */
const LONGEST_SUBJECT = 99;

/** Puts a notice into words. */
export function messageOf(notice: Notice, subject: Subject, nowSeconds: number): Message {
  const { kind, text, details } = notice;
  const { severity, title } = ruleOf(kind);
  const { endpointName, resourceId = null } = subject;
  const line = `fast-scaler: ${title}${endpointName ? `, ${endpointName}` : ''}`;
  const document = {
    schemaVersion: 1,
    kind,
    severity,
    at: new Date(nowSeconds * 1000).toISOString(),
    endpointName: endpointName ?? null,
    resourceId,
    text: oneLine(text),
    details,
  };
  return {
    subject: ascii(line).slice(0, LONGEST_SUBJECT),
    body: `${oneLine(text)}\n${JSON.stringify(document, null, 2)}`,
    attributes: { kind, severity, ...(endpointName && { endpoint: endpointName }) },
  };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, '; ');
}

function ascii(text: string): string {
  return text.replaceAll('’', "'").replace(/[^ -~]/g, '?');
}
