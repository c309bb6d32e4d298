/** What stands where there is no value. */
export const NONE = '–';

/**
 * A time since the start of the run: m:ss, or h:mm:ss from an hour on. It is cut to its second, as the
 * times in sentences are; seconds that arithmetic left a hair short are whole.
 *
 * @param {number} seconds
 * @param {boolean} [hours] show the hours even when they are 0, as one axis wants one form
 */
export function clockTime(seconds, hours = false) {
  const whole = Math.floor(seconds + 1e-6);
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const hour = Math.floor(whole / 3600);
  const minute = Math.floor((whole % 3600) / 60);
  const rest = two(whole % 60);
  return hours || hour > 0 ? `${hour}:${two(minute)}:${rest}` : `${minute}:${rest}`;
}

const DAY_SECONDS = 86_400;

/**
 * A time of a run of more than a day: `day 2 03:10:00`, as sentences say it.
 *
 * @param {number} seconds since the start of the run
 */
export function dayTime(seconds) {
  const whole = Math.floor(seconds + 1e-6);
  const time = clockTime(whole % DAY_SECONDS, true).padStart('00:00:00'.length, '0');
  return `day ${Math.floor(whole / DAY_SECONDS) + 1} ${time}`;
}

/**
 * A sentence of a run of a day at the most, as those of longer runs are written: its times get their day.
 *
 * @param {string} sentence
 */
export function withDays(sentence) {
  return sentence.replace(/(day \d+ )?\b\d\d:\d\d:\d\d\b/g, (time, day) =>
    day === undefined ? `day 1 ${time}` : time,
  );
}

/** Whether a run is so long that its times need the day. @param {number} seconds */
export function isDaysLong(seconds) {
  return seconds > DAY_SECONDS;
}

/**
 * How long a run is: `40 min`, `1 d 12 h`. A clock would leave open whether it counts minutes or hours.
 *
 * @param {number} seconds
 */
export function lengthOf(seconds) {
  const units = /** @type {const} */ ([
    [DAY_SECONDS, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ]);
  let rest = Math.round(seconds);
  const parts = units.flatMap(([size, unit]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? [`${count} ${unit}`] : [];
  });
  return parts.join(' ') || '0 s';
}

/**
 * A number with at most `decimals` decimals and thousands set apart.
 *
 * @param {number | null | undefined} value
 * @param {number} [decimals]
 */
export function number(value, decimals = 2) {
  if (value === null || value === undefined) return NONE;
  return value.toLocaleString('en-GB', { maximumFractionDigits: decimals });
}

/**
 * Numbers that are shown as one value, as Min and Max are; where none is known, that is said once.
 *
 * @param {readonly string[]} numbers as {@link number} writes them
 */
export function joined(numbers) {
  return numbers.every((each) => each === NONE) ? NONE : numbers.join('–');
}

/**
 * A number with exactly `decimals` decimals; what would round to nothing is shown as below the last.
 *
 * @param {number | null} value
 * @param {number} decimals
 */
export function fixed(value, decimals) {
  if (value === null) return NONE;
  const least = 10 ** -decimals;
  if (value > 0 && value < least / 2) return `<${least.toFixed(decimals)}`;
  return value.toLocaleString('en-GB', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/**
 * A short label for an axis: 1500 is 1.5k.
 *
 * @param {number} value
 */
export function axisNumber(value) {
  const short = { notation: /** @type {const} */ ('compact'), maximumFractionDigits: 2 };
  return value.toLocaleString('en-US', short).toLowerCase();
}

/**
 * The smallest round number at or above `value`, as the top of an axis from 0.
 *
 * @param {number} value
 */
export function roundTop(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8].find((each) => each * power >= value * 0.9999);
  return (step ?? 10) * power;
}
