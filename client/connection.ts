/** What Node.js was about when it failed to reach a host: its name was not found, or nobody listened. */
const CONNECTING = ['getaddrinfo', 'connect'];

/** The AWS SDK's own limit on connecting has nothing but its message to tell it from that on answers. */
const NOT_ESTABLISHED = /not establish a connection/;

/** Causes of causes are looked at so far. */
const MOST_CAUSES = 5;

/** Whether a request failed before there was a connection to send it by. */
export function isUnconnected(error: unknown, mostCauses = MOST_CAUSES): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { syscall, message, errors, cause } = error as {
    readonly syscall?: string;
    readonly message?: string;
    /** Of a host with several addresses: what each of them gave. */
    readonly errors?: readonly unknown[];
    readonly cause?: unknown;
  };
  if (CONNECTING.includes(syscall ?? '') || NOT_ESTABLISHED.test(message ?? '')) return true;
  if (mostCauses === 0) return false;
  if (Array.isArray(errors) && errors.length > 0) {
    return errors.every((each) => isUnconnected(each, mostCauses - 1));
  }
  return isUnconnected(cause, mostCauses - 1);
}
