/** The version of the payload that this page reads. */
export const PAYLOAD_VERSION = 3;

/** A larger file is no report, bytes. */
const MOST_BYTES = 50_000_000;

/**
 * The payload of another report's file.
 *
 * @param {File} file
 * @returns {Promise<import('./runs.js').ReportPayload>}
 * @throws {Error} when it is no report, or one of another version
 */
export async function readReportFile(file) {
  const refuse = (/** @type {string} */ why) => new Error(`${file.name} was not added: ${why}.`);
  if (file.size > MOST_BYTES) throw refuse('it is too large for a report');
  // What is parsed here is inert: its scripts do not run.
  const page = new DOMParser().parseFromString(await file.text(), 'text/html');
  const text = page.getElementById('report-data')?.textContent;
  if (!text) throw refuse('it is no report of fast-scaler simulate');
  /** @type {import('./runs.js').ReportPayload} */
  let payload;
  try {
    payload = JSON.parse(text);
  } catch {
    throw refuse('its data cannot be read');
  }
  if (payload?.version !== PAYLOAD_VERSION || !Array.isArray(payload.runs)) {
    throw refuse('it was made by another version; make it again');
  }
  return payload;
}

/**
 * Gives every file added a name of its own: the same one may be added twice, and two folders may
 * have files of one name.
 */
export function fileLabels() {
  /** @type {Map<string, number>} */
  const counts = new Map();
  return (/** @type {string} */ fileName) => {
    const count = (counts.get(fileName) ?? 0) + 1;
    counts.set(fileName, count);
    return count === 1 ? fileName : `${fileName}, ${count}`;
  };
}
