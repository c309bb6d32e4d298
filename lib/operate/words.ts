/** How many of something, with the word in the right number. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

export const instances = (number: number): string => count(number, 'instance');

/** A demand or load as a reader wants it: three digits that matter, thousands set apart. */
export function amount(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const [whole = '', fraction = ''] = value.toFixed(Math.min(digits, 3)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ');
  const kept = fraction.replace(/0+$/, '');
  return kept === '' ? grouped : `${grouped}.${kept}`;
}

/** A span in its two largest units: `3 min 9 s`, `2 h 5 min`, `4 d 3 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const units: readonly [string, number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => whole >= size);
  if (first < 0) return '0 s';
  let rest = whole;
  const parts = units.slice(first, first + 2).flatMap(([unit, size]) => {
    const number = Math.floor(rest / size);
    rest -= number * size;
    return number === 0 ? [] : [`${number} ${unit}`];
  });
  return parts.join(' ');
}

/** Seconds between two moments as their times show it: each cut to its second. */
export function secondsBetween(fromMs: number, toMs: number): number {
  return Math.floor(toMs / 1000) - Math.floor(fromMs / 1000);
}

/** ISO 8601 of epoch seconds. */
export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** `09:02:20`, in UTC. */
export function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** `2026-01-05`, in UTC. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The time alone for a moment of the same day, else day and time. */
export function moment(ms: number, nowMs: number): string {
  return day(ms) === day(nowMs) ? clockTime(ms) : `${day(ms)} ${clockTime(ms)}`;
}

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
